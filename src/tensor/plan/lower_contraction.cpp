// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products of f32 that the fast kernels refuse, as Einstein sums: batches that
// are repeated, transposed operands, right matrices that are computed, and sums
// over any indices.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "tensor/kernel/reduction.h"
#include "tensor/plan/einstein.h"
#include "tensor/plan/loop_step.h"

namespace hone::tensor {

namespace {

// Extents by letter.
using Extents = std::map<char, Dim>;

// An operand, and the letters of its dimensions; extents of 1 are repeated.
struct Factor {
  ValueId value = kNone;
  std::string letters;
  At place = {};
};

struct Contraction {
  std::vector<Factor> factors;
  std::string output, summed;
  Extents extents;
  // A summed letter of which each lane of the result has every kBlock-th term;
  // kLane is the lane's own letter, the output's last.
  char split = 0;
};

constexpr char kLane = '@';

// What schedules rely on of an open extent next to that of the vectors, which
// are masked.
constexpr int64_t kLargeRows = 8;

std::string name_of(char letter) {
  return letter == kLane ? "lane" : fmt::format("i{}", letter);
}

Dim product_of(const Extents& extents, std::string_view letters) {
  Dim product = 1;
  for (const char letter : letters) product *= extents.at(letter);
  return product;
}

std::string subscript(const Contraction& c, std::string_view letters) {
  std::vector<std::string> at;
  for (const char letter : letters)
    if (!c.extents.at(letter).is(1))
      at.push_back(letter != c.split
                       ? name_of(letter)
                       : fmt::format("{}*{} + {}", kBlock, name_of(letter),
                                     name_of(kLane)));
  return at.empty() ? "0" : fmt::format("{}", fmt::join(at, ", "));
}

// Below so many uses of each element an operand is not worth turning.
constexpr double kLeastUses = 8;

double uses_of(const Planner& planner, const Contraction& c,
               const Factor& factor) {
  std::string others = c.output + c.summed;
  std::erase_if(others, [&](char letter) {
    return factor.letters.find(letter) != std::string::npos;
  });
  return planner.estimate(product_of(c.extents, others));
}

// Vectors go along the last letter of the output. An operand that has it
// elsewhere is turned first, if that costs little beside the products.
void turn(Planner& planner, const Node& node, const Contraction& c,
          Factor& factor) {
  const char lane = c.output.back();
  const size_t at = factor.letters.find(lane);
  const std::set<char> distinct(factor.letters.begin(), factor.letters.end());
  if (at == std::string::npos || factor.letters.back() == lane ||
      distinct.size() != factor.letters.size() ||
      planner.estimate(c.extents.at(lane)) < kBlock / 2 ||
      uses_of(planner, c, factor) < kLeastUses)
    return;
  std::vector<Dim> dims;
  for (const char letter : factor.letters) dims.push_back(c.extents.at(letter));
  View from = planner.view({.buffer = factor.place.buffer}, dims);
  std::rotate(from.dims.begin() + at, from.dims.begin() + at + 1,
              from.dims.end());
  std::rotate(from.strides.begin() + at, from.strides.begin() + at + 1,
              from.strides.end());
  std::rotate(factor.letters.begin() + at, factor.letters.begin() + at + 1,
              factor.letters.end());
  factor.place = {planner.new_buffer(product_of(c.extents, factor.letters) * 4),
                  0};
  planner.add_copy(node.name, Element::F32,
                   planner.view({.buffer = factor.place.buffer}, from.dims),
                   from);
}

// Extents of 1 that other operands have longer are no dimensions.
void drop_repeated(const Planner& planner, Contraction& c) {
  for (Factor& factor : c.factors) {
    const std::vector<int64_t>& dims = planner.dims(factor.value);
    std::string kept;
    for (size_t d = 0; d < dims.size(); ++d)
      if (dims[d] != 1) kept += factor.letters[d];
    factor.letters = kept;
  }
}

// A matrix times a vector, and the like: the largest operand is read once,
// along a summed letter. Lanes then take turns on that letter.
void split_sum(const Planner& planner, Contraction& c) {
  const auto size = [&](const Factor& factor) {
    return planner.estimate(product_of(c.extents, factor.letters));
  };
  const Factor& largest = *std::ranges::max_element(c.factors, {}, size);
  if (largest.letters.empty() || uses_of(planner, c, largest) >= kLeastUses)
    return;
  const char last = largest.letters.back();
  if (c.summed.find(last) == std::string::npos ||
      !c.extents.at(last).is_constant() ||
      c.extents.at(last).value() % kBlock != 0 ||
      std::ranges::count(largest.letters, last) != 1)
    return;
  c.split = last;
  c.extents[kLane] = kBlock;
  c.output += kLane;
}

// y = the sum of products, where y stands dense.
Status add_contraction(Planner& planner, const Node& node, Contraction& c,
                       At y) {
  LoopText text(planner, "contraction");
  std::vector<std::pair<std::string, std::string>> loops;
  std::map<char, std::string> sizes;
  for (const char letter : c.output + c.summed) {
    const Dim& extent = c.extents.at(letter);
    if (extent.is(1)) continue;
    if (letter == kLane) {
      sizes[letter] = to_text(extent);
    } else if (letter == c.split) {
      const std::string size =
          text.size(fmt::format("n{}", letter), floor_div(extent, kBlock));
      sizes[letter] = fmt::format("{}*{}", kBlock, size);
      loops.emplace_back(name_of(letter), size);
      continue;
    } else {
      const size_t from_end =
          c.output.size() - std::min(c.output.find(letter), c.output.size());
      const int64_t large = from_end == 2 ? kLargeRows : 1;
      sizes[letter] = text.size(fmt::format("n{}", letter), extent, large);
    }
    loops.emplace_back(name_of(letter), sizes[letter]);
  }
  const auto shape = [&](std::string_view letters) {
    std::vector<std::string> extents;
    for (const char letter : letters)
      if (!c.extents.at(letter).is(1)) extents.push_back(sizes[letter]);
    if (extents.empty()) extents.emplace_back("1");
    return extents;
  };
  std::vector<std::string> terms;
  std::vector<At> places;
  for (Factor& factor : c.factors) {
    HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(factor.value));
    factor.place = {stored.buffer, 0};
    if (c.split == 0) turn(planner, node, c, factor);
    const std::string name = fmt::format("a{}", places.size());
    text.tensor("input", name, shape(factor.letters));
    terms.push_back(fmt::format("{}[{}]", name, subscript(c, factor.letters)));
    places.push_back(factor.place);
  }
  text.tensor("output", "y", shape(c.output));
  places.push_back(y);
  text.node(fmt::format("y[{}] {} {}", subscript(c, c.output),
                        c.summed.empty() ? "=" : "+=", fmt::join(terms, " * ")),
            loops);
  return add_loops(planner, node, text, std::move(places));
}

Contraction matmul_of(const Planner& planner, const Node& node) {
  const size_t a_rank = planner.dims(node.inputs[0]).size();
  const size_t b_rank = planner.dims(node.inputs[1]).size();
  std::string batch;  // '0' for the axis in front of the matrices, and so on
  for (size_t i = 2; i < std::max({a_rank, b_rank, size_t{2}}); ++i)
    batch.insert(batch.begin(), static_cast<char>('0' + i - 2));
  const auto of = [&](size_t rank, std::string_view matrix) {
    if (rank < 2) return std::string("k");
    return batch.substr(batch.size() - (rank - 2)) + std::string(matrix);
  };
  return {.factors = {{.value = node.inputs[0], .letters = of(a_rank, "mk")},
                      {.value = node.inputs[1], .letters = of(b_rank, "kn")}},
          .output = batch + (a_rank < 2 ? "" : "m") + (b_rank < 2 ? "" : "n"),
          .summed = "k"};
}

Contraction gemm_of(const Node& node) {
  return {.factors = {{.value = node.inputs[0],
                       .letters = node.integer("transA") != 0 ? "km" : "mk"},
                      {.value = node.inputs[1],
                       .letters = node.integer("transB") != 0 ? "nk" : "kn"}},
          .output = "mn",
          .summed = "k"};
}

Contraction einsum_of(const Planner& planner, const Node& node) {
  std::vector<size_t> ranks;
  for (const ValueId input : node.inputs)
    ranks.push_back(planner.dims(input).size());
  const EinsteinSum sum = einstein_sum(node.text("equation"), ranks);
  Contraction c = {.output = sum.output, .summed = sum.summed};
  for (size_t i = 0; i < node.inputs.size(); ++i)
    c.factors.push_back({.value = node.inputs[i], .letters = sum.terms[i]});
  return c;
}

// to[i] = from[i, 0] + … + from[i, kBlock - 1]
void add_lanes(Planner& planner, const Node& node, int to, int from,
               const Dim& count) {
  const double elements = planner.estimate(count) * kBlock;
  planner.add_step(
      planner.add_kernel(build_reduction(Reduction::Sum, true, kBlock)),
      {.node = node.name,
       .pointers = {{to, 0}, {from, 0}},
       .sizes = {kBlock},
       .tasks = count,
       .flops = elements,
       .bytes = elements * 4});
}

// Where there are no terms.
void add_zeros(Planner& planner, const Node& node, int to, const Dim& count,
               const Dim& terms) {
  KernelBuilder b("zeros", kBlock);
  const Pointer y = b.pointer("y");
  b.size("begin");
  b.size("end");
  const Ix n = b.size("n");
  const Reg zero = b.constant(0);
  b.loop("i", 0, n, kBlock,
         [&](Ix i) { b.store(y, i, zero, b.let("left", min(n - i, kBlock))); });
  planner.add_step(planner.add_kernel(std::move(b).finish()),
                   {.node = node.name,
                    .pointers = {{to, 0}},
                    .sizes = {count},
                    .repeats = 1 - min_dim(terms, 1)});
}

// Gemm's alpha * sums + beta * C.
Status scale_and_add(Planner& planner, const Node& node, const Stored& y,
                     int sums) {
  using Kind = ExpressionStep::Kind;
  const std::vector<Dim> dims = planner.sizes(node.outputs[0]);
  std::vector<View> inputs = {planner.view({.buffer = sums}, dims)};
  Expression expression = {
      .inputs = 1,
      .steps = {{.kind = Kind::Constant, .number = node.number("alpha")},
                {.op = KernelOp::Mul, .operands = {0, 1}}}};
  if (node.has_input(2)) {
    HONE_ASSIGN_OR_RETURN(const Stored third, planner.plain(node.inputs[2]));
    const std::vector<Dim> own = planner.sizes(node.inputs[2]);
    View view = planner.view(third, own);
    view.dims.insert(view.dims.begin(), dims.size() - own.size(), 1);
    view.strides.insert(view.strides.begin(), dims.size() - own.size(), 0);
    for (size_t d = 0; d < dims.size(); ++d)
      if (view.dims[d].is(1)) view.strides[d] = 0;
    view.dims = inputs[0].dims;
    inputs.push_back(view);
    expression = {
        .inputs = 2,
        .steps = {{.kind = Kind::Constant, .number = node.number("alpha")},
                  {.op = KernelOp::Mul, .operands = {0, 2}},
                  {.kind = Kind::Constant, .number = node.number("beta")},
                  {.op = KernelOp::Mul, .operands = {1, 4}},
                  {.op = KernelOp::Add, .operands = {3, 5}}}};
  }
  planner.add_elementwise(node.name, expression, planner.view(y, dims), inputs);
  return {};
}

}  // namespace

Status lower_contraction(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  Contraction c = node.op == Op::MatMul ? matmul_of(planner, node)
                  : node.op == Op::Gemm ? gemm_of(node)
                                        : einsum_of(planner, node);
  for (const Factor& factor : c.factors) {
    const std::vector<Dim> dims = planner.sizes(factor.value);
    for (size_t d = 0; d < dims.size(); ++d) {
      Dim& extent =
          c.extents.try_emplace(factor.letters[d], dims[d]).first->second;
      if (!dims[d].is(1) && !extent.is(1) && extent != dims[d])
        return planner.unsupported(node, "sizes that may differ");
      if (!dims[d].is(1)) extent = dims[d];
      if (dims[d].is(0)) return planner.unsupported(node, "an empty operand");
    }
  }
  std::vector<Dim> whole;
  for (const char letter : c.output) whole.push_back(c.extents.at(letter));
  if (whole != planner.sizes(node.outputs[0]))
    return planner.unsupported(node, "sizes that contradict its result's");
  drop_repeated(planner, c);
  // One long sum is more accurate in f64, and has nothing to put in vectors.
  if (std::ranges::all_of(c.output,
                          [&](char letter) { return c.extents[letter].is(1); }))
    return planner.unsupported(node, "a single element");
  const ValueId result = node.outputs[0];
  const bool scales =
      node.op == Op::Gemm && (node.has_input(2) || node.number("alpha") != 1);
  const Stored y = planner.new_plain(result);
  const Dim count = product_of(c.extents, c.output);
  const int sums = scales ? planner.new_buffer(count * 4) : y.buffer;
  // A sum of nothing is 0.
  const Dim terms = product_of(c.extents, c.summed);
  if (!terms.is_constant()) add_zeros(planner, node, sums, count, terms);
  split_sum(planner, c);
  if (c.split == 0) {
    HONE_RETURN_IF_ERROR(add_contraction(planner, node, c, {.buffer = sums}));
  } else {
    const int lanes = planner.new_buffer(product_of(c.extents, c.output) * 4);
    HONE_RETURN_IF_ERROR(add_contraction(planner, node, c, {.buffer = lanes}));
    add_lanes(planner, node, sums, lanes, count);
  }
  planner.mark_done(index);
  if (scales) HONE_RETURN_IF_ERROR(scale_and_add(planner, node, y, sums));
  planner.define(result, y);
  return {};
}

}  // namespace hone::tensor
