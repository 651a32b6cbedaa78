// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attention of f32 as one call: heads are read and written where they stand.
//
// Where there may be fewer queries than a tile has rows, which overlap at the
// end, there are two kernels, of which one runs: that of the tile, and one of
// single queries. A cache is joined with the keys that come in first, in the
// results that are asked for, or in memory of its own.
#include <algorithm>
#include <cmath>

#include "tensor/kernel/attention.h"
#include "tensor/plan/lower.h"

namespace hone::tensor {

namespace {

// batch x heads x length x size, or batch x length x heads * size.
struct Heads {
  Dim heads, length, size;
  bool packed;

  Heads(const std::vector<Dim>& dims, int64_t given) {
    packed = dims.size() == 3;
    heads = packed ? Dim(std::max<int64_t>(given, 1)) : dims[1];
    length = dims[packed ? 1 : 2];
    size = packed ? floor_div(dims[2], heads) : dims[3];
  }

  void add_strides(std::vector<Dim>& sizes) const {
    sizes.push_back(heads * length * size);
    sizes.push_back(packed ? size : length * size);
    sizes.push_back(packed ? heads * size : size);
  }
};

// What one call does not do.
const char* refuse(const Planner& planner, const Node& node) {
  const auto is_f32 = [&](size_t input) {
    return planner.graph()[node.inputs[input]].type.element == ElementType::F32;
  };
  if (!is_f32(0) || !is_f32(1) || !is_f32(2))
    return "elements that are not f32";
  if (node.has_input(3) && !is_f32(3)) return "a mask that is not f32";
  if (node.has_input(4) != node.has_input(5)) return "half a cache";
  if (node.has_input(4) && (!is_f32(4) || !is_f32(5)))
    return "a cache that is not f32";
  if (node.has_input(6)) return "lengths of its own";
  if (node.has_output(3) && planner.is_used(node.outputs[3]))
    return "scores as a result";
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
std::optional<std::vector<Dim>> mask_strides(std::vector<Dim> dims,
                                             const Heads& q, const Dim& batch,
                                             const Dim& keys) {
  if (dims.empty() || dims.size() > 4 || dims.back() != keys) return {};
  dims.insert(dims.begin(), 4 - dims.size(), 1);
  const Dim wanted[] = {batch, q.heads, q.length};
  std::vector<Dim> strides(3);
  Dim stride = keys;
  for (int i = 2; i >= 0; --i) {
    if (!dims[i].is(1) && dims[i] != wanted[i]) return {};
    strides[i] = dims[i].is(1) ? Dim(0) : stride;
    stride *= dims[i];
  }
  return strides;
}

// As many queries at a time as registers hold sums of, so that no more than
// need be are computed twice. Tiles that spill are not tried again with less
// rows: what the back end counts are addresses of the keys that are turned and
// constants of the softmax, beside which the sums do not spill.
AttentionTile tile_for(const Planner& planner, const Heads& q, const Heads& k,
                       const Heads& v, int64_t queries, AttentionTile tile) {
  const PlanTarget& target = planner.target();
  const int parts = std::max(1, kBlock * 4 / target.vector_bytes);
  const int registers = (target.vector_registers - 1) / parts;
  const auto blocks = [&](const Dim& size) {
    const auto count = static_cast<int64_t>(planner.estimate(size));
    return static_cast<int>(
        std::min<int64_t>((count + kBlock - 1) / kBlock, 1 << 20));
  };
  const int vectors = parts > 1 ? 1 : 2;
  const int64_t most = std::max(1, registers / vectors - 1);
  // A multiple of 4 has the softmax of 4 queries at once.
  const auto cost = [&](int64_t rows) {
    const double turns =
        std::ceil(static_cast<double>(queries) / static_cast<double>(rows));
    return turns * static_cast<double>(rows) * (rows % 4 == 0 ? 1 : 1.1);
  };
  tile.rows = 1;
  for (int64_t rows = 2; rows <= std::min(most, queries); ++rows)
    if (cost(rows) <= cost(tile.rows) * 1.06)
      tile.rows = static_cast<int>(rows);
  // Few queries leave registers for more sums of each; an open number of keys
  // may be small.
  const int room = std::max(1, registers / (tile.rows + 1));
  const int panels = k.length.is_constant() ? blocks(k.length) : 4;
  tile.score_vectors = std::min({panels, room, 8});
  tile.value_vectors = std::min({blocks(v.size), room, 8});
  tile.any_keys = !k.length.is_constant();
  const auto is_whole = [](const Dim& size, int64_t part) {
    return size.is_constant() && size.value() % part == 0;
  };
  tile.whole = is_whole(q.size, kBlock) &&
               is_whole(v.size, int64_t{tile.value_vectors} * kBlock);
  return tile;
}

// Where the heads of keys or values stand once a cache is joined with them.
struct Joined {
  Heads heads;
  Stored stored;
};

// [batch, heads, past + length, size], in result `output` where it is used.
Result<Joined> join_cache(Planner& planner, const Node& node, size_t input,
                          size_t cache, size_t output, Heads now) {
  const Dim batch = planner.sizes(node.inputs[input])[0];
  const std::vector<Dim> before = planner.sizes(node.inputs[cache]);
  Heads all = now;
  all.packed = false;
  all.length = before[2] + now.length;
  const std::vector<Dim> dims = {batch, all.heads, all.length, all.size};
  HONE_ASSIGN_OR_RETURN(const Stored past, planner.plain(node.inputs[cache]));
  HONE_ASSIGN_OR_RETURN(const Stored next, planner.plain(node.inputs[input]));
  const bool is_wanted =
      node.has_output(output) && planner.is_used(node.outputs[output]);
  Dim bytes = 4;
  for (const Dim& dim : dims) bytes *= dim;
  const Stored to = is_wanted ? planner.new_plain(node.outputs[output])
                              : Stored{.buffer = planner.new_buffer(bytes)};
  View front = planner.view(to, dims), back = front;
  front.dims[2] = before[2];
  back.dims[2] = now.length;
  back.start = before[2] * all.size;
  planner.add_copy(node.name, Element::F32, front, planner.view(past, before));
  View from = planner.view(next, back.dims);
  std::vector<Dim> strides;
  now.add_strides(strides);
  for (size_t d = 0; d < 3; ++d) from.strides[d] = strides[d];
  planner.add_copy(node.name, Element::F32, back, from);
  if (is_wanted) planner.define(node.outputs[output], to);
  return Joined{all, to};
}

}  // namespace

Status lower_attention_heads(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  if (const char* why = refuse(planner, node))
    return planner.unsupported(node, why);
  const auto heads_of = [&](size_t input) {
    return Heads(planner.sizes(node.inputs[input]),
                 node.integer(input == 0 ? "q_num_heads" : "kv_num_heads"));
  };
  const Heads q = heads_of(0);
  Joined k = {heads_of(1), {}}, v = {heads_of(2), {}};
  const Dim batch = planner.sizes(node.inputs[0])[0];
  const bool has_cache = node.has_input(4), has_mask = node.has_input(3);
  const auto fits = [&](size_t input, const Heads& heads, const Dim& length) {
    return planner.sizes(node.inputs[input]) ==
           std::vector<Dim>{batch, heads.heads, length, heads.size};
  };
  Dim past = 0, keys = k.heads.length;
  if (has_cache) past = planner.sizes(node.inputs[4])[2];
  keys += past;
  // Of sizes that contradict each other element kernels make the best.
  if (!q.heads.is_constant() || !q.size.is_constant() ||
      !k.heads.heads.is_constant() || k.heads.heads.is(0) ||
      k.heads.heads != v.heads.heads || k.heads.length != v.heads.length ||
      q.size != k.heads.size || planner.sizes(node.inputs[1])[0] != batch ||
      planner.sizes(node.inputs[2])[0] != batch ||
      (has_cache && (!fits(4, k.heads, past) || !fits(5, v.heads, past))) ||
      (!has_cache && (node.has_output(1) || node.has_output(2))))
    return planner.unsupported(node, "heads that do not fit each other");
  std::vector<Dim> mask;
  if (has_mask) {
    const auto strides =
        mask_strides(planner.sizes(node.inputs[3]), q, batch, keys);
    if (!strides) return planner.unsupported(node, "a mask of another form");
    mask = *strides;
  }
  planner.mark_done(index);
  for (auto* const part : {&k, &v}) {
    const size_t input = part == &k ? 1 : 2;
    if (has_cache) {
      HONE_ASSIGN_OR_RETURN(*part, join_cache(planner, node, input, input + 3,
                                              input, part->heads));
    } else {
      HONE_ASSIGN_OR_RETURN(part->stored, planner.plain(node.inputs[input]));
    }
  }
  HONE_ASSIGN_OR_RETURN(const Stored queries, planner.plain(node.inputs[0]));
  Stored bias;
  if (has_mask) {
    HONE_ASSIGN_OR_RETURN(bias, planner.plain(node.inputs[3]));
  }
  const ValueId result = node.outputs[0];
  const Stored y = planner.new_plain(result);
  const Dim tasks = batch * q.heads;
  const float scale = node.has("scale")
                          ? static_cast<float>(node.number("scale"))
                          : 1 / std::sqrt(static_cast<float>(q.size.value()));
  const int factor = planner.add_weights(std::span(&scale, 1));
  const double products =
      planner.estimate(tasks * q.length * keys * (q.size + v.heads.size));
  const auto add = [&](const AttentionTile& tile, const Dim& repeats) {
    const auto whole = [&](const Dim& n) {
      return ceil_div(n, tile.lanes) * tile.lanes;
    };
    Dim width = whole(keys);
    if (tile.any_keys) width = max_dim(width, tile.score_vectors * tile.lanes);
    const Dim room = attention_room(tile, width, whole(q.size));
    Step step = {.node = node.name,
                 .pointers = {{y.buffer, 0},
                              {queries.buffer, 0},
                              {k.stored.buffer, 0},
                              {v.stored.buffer, 0},
                              {factor, 0},
                              {planner.new_buffer(tasks * room * 4), 0}},
                 .sizes = {q.length, keys, q.size, v.heads.size, q.heads,
                           q.heads.value() / k.heads.heads.value()},
                 .tasks = tasks,
                 .repeats = repeats,
                 .flops = 2 * products,
                 .bytes = 4 * planner.estimate(tasks * (q.length + keys) *
                                               (q.size + v.heads.size))};
    Heads out = q;
    out.size = v.heads.size;
    for (const Heads& heads : {q, k.heads, v.heads, out})
      heads.add_strides(step.sizes);
    step.sizes.push_back(room);
    if (has_mask) {
      step.pointers.push_back({bias.buffer, 0});
      step.sizes.insert(step.sizes.end(), mask.begin(), mask.end());
    }
    if (tile.causal) step.sizes.push_back(past);
    planner.add_step(planner.add_kernel(build_attention(tile)),
                     std::move(step));
  };
  const AttentionTile wanted = {.mask = has_mask,
                                .causal = node.integer("is_causal") != 0};
  const auto tile = [&](int64_t rows) {
    return tile_for(planner, q, k.heads, v.heads, rows, wanted);
  };
  if (q.length.is_constant()) {
    add(tile(q.length.value()), 1);
  } else {
    const AttentionTile whole =
        tile(static_cast<int64_t>(planner.estimate(q.length)));
    const Dim is_whole = min_dim(floor_div(q.length, whole.rows), 1);
    add(whole, is_whole);
    add(tile(1), 1 - is_whole);
  }
  planner.define(result, y);
  return {};
}

}  // namespace hone::tensor
