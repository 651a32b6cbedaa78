// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pipelines are compared as lists of passes, each written with the adaptors
// around it, by their longest common subsequence:
//
//   stock   function(sroa) function(licm)   function(gvn)
//   recipe  function(sroa) function(gvn)    function(gvn)
//
//   = sroa, drops licm, = gvn, adds gvn
//
// An added pass is left out by removing it. A dropped one is put back before
// the pass that follows it in stock, or behind the one that precedes it, where
// one of them stands among passes of its kind; otherwise the drop is no part of
// its own, and counts only in "all passes". A pass dropped and added at one
// place with other parameters is one part.
#include "toolkit/recipe_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/text.h"

namespace hone::toolkit {

using program::Pipeline;
using program::PipelineNode;
using program::PipelinePath;
using program::Recipe;

namespace {

struct Leaf {
  PipelinePath path;
  std::string around;  // the adaptors
  std::string text;    // the pass with its parameters
  const PipelineNode* node;
};

std::vector<Leaf> leaves(const Pipeline& pipeline) {
  std::vector<Leaf> list;
  for (const PipelinePath& path : program::pass_paths(pipeline)) {
    Leaf leaf{.path = path, .node = &program::node_at(pipeline, path)};
    for (size_t depth = 1; depth < path.size(); ++depth) {
      const PipelineNode& adaptor = program::node_at(
          pipeline, PipelinePath(path.begin(),
                                 path.begin() + static_cast<ptrdiff_t>(depth)));
      leaf.around += fmt::format("{}<{}>/", adaptor.name, adaptor.parameters);
    }
    leaf.text = program::print_pipeline({*leaf.node});
    list.push_back(std::move(leaf));
  }
  return list;
}

bool same(const Leaf& a, const Leaf& b) {
  return a.text == b.text && a.around == b.around;
}

// Pairs of equal leaves, in order: a longest common subsequence.
std::vector<std::pair<size_t, size_t>> matches(const std::vector<Leaf>& a,
                                               const std::vector<Leaf>& b) {
  std::vector<std::vector<size_t>> longest(
      a.size() + 1, std::vector<size_t>(b.size() + 1, 0));
  for (size_t i = a.size(); i-- > 0;)
    for (size_t j = b.size(); j-- > 0;)
      longest[i][j] = same(a[i], b[j])
                          ? longest[i + 1][j + 1] + 1
                          : std::max(longest[i + 1][j], longest[i][j + 1]);
  std::vector<std::pair<size_t, size_t>> pairs;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (same(a[i], b[j]))
      pairs.emplace_back(i++, j++);
    else if (longest[i + 1][j] >= longest[i][j + 1])
      ++i;
    else
      ++j;
  }
  return pairs;
}

// The items that one text has and another lacks; the whole text where there are
// no items.
std::string only_in(const std::string& text, const std::string& other) {
  const std::vector<std::string> theirs = split(other, ';');
  std::vector<std::string> own;
  for (const std::string& item : split(text, ';'))
    if (std::find(theirs.begin(), theirs.end(), item) == theirs.end())
      own.push_back(item);
  return own.empty() ? fmt::format("<{}>", text) : join(own, ";");
}

// "simplifycfg: sink-common-insts for no-sink-common-insts"
std::string parameters_text(const PipelineNode& ours,
                            const PipelineNode& stock) {
  return fmt::format("{}: {} for {}", ours.name,
                     only_in(ours.parameters, stock.parameters),
                     only_in(stock.parameters, ours.parameters));
}

class PipelineParts {
 public:
  PipelineParts(const Recipe& recipe, const Pipeline& pipeline,
                const Pipeline& stock)
      : recipe_(recipe),
        pipeline_(pipeline),
        ours_(leaves(pipeline)),
        stocks_(leaves(stock)) {}

  std::vector<RecipePart> find() {
    auto pairs = matches(stocks_, ours_);
    pairs.emplace_back(stocks_.size(), ours_.size());
    size_t i = 0, j = 0;
    for (const auto& [next_i, next_j] : pairs) {
      add_gap(i, next_i, j, next_j);
      i = next_i + 1;
      j = next_j + 1;
    }
    return std::move(parts_);
  }

 private:
  // Stock's passes [i, end_i) stand where the recipe has [j, end_j).
  void add_gap(size_t i, size_t end_i, size_t j, size_t end_j) {
    std::vector<bool> used(end_j - j, false);
    for (; i < end_i; ++i) {
      const std::optional<size_t> twin = find_twin(stocks_[i], j, end_j, used);
      if (twin) {
        used[*twin - j] = true;
        add(parameters_text(*ours_[*twin].node, *stocks_[i].node),
            program::with_parameters(pipeline_, ours_[*twin].path,
                                     stocks_[i].node->parameters));
      } else {
        put_back(stocks_[i], j, end_j);
      }
    }
    for (size_t k = j; k < end_j; ++k)
      if (!used[k - j])
        add("adds " + ours_[k].text,
            program::without(pipeline_, ours_[k].path));
  }

  std::optional<size_t> find_twin(const Leaf& leaf, size_t from, size_t to,
                                  const std::vector<bool>& used) const {
    // A pass without brackets cannot be given none by with_parameters.
    if (!leaf.node->has_parameters) return std::nullopt;
    for (size_t k = from; k < to; ++k)
      if (!used[k - from] && ours_[k].node->name == leaf.node->name &&
          ours_[k].around == leaf.around)
        return k;
    return std::nullopt;
  }

  void put_back(const Leaf& leaf, size_t before, size_t after) {
    const std::string text = "drops " + leaf.text;
    if (after < ours_.size() && ours_[after].around == leaf.around) {
      add(text,
          program::with_inserted(pipeline_, ours_[after].path, *leaf.node));
    } else if (before > 0 && ours_[before - 1].around == leaf.around) {
      PipelinePath path = ours_[before - 1].path;
      ++path.back();
      add(text, program::with_inserted(pipeline_, path, *leaf.node));
    }
  }

  void add(std::string text, const Pipeline& pipeline) {
    Recipe without = recipe_;
    without.stages.front().pipeline = program::print_pipeline(pipeline);
    parts_.push_back({.kind = "pass",
                      .text = std::move(text),
                      .functions = {},
                      .without = std::move(without)});
  }

  const Recipe& recipe_;
  const Pipeline& pipeline_;
  std::vector<Leaf> ours_;
  std::vector<Leaf> stocks_;
  std::vector<RecipePart> parts_;
};

void add_options(const Recipe& recipe, std::vector<std::string> Recipe::* list,
                 std::string_view kind, std::vector<RecipePart>& parts) {
  for (size_t i = 0; i < (recipe.*list).size(); ++i) {
    RecipePart part{.kind = std::string(kind),
                    .text = (recipe.*list)[i],
                    .functions = {},
                    .without = recipe};
    (part.without.*list)
        .erase((part.without.*list).begin() + static_cast<ptrdiff_t>(i));
    parts.push_back(std::move(part));
  }
}

void add_passes(const Recipe& recipe, const Pipeline& stock,
                std::string_view level, std::vector<RecipePart>& parts) {
  const program::Recipe plain = program::stock_recipe(level);
  if (recipe.stages == plain.stages) return;
  RecipePart all{.kind = "pass",
                 .text = "all changes of passes",
                 .functions = {},
                 .without = recipe};
  all.without.stages = plain.stages;
  if (recipe.stages.size() == 1) {
    const Result<Pipeline> pipeline =
        program::parse_pipeline(recipe.stages.front().pipeline);
    if (pipeline.ok()) {
      std::vector<RecipePart> found =
          PipelineParts(recipe, *pipeline, stock).find();
      parts.insert(parts.end(), found.begin(), found.end());
    }
  }
  parts.push_back(std::move(all));
}

std::vector<FunctionGroup> sorted_groups(
    std::map<std::string, std::vector<std::string>> by_text) {
  std::vector<FunctionGroup> groups;
  for (auto& [text, functions] : by_text)
    groups.push_back({text, std::move(functions)});
  std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
    return a.functions.size() != b.functions.size()
               ? a.functions.size() > b.functions.size()
               : a.text < b.text;
  });
  return groups;
}

// Each was decided for its function alone, so each is a part, where there are
// not too many of them.
void add_early(const Recipe& recipe, std::vector<RecipePart>& parts) {
  constexpr size_t kMostSingly = 24;
  std::vector<FunctionGroup> groups = early_groups(recipe);
  if (recipe.early_attributes.size() <= kMostSingly) {
    groups.clear();
    for (const auto& [function, attributes] : recipe.early_attributes)
      groups.push_back({attributes_text(attributes), {function}});
  }
  for (FunctionGroup& group : groups) {
    RecipePart part{.kind = "before passes",
                    .text = std::move(group.text),
                    .functions = std::move(group.functions),
                    .without = recipe};
    for (const std::string& function : part.functions)
      part.without.early_attributes.erase(function);
    parts.push_back(std::move(part));
  }
}

void add_functions(const Recipe& recipe, std::vector<RecipePart>& parts) {
  for (const FunctionGroup& group : function_groups(recipe)) {
    RecipePart part{.kind = "functions",
                    .text = group.text,
                    .functions = group.functions,
                    .without = recipe};
    for (const std::string& function : group.functions)
      if (part.without.chosen.erase(function) == 0)
        part.without.attributes.erase(function);
    parts.push_back(std::move(part));
  }
}

}  // namespace

std::vector<RecipePart> recipe_parts(const Recipe& recipe,
                                     const Pipeline& stock,
                                     std::string_view level) {
  std::vector<RecipePart> parts;
  add_early(recipe, parts);
  add_options(recipe, &Recipe::pass_options, "pass option", parts);
  add_passes(recipe, stock, level, parts);
  add_options(recipe, &Recipe::codegen_options, "codegen option", parts);
  add_functions(recipe, parts);
  return parts;
}

std::string attributes_text(const program::Attributes& attributes) {
  std::vector<std::string> words;
  for (const auto& [name, value] : attributes)
    words.push_back(name + "=" + value);
  return join(words, " ");
}

std::string alternative_text(const Recipe& recipe,
                             const program::Alternative& alternative,
                             const std::string& function) {
  const auto lacks = [](const std::vector<std::string>& options,
                        const std::string& option) {
    return std::find(options.begin(), options.end(), option) == options.end();
  };
  std::vector<std::string> words;
  const auto attributes = alternative.attributes.find(function);
  if (attributes != alternative.attributes.end())
    words.push_back(attributes_text(attributes->second));
  if (!alternative.late_pipeline.empty())
    words.push_back(alternative.late_pipeline);
  for (const std::string& option : alternative.codegen_options)
    if (lacks(recipe.codegen_options, option)) words.push_back(option);
  std::vector<std::string> dropped;
  for (const std::string& option : recipe.codegen_options)
    if (lacks(alternative.codegen_options, option)) dropped.push_back(option);
  if (!dropped.empty()) words.push_back("without " + join(dropped, " "));
  return words.empty() ? "as stock sets them" : join(words, " ");
}

std::vector<FunctionGroup> function_groups(const Recipe& recipe) {
  std::map<std::string, std::vector<std::string>> by_text;
  for (const auto& [function, attributes] : recipe.attributes)
    if (!recipe.chosen.contains(function))
      by_text[attributes_text(attributes)].push_back(function);
  for (const auto& [function, index] : recipe.chosen)
    by_text[alternative_text(recipe, recipe.alternatives[index], function)]
        .push_back(function);
  return sorted_groups(std::move(by_text));
}

std::vector<FunctionGroup> early_groups(const Recipe& recipe) {
  std::map<std::string, std::vector<std::string>> by_text;
  for (const auto& [function, attributes] : recipe.early_attributes)
    by_text[attributes_text(attributes)].push_back(function);
  return sorted_groups(std::move(by_text));
}

}  // namespace hone::toolkit
