// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attention of f32 with sizes that are known, as one call: heads are read and
// written where they stand.
#include <algorithm>
#include <cmath>

#include "tensor/kernel/attention.h"
#include "tensor/plan/lower.h"

namespace hone::tensor {

namespace {

// batch x heads x length x size, or batch x length x heads * size.
struct Heads {
  int64_t heads, length, size;
  bool packed;

  Heads(const std::vector<int64_t>& dims, int64_t given) {
    packed = dims.size() == 3;
    heads = packed ? std::max<int64_t>(given, 1) : dims[1];
    length = dims[packed ? 1 : 2];
    size = packed ? dims[2] / heads : dims[3];
  }

  void add_strides(std::vector<Dim>& sizes) const {
    sizes.push_back(heads * length * size);
    sizes.push_back(packed ? size : length * size);
    sizes.push_back(packed ? heads * size : size);
  }
};

// What one call does not do.
const char* refuse(const Planner& planner, const Node& node) {
  if (planner.is_dynamic(node)) return "sizes that come at run time";
  const auto is_f32 = [&](size_t input) {
    return planner.graph()[node.inputs[input]].type.element == ElementType::F32;
  };
  if (!is_f32(0) || !is_f32(1) || !is_f32(2))
    return "elements that are not f32";
  if (node.has_input(3) && !is_f32(3)) return "a mask that is not f32";
  for (size_t input = 4; input < node.inputs.size(); ++input)
    if (node.has_input(input)) return "a cache, or lengths of its own";
  for (size_t output = 1; output < node.outputs.size(); ++output)
    if (node.has_output(output)) return "more than one result";
  if (!node.has_output(0)) return "no result";
  if (node.number("softcap") > 0 || node.has("left_window_size") ||
      node.has("right_window_size"))
    return "a window, or capped scores";
  if (node.has("softmax_precision") &&
      element_from_onnx(node.integer("softmax_precision")) != ElementType::F32)
    return "another precision";
  for (size_t input = 0; input < 3; ++input)
    if (planner.elements(node.inputs[input]) == 0)
      return "nothing to attend to";
  return nullptr;
}

// Elements from one batch, head and query to the next; nothing where the mask
// has not one number for each key.
std::optional<std::vector<int64_t>> mask_strides(std::vector<int64_t> dims,
                                                 const Heads& q, int64_t batch,
                                                 int64_t keys) {
  if (dims.empty() || dims.size() > 4 || dims.back() != keys) return {};
  dims.insert(dims.begin(), 4 - dims.size(), 1);
  const int64_t wanted[] = {batch, q.heads, q.length};
  std::vector<int64_t> strides(3);
  int64_t stride = keys;
  for (int i = 2; i >= 0; --i) {
    if (dims[i] != 1 && dims[i] != wanted[i]) return {};
    strides[i] = dims[i] == 1 ? 0 : stride;
    stride *= dims[i];
  }
  return strides;
}

// As many queries at a time as registers hold sums of, so that no more than
// need be are computed twice. Tiles that spill are not tried again with less
// rows: what the back end counts are addresses of the keys that are turned and
// constants of the softmax, beside which the sums do not spill.
AttentionTile tile_for(const Planner& planner, const Heads& q, const Heads& k,
                       const Heads& v, AttentionTile tile) {
  const PlanTarget& target = planner.target();
  const int parts = std::max(1, kBlock * 4 / target.vector_bytes);
  const int registers = (target.vector_registers - 1) / parts;
  const auto panels = static_cast<int>((k.length + kBlock - 1) / kBlock);
  const auto columns = static_cast<int>((v.size + kBlock - 1) / kBlock);
  const int vectors = parts > 1 ? 1 : 2;
  const int64_t most = std::max(1, registers / vectors - 1);
  // A multiple of 4 has the softmax of 4 queries at once.
  const auto cost = [&](int64_t rows) {
    const double turns =
        std::ceil(static_cast<double>(q.length) / static_cast<double>(rows));
    return turns * static_cast<double>(rows) * (rows % 4 == 0 ? 1 : 1.1);
  };
  tile.rows = 1;
  for (int64_t rows = 2; rows <= std::min(most, q.length); ++rows)
    if (cost(rows) <= cost(tile.rows) * 1.06)
      tile.rows = static_cast<int>(rows);
  // Few queries leave registers for more sums of each.
  const int room = std::max(1, registers / (tile.rows + 1));
  tile.score_vectors = std::min({panels, room, 8});
  tile.value_vectors = std::min({columns, room, 8});
  tile.whole = q.size % kBlock == 0 &&
               v.size % (int64_t{tile.value_vectors} * kBlock) == 0;
  return tile;
}

}  // namespace

Status lower_attention_heads(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  if (planner.is_dynamic(node)) return planner.unsupported(node, "open sizes");
  if (const char* why = refuse(planner, node))
    return planner.unsupported(node, why);
  const Heads q(planner.dims(node.inputs[0]), node.integer("q_num_heads"));
  const Heads k(planner.dims(node.inputs[1]), node.integer("kv_num_heads"));
  const Heads v(planner.dims(node.inputs[2]), node.integer("kv_num_heads"));
  const int64_t batch = planner.dims(node.inputs[0])[0];
  const bool has_mask = node.has_input(3);
  std::vector<int64_t> mask;
  if (has_mask) {
    const auto strides =
        mask_strides(planner.dims(node.inputs[3]), q, batch, k.length);
    if (!strides) return planner.unsupported(node, "a mask of another form");
    mask = *strides;
  }
  const AttentionTile tile =
      tile_for(planner, q, k, v,
               {.mask = has_mask, .causal = node.integer("is_causal") != 0});
  planner.mark_done(index);
  std::vector<Stored> stored;
  for (size_t input = 0; input < (has_mask ? 4 : 3); ++input) {
    HONE_ASSIGN_OR_RETURN(const Stored from, planner.plain(node.inputs[input]));
    stored.push_back(from);
  }
  const ValueId result = node.outputs[0];
  const Stored y = planner.new_plain(result);
  const int64_t tasks = batch * q.heads;
  const int64_t room = attention_room(tile, k.length, q.size);
  const float scale = node.has("scale")
                          ? static_cast<float>(node.number("scale"))
                          : 1 / std::sqrt(static_cast<float>(q.size));
  const double products = static_cast<double>(tasks * q.length) *
                          static_cast<double>(k.length * (q.size + v.size));
  Step step = {
      .node = node.name,
      .pointers = {{y.buffer, 0},
                   {stored[0].buffer, 0},
                   {stored[1].buffer, 0},
                   {stored[2].buffer, 0},
                   {planner.add_weights(std::span(&scale, 1)), 0},
                   {planner.new_buffer(tasks * room * 4), 0}},
      .sizes = {q.length, k.length, q.size, v.size, q.heads, q.heads / k.heads},
      .tasks = tasks,
      .flops = 2 * products,
      .bytes = 4 * static_cast<double>(planner.elements(node.inputs[0]) +
                                       planner.elements(node.inputs[1]) +
                                       planner.elements(node.inputs[2]) +
                                       planner.elements(result))};
  for (const Heads* heads : {&q, &k, &v}) heads->add_strides(step.sizes);
  Heads out = q;
  out.size = v.size;
  out.add_strides(step.sizes);
  step.sizes.push_back(room);
  if (has_mask) {
    step.pointers.push_back({stored[3].buffer, 0});
    step.sizes.insert(step.sizes.end(), mask.begin(), mask.end());
  }
  if (tile.causal) step.sizes.push_back(0);
  planner.add_step(planner.add_kernel(build_attention(tile)), std::move(step));
  planner.define(result, y);
  return {};
}

}  // namespace hone::tensor
