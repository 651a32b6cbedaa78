// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/pipeline.h"

#include <fmt/format.h>

namespace hone::program {

namespace {

constexpr size_t kDeepest = 64;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Pipeline> parse() {
    HONE_ASSIGN_OR_RETURN(Pipeline pipeline, parse_list(0));
    if (at_ != text_.size()) return unexpected();
    return pipeline;
  }

 private:
  Error unexpected() const {
    const std::string found =
        at_ < text_.size() ? fmt::format("'{}'", text_[at_]) : "the end";
    return Error(ErrorKind::Malformed,
                 fmt::format("expected a pass name, ',' or ')' at offset {} of "
                             "the pipeline, found {}",
                             at_, found));
  }

  // Bounded by kDeepest, whatever the text.
  Result<Pipeline> parse_list(size_t depth) {
    if (depth > kDeepest)
      return Error(ErrorKind::Malformed,
                   fmt::format("the pipeline nests deeper than {}", kDeepest));
    Pipeline list;
    while (true) {
      PipelineNode node;
      const size_t begin = at_;
      at_ = std::min(text_.find_first_of(",()<>", at_), text_.size());
      node.name = text_.substr(begin, at_ - begin);
      if (node.name.empty()) return unexpected();
      if (at_ < text_.size() && text_[at_] == '<') {
        HONE_ASSIGN_OR_RETURN(node.parameters, parse_parameters());
        node.has_parameters = true;
      }
      if (at_ < text_.size() && text_[at_] == '(') {
        ++at_;
        node.is_adaptor = true;
        HONE_ASSIGN_OR_RETURN(node.children, parse_list(depth + 1));
        if (at_ >= text_.size() || text_[at_] != ')') return unexpected();
        ++at_;
      }
      list.push_back(std::move(node));
      if (at_ >= text_.size() || text_[at_] != ',') return list;
      ++at_;
    }
  }

  // Angle brackets nest: require<x<y>>.
  Result<std::string> parse_parameters() {
    const size_t begin = ++at_;
    for (int open = 1; at_ < text_.size(); ++at_) {
      if (text_[at_] == '<') ++open;
      if (text_[at_] == '>' && --open == 0) {
        ++at_;
        return std::string(text_.substr(begin, at_ - begin - 1));
      }
    }
    return unexpected();
  }

  std::string_view text_;
  size_t at_ = 0;
};

void collect(const Pipeline& list, PipelinePath& prefix,
             std::vector<PipelinePath>& paths) {
  for (size_t i = 0; i < list.size(); ++i) {
    prefix.push_back(i);
    if (list[i].is_adaptor)
      collect(list[i].children, prefix, paths);
    else
      paths.push_back(prefix);
    prefix.pop_back();
  }
}

// The list that holds the node of a path.
Pipeline& list_of(Pipeline& pipeline, const PipelinePath& path) {
  Pipeline* list = &pipeline;
  for (size_t depth = 0; depth + 1 < path.size(); ++depth)
    list = &(*list)[path[depth]].children;
  return *list;
}

}  // namespace

Result<Pipeline> parse_pipeline(std::string_view text) {
  return Parser(text).parse();
}

std::string print_pipeline(const Pipeline& pipeline) {
  std::string text;
  for (const PipelineNode& node : pipeline) {
    if (!text.empty()) text += ',';
    text += node.name;
    if (node.has_parameters) text += '<' + node.parameters + '>';
    if (node.is_adaptor) text += '(' + print_pipeline(node.children) + ')';
  }
  return text;
}

std::vector<PipelinePath> pass_paths(const Pipeline& pipeline) {
  std::vector<PipelinePath> paths;
  PipelinePath prefix;
  collect(pipeline, prefix, paths);
  return paths;
}

const PipelineNode& node_at(const Pipeline& pipeline,
                            const PipelinePath& path) {
  return list_of(const_cast<Pipeline&>(pipeline), path)[path.back()];
}

Pipeline without(Pipeline pipeline, const PipelinePath& path) {
  PipelinePath at = path;
  while (!at.empty()) {
    Pipeline& list = list_of(pipeline, at);
    list.erase(list.begin() + static_cast<ptrdiff_t>(at.back()));
    if (!list.empty()) break;
    at.pop_back();
  }
  return pipeline;
}

Pipeline with_inserted(Pipeline pipeline, const PipelinePath& before,
                       PipelineNode node) {
  Pipeline& list = list_of(pipeline, before);
  list.insert(list.begin() + static_cast<ptrdiff_t>(before.back()),
              std::move(node));
  return pipeline;
}

Pipeline with_parameters(Pipeline pipeline, const PipelinePath& path,
                         std::string parameters) {
  PipelineNode& node = list_of(pipeline, path)[path.back()];
  node.has_parameters = true;
  node.parameters = std::move(parameters);
  return pipeline;
}

}  // namespace hone::program
