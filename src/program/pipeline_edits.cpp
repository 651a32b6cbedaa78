// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/pipeline_edits.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "program/pass_table.h"

namespace hone::program {

namespace {

// What an adaptor runs its passes over; nothing for a name that is none.
std::optional<PassLevel> level_of(std::string_view adaptor) {
  if (adaptor == "module") return PassLevel::Module;
  if (adaptor == "cgscc" || adaptor == "devirt") return PassLevel::Cgscc;
  if (adaptor == "function") return PassLevel::Function;
  if (adaptor == "loop" || adaptor == "loop-mssa") return PassLevel::Loop;
  return std::nullopt;
}

struct Inserted {
  PipelinePath before;
  PipelineNode node;
};

// The pass as a node for a list whose passes run over `level`; nothing where it
// cannot stand there.
std::optional<PipelineNode> fitted(const PassInfo& pass,
                                   std::string_view parameters, PassLevel level,
                                   std::string_view adaptor) {
  const bool is_loop =
      pass.level == PassLevel::Loop || pass.level == PassLevel::LoopNest;
  if (level == PassLevel::Loop) {
    if (!is_loop || pass.needs_memory_ssa != (adaptor == "loop-mssa"))
      return std::nullopt;
  } else if (pass.level < level) {
    return std::nullopt;
  }
  const Result<Pipeline> nested = parse_pipeline(nested_text(pass, parameters));
  if (!nested.ok() || nested->size() != 1) return std::nullopt;
  // From "function(loop(x))" take off what is around the list already.
  PipelineNode node = nested->front();
  const auto is_inside = [&](const PipelineNode& outer) {
    const std::optional<PassLevel> over =
        outer.is_adaptor ? level_of(outer.name) : std::nullopt;
    return over && *over <= level;
  };
  while (is_inside(node) && node.children.size() == 1) {
    PipelineNode inner = node.children.front();
    node = std::move(inner);
  }
  return node;
}

Result<Pipeline> inserted(Pipeline pipeline, PipelinePath before,
                          std::string_view text) {
  const size_t bracket = text.find('<');
  const std::string_view name = text.substr(0, bracket);
  const PassInfo* pass = find_pass(name);
  if (pass == nullptr || (bracket != std::string_view::npos &&
                          (text.back() != '>' || bracket + 1 == text.size())))
    return Error(
        ErrorKind::InvalidArgument,
        fmt::format("'{}' is no pass to insert; see docs/passes.md", text));
  const std::string_view parameters =
      bracket == std::string_view::npos
          ? pass->parameters.front()
          : text.substr(bracket + 1, text.size() - bracket - 2);
  for (;;) {
    PassLevel level = PassLevel::Module;
    std::string adaptor = "module";
    if (before.size() > 1) {
      const PipelinePath around(before.begin(), before.end() - 1);
      adaptor = node_at(pipeline, around).name;
      const std::optional<PassLevel> over = level_of(adaptor);
      if (!over) {  // repeat<2>(…) and the like: whatever is around it
        before.pop_back();
        continue;
      }
      level = *over;
    }
    if (std::optional<PipelineNode> node =
            fitted(*pass, parameters, level, adaptor))
      return with_inserted(std::move(pipeline), before, *std::move(node));
    HONE_CHECK(before.size() > 1);  // everything fits at module level
    before.pop_back();
  }
}

}  // namespace

Result<Pipeline> edited(Pipeline pipeline, std::string_view edit) {
  const size_t at = edit.find('@');
  const size_t colon = std::min(edit.find(':', at), edit.size());
  const std::string_view verb = edit.substr(0, at);
  const bool takes_text = verb == "insert" || verb == "parameters";
  if (at == std::string_view::npos || takes_text == (colon == edit.size()) ||
      (!takes_text && verb != "remove" && verb != "repeat"))
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' is no edit; expected remove@PLACE, "
                             "repeat@PLACE, insert@PLACE:PASS or "
                             "parameters@PLACE:TEXT",
                             edit));
  const std::string_view number = edit.substr(at + 1, colon - at - 1);
  size_t place = 0;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), place);
  const std::vector<PipelinePath> paths = pass_paths(pipeline);
  if (error != std::errc() || end != number.data() + number.size() ||
      place >= paths.size())
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' is no place in a pipeline of {} passes",
                             number, paths.size()));
  const PipelinePath& path = paths[place];
  if (verb == "remove") return without(std::move(pipeline), path);
  if (verb == "repeat") {
    PipelineNode again = node_at(pipeline, path);
    return with_inserted(std::move(pipeline), path, std::move(again));
  }
  const std::string_view text = edit.substr(colon + 1);
  if (verb == "parameters")
    return with_parameters(std::move(pipeline), path, std::string(text));
  return inserted(std::move(pipeline), path, text);
}

}  // namespace hone::program
