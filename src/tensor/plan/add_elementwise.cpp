// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From views of any rank to the few loops of an element-wise kernel.
#include <algorithm>

#include "tensor/kernel/relayout.h"
#include "tensor/plan/planner.h"

namespace hone::tensor {

namespace {

// One loop: its extent, and the stride of each array.
struct Loop {
  Dim extent;
  std::vector<Dim> strides;
};

// Dimensions of extent 1 vanish; one that continues the next is joined to it.
std::vector<Loop> collapse(const std::vector<View>& arrays) {
  std::vector<Loop> loops;
  for (size_t d = 0; d < arrays[0].dims.size(); ++d) {
    if (arrays[0].dims[d] == 1) continue;
    Loop loop = {arrays[0].dims[d], {}};
    for (const View& array : arrays) loop.strides.push_back(array.strides[d]);
    if (!loops.empty()) {
      Loop& before = loops.back();
      bool joins = true;
      for (size_t k = 0; k < arrays.size(); ++k)
        joins = joins && before.strides[k] == loop.strides[k] * loop.extent;
      if (joins) {
        before.extent *= loop.extent;
        before.strides = loop.strides;
        continue;
      }
    }
    loops.push_back(std::move(loop));
  }
  return loops;
}

// One long loop becomes tasks of `chunk` elements, if that leaves no rest.
void split_for_tasks(std::vector<Loop>& loops) {
  if (loops.size() != 1) return;
  const Loop inner = loops[0];
  if (!inner.extent.is_constant()) return;
  const int64_t extent = inner.extent.value();
  for (const int64_t chunk : {4096, 2048, 1024, 768, 512})
    if (extent > 4 * chunk && extent % chunk == 0) {
      Loop outer = {extent / chunk, inner.strides};
      for (Dim& stride : outer.strides) stride *= chunk;
      loops[0].extent = chunk;
      loops.insert(loops.begin(), outer);
      return;
    }
}

Access access_of(const Dim& stride) {
  return stride == 1   ? Access::Consecutive
         : stride == 0 ? Access::Same
                       : Access::Strided;
}

}  // namespace

void Planner::add_elementwise(std::string_view node, Expression expression,
                              const View& to, std::vector<View> inputs,
                              Element element) {
  std::vector<View> arrays = {to};
  arrays.insert(arrays.end(), inputs.begin(), inputs.end());
  if (std::ranges::find(to.dims, 0) != to.dims.end()) return;
  std::vector<Loop> loops = collapse(arrays);
  split_for_tasks(loops);
  while (loops.size() < 2)
    loops.insert(loops.begin(), {1, std::vector<Dim>(arrays.size(), 0)});
  const Loop lanes = loops.back();
  loops.pop_back();

  ElementwiseTile tile = {.expression = std::move(expression),
                          .output = access_of(lanes.strides[0]),
                          .rank = static_cast<int>(loops.size()),
                          .lanes = kBlock,
                          .element = element};
  for (const View& array : arrays)
    if (array.numbers >= 0) tile.bytes.resize(arrays.size());
  for (size_t k = 0; k < tile.bytes.size(); ++k)
    tile.bytes[k] = arrays[k].numbers >= 0;
  // A single element of the output: any access is right.
  if (tile.output == Access::Same) tile.output = Access::Consecutive;
  for (size_t k = 1; k < arrays.size(); ++k)
    tile.inputs.push_back(access_of(lanes.strides[k]));
  // A block's lanes make one vector.
  tile.whole = lanes.extent == kBlock;

  Step step = {.node = node, .element = element, .tasks = loops[0].extent};
  for (size_t d = 1; d < loops.size(); ++d)
    step.sizes.push_back(loops[d].extent);
  if (!tile.whole) step.sizes.push_back(lanes.extent);
  double count = estimate(lanes.extent);
  for (const Loop& loop : loops) count *= estimate(loop.extent);
  for (size_t k = 0; k < arrays.size(); ++k) {
    step.pointers.push_back({arrays[k].buffer, arrays[k].start});
    for (const Loop& loop : loops) step.sizes.push_back(loop.strides[k]);
    const Access access = k == 0 ? tile.output : tile.inputs[k - 1];
    if (access == Access::Strided) step.sizes.push_back(lanes.strides[k]);
    step.bytes += count * static_cast<double>(element_bytes(
                              arrays[k].numbers >= 0 ? Element::U8 : element));
  }
  for (const View& array : arrays)
    if (array.numbers >= 0) step.pointers.push_back({array.numbers, 0});
  step.flops = count * static_cast<double>(tile.expression.steps.size());
  add_step(add_kernel(build_elementwise(tile)), std::move(step));
}

namespace {

// Below this a side of a square is mostly empty.
constexpr int64_t kLeastSide = 8;

// A copy that reads along one dimension and writes along another, both of
// neighbours, as squares: {rows, columns}, numbers of loops; -1 where it is
// none.
struct Turn {
  int rows = -1, columns = -1;
};

Turn find_turn(const std::vector<Loop>& loops) {
  Turn turn;
  if (loops.size() > 4) return turn;
  for (size_t i = 0; i < loops.size(); ++i) {
    // An open size is likely to be large.
    if (loops[i].extent.is_constant() && loops[i].extent.value() < kLeastSide)
      continue;
    if (loops[i].strides[0] == 1 && loops[i].strides[1] != 1)
      turn.columns = static_cast<int>(i);
    if (loops[i].strides[1] == 1 && loops[i].strides[0] != 1)
      turn.rows = static_cast<int>(i);
  }
  return turn;
}

}  // namespace

void Planner::add_copy(std::string_view node, Element element, const View& to,
                       const View& from) {
  const std::vector<Loop> loops = collapse({to, from});
  const Turn turn = find_turn(loops);
  if (element != Element::F32 || turn.rows < 0 || turn.columns < 0 ||
      std::ranges::find(to.dims, 0) != to.dims.end())
    return add_elementwise(node, identity_expression(), to, {from}, element);
  const Loop &rows = loops[turn.rows], &columns = loops[turn.columns];
  std::vector<Loop> outer;
  for (size_t i = 0; i < loops.size(); ++i)
    if (static_cast<int>(i) != turn.rows && static_cast<int>(i) != turn.columns)
      outer.push_back(loops[i]);
  while (outer.size() < 2) outer.push_back({1, {0, 0}});
  double count = 1;
  for (const Loop& loop : loops) count *= estimate(loop.extent);
  add_step(
      add_kernel(build_transpose(kBlock)),
      {.node = node,
       .pointers = {{to.buffer, to.start}, {from.buffer, from.start}},
       .sizes = {outer[1].extent, rows.extent, columns.extent,
                 outer[0].strides[0], outer[0].strides[1], outer[1].strides[0],
                 outer[1].strides[1], rows.strides[0], columns.strides[1]},
       .tasks = outer[0].extent,
       .bytes = 8 * count});
}

}  // namespace hone::tensor
