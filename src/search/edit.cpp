// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/edit.h"

#include <fmt/format.h>

#include <algorithm>

#include "program/pass_table.h"

namespace hone::search {

using program::Pipeline;
using program::PipelineNode;
using program::PipelinePath;

namespace {

// Written by the pass builder for its own bookkeeping; edits leave them be.
bool is_bookkeeping(const PipelineNode& node) {
  return node.name == "require" || node.name == "invalidate" ||
         node.name == "verify" || node.name == "annotation-remarks";
}

// The name of the innermost adaptor around a path: what kind of list it is in.
std::string adaptor_of(const Pipeline& pipeline, PipelinePath path) {
  path.pop_back();
  return path.empty() ? "module" : program::node_at(pipeline, path).name;
}

std::string print_node(const PipelineNode& node) {
  return program::print_pipeline({node});
}

bool fits(const program::PassInfo& pass, std::string_view adaptor) {
  using program::PassLevel;
  switch (pass.level) {
    case PassLevel::Module:
      return adaptor == "module";
    case PassLevel::Cgscc:
      return adaptor == "cgscc" || adaptor == "devirt";
    case PassLevel::Function:
      return adaptor == "function";
    case PassLevel::LoopNest:
    case PassLevel::Loop:
      // A pass that does not keep MemorySSA aborts inside loop-mssa.
      return adaptor == (pass.needs_memory_ssa ? "loop-mssa" : "loop");
  }
  return false;
}

std::optional<Edit> drop(const Pipeline& pipeline, const PipelinePath& path) {
  return Edit{fmt::format("drop {}", program::node_at(pipeline, path).name),
              program::without(pipeline, path)};
}

std::optional<Edit> repeat(const Pipeline& pipeline, const PipelinePath& path) {
  const PipelineNode node = program::node_at(pipeline, path);
  return Edit{fmt::format("repeat {}", node.name),
              program::with_inserted(pipeline, path, node)};
}

std::optional<Edit> move(const Pipeline& pipeline, const PipelinePath& path,
                         Random& random) {
  PipelinePath parent = path;
  parent.pop_back();
  const size_t siblings =
      parent.empty() ? pipeline.size()
                     : program::node_at(pipeline, parent).children.size();
  if (siblings < 2) return std::nullopt;
  const PipelineNode node = program::node_at(pipeline, path);
  PipelinePath to = path;
  // Any place among its siblings but its own.
  to.back() = random.below(siblings - 1);
  if (to.back() >= path.back()) ++to.back();
  return Edit{
      fmt::format("move {}", node.name),
      program::with_inserted(program::without(pipeline, path), to, node)};
}

std::optional<Edit> change_parameters(const Pipeline& pipeline,
                                      const PipelinePath& path,
                                      const Space& space, Random& random) {
  const PipelineNode& node = program::node_at(pipeline, path);
  std::vector<const PipelineNode*> others;
  for (const PipelineNode& pass : space.passes)
    if (pass.name == node.name && pass.parameters != node.parameters)
      others.push_back(&pass);
  if (others.empty()) return std::nullopt;
  const PipelineNode& chosen = *random.pick(others);
  // simplifycfg's flags are independent: one text of the table changes its own
  // flag and leaves the others as they stand.
  std::string parameters = chosen.parameters;
  if (!node.parameters.empty() && !parameters.empty() &&
      parameters.find(';') == std::string::npos &&
      node.parameters.find(';') != std::string::npos)
    parameters = node.parameters + ";" + parameters;
  return Edit{fmt::format("set {}", print_node(chosen)),
              program::with_parameters(pipeline, path, parameters)};
}

std::optional<Edit> insert(const Pipeline& pipeline, const PipelinePath& path,
                           const Space& space, Random& random) {
  const std::string adaptor = adaptor_of(pipeline, path);
  std::vector<const PipelineNode*> fitting;
  for (const PipelineNode& pass : space.passes)
    if (const program::PassInfo* info = program::find_pass(pass.name);
        info != nullptr && fits(*info, adaptor))
      fitting.push_back(&pass);
  if (fitting.empty()) return std::nullopt;
  const PipelineNode& chosen = *random.pick(fitting);
  return Edit{fmt::format("insert {}", print_node(chosen)),
              program::with_inserted(pipeline, path, chosen)};
}

}  // namespace

Pipeline pipeline_of(const program::Recipe& recipe, const Space& space) {
  if (recipe.stages.empty()) return {};
  Result<Pipeline> parsed =
      program::parse_pipeline(recipe.stages.front().pipeline);
  if (!parsed.ok()) return space.stock_pipeline;
  // Alone; before other passes it is one of them.
  const bool is_stock =
      parsed->size() == 1 && parsed->front().name == "default";
  return is_stock ? space.stock_pipeline : *std::move(parsed);
}

program::Recipe with_pipeline(program::Recipe recipe,
                              const Pipeline& pipeline) {
  if (recipe.stages.empty()) recipe.stages.emplace_back();
  recipe.stages.front().pipeline = program::print_pipeline(pipeline);
  return recipe;
}

std::optional<Edit> random_edit(const Pipeline& pipeline, const Space& space,
                                Random& random) {
  std::vector<PipelinePath> paths = program::pass_paths(pipeline);
  std::erase_if(paths, [&](const PipelinePath& path) {
    return is_bookkeeping(program::node_at(pipeline, path));
  });
  if (paths.empty()) return std::nullopt;
  const PipelinePath& path = random.pick(paths);
  // Shares by what pays: see docs/design/objective.md.
  const uint64_t draw = random.below(100);
  if (draw < 30) return drop(pipeline, path);
  if (draw < 40) return repeat(pipeline, path);
  if (draw < 50) return move(pipeline, path, random);
  if (draw < 75) return change_parameters(pipeline, path, space, random);
  return insert(pipeline, path, space, random);
}

}  // namespace hone::search
