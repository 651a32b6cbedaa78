// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products. A constant right matrix is packed into panels; one that is computed
// is read as it stands, row by row.
#include <algorithm>

#include "tensor/plan/choose_tile.h"
#include "tensor/plan/expression_of.h"
#include "tensor/plan/lower.h"
#include "tensor/plan/packed_product.h"

namespace hone::tensor {

namespace {

struct Product {
  const Node& node;
  Dim m, n, k;
  Dim batches = 1;               // of a computed right matrix
  Dim a_batch = 0, b_batch = 0;  // elements from one to the next
  std::vector<float> bias;       // one a column, or none
};

// [n / 16][k][16] of B, given as k x n, or as n x k.
std::vector<float> pack(const std::vector<float>& b, int64_t k, int64_t n,
                        bool transposed, float scale) {
  std::vector<float> packed((n + kBlock - 1) / kBlock * kBlock * k);
  for (int64_t j = 0; j < n; ++j)
    for (int64_t p = 0; p < k; ++p)
      packed[(j / kBlock * k + p) * kBlock + j % kBlock] =
          scale * (transposed ? b[j * k + p] : b[p * n + j]);
  return packed;
}

// The right matrix: where it stands and how far its rows and panels are apart.
struct Right {
  int buffer;
  Dim row, panel;
  bool masked;
};

// As it stands where it has less columns than a panel, which would be mostly
// zeros.
Right constant_right(Planner& planner, const std::vector<float>& b, int64_t k,
                     int64_t n, bool transposed, float scale) {
  if (n > kBlock * 3 / 4)
    return {planner.add_weights(pack(b, k, n, transposed, scale)), kBlock,
            kBlock * k, false};
  std::vector<float> rows(static_cast<size_t>(k * n));
  for (int64_t p = 0; p < k; ++p)
    for (int64_t j = 0; j < n; ++j)
      rows[p * n + j] = scale * (transposed ? b[j * k + p] : b[p * n + j]);
  return {planner.add_weights(rows), n, kBlock, true};
}

// A constant that adds one number to each column.
std::optional<std::vector<float>> column_numbers(const Planner& planner,
                                                 ValueId id, const Dim& n) {
  const auto numbers = planner.floats(id);
  if (!numbers || !n.is_constant()) return {};
  if (numbers->size() == 1) return std::vector<float>(n.value(), (*numbers)[0]);
  const std::vector<int64_t>& d = planner.dims(id);
  if (static_cast<int64_t>(numbers->size()) != n.value() ||
      d.back() != n.value())
    return {};
  return numbers;
}

// Takes an addition of a constant to the columns, if it follows.
ValueId fold_bias(Planner& planner, Product& p, ValueId result) {
  const int reader = planner.only_reader(result);
  if (reader < 0 || planner.is_done(reader) || !p.bias.empty()) return result;
  const Node& add = planner.graph().nodes[reader];
  if (add.op != Op::Add || planner.dims(add.outputs[0]) != planner.dims(result))
    return result;
  const ValueId other = add.inputs[add.inputs[0] == result ? 1 : 0];
  const auto numbers = column_numbers(planner, other, p.n);
  if (!numbers) return result;
  p.bias = *numbers;
  planner.mark_done(reader);
  return add.outputs[0];
}

// Rows of a product as one step.
struct Rows {
  int64_t first;
  Dim count;
};

void add_rows(Planner& planner, const Product& p, const GemmTile& tile,
              const Stored& a, const Right& b, const Stored& c, const Stored& d,
              int bias, const Rows& rows) {
  const int64_t columns = int64_t{tile.vectors} * kBlock;
  const Dim to = rows.first * p.n, c_batch = p.m * p.n;
  Step step = {.node = p.node.name,
               .pointers = {{a.buffer, rows.first * p.k, p.a_batch},
                            {b.buffer, 0, p.b_batch},
                            {c.buffer, to, c_batch}},
               .sizes = {rows.count, p.n, p.k, p.k, b.row, b.panel, p.n},
               .tasks = ceil_div(p.n, columns),
               .repeats = p.batches,
               .flops = 2 * planner.estimate(p.batches * rows.count) *
                        planner.estimate(p.n * p.k),
               .bytes = 4 * planner.estimate(p.batches) *
                        planner.estimate(rows.count * p.k + p.k * p.n +
                                         rows.count * p.n)};
  if (bias >= 0) step.pointers.push_back({bias, 0});
  if (tile.post.inputs > 1) step.pointers.push_back({d.buffer, to, c_batch});
  planner.add_step(planner.add_kernel(build_gemm(tile)), std::move(step));
}

void add_all_rows(Planner& planner, const Product& p, const GemmTile& tile,
                  const Stored& a, const Right& b, const Stored& c,
                  const Stored& d, int bias) {
  const int64_t rest =
      tile.depth > 0 && !tile.any_rows ? p.m.value() % tile.rows : 0;
  add_rows(planner, p, tile, a, b, c, d, bias, {0, p.m - rest});
  if (rest == 0) return;
  GemmTile last = tile;
  last.rows = static_cast<int>(rest);
  add_rows(planner, p, last, a, b, c, d, bias, {(p.m - rest).value(), rest});
}

Status emit(Planner& planner, Product& p, const Stored& a, const Right& b) {
  ValueId result = fold_bias(planner, p, p.node.outputs[0]);
  ExpressionBuilder builder;
  Chain chain = {.result = result, .number = builder.input()};
  follow_chain(planner, {.most_inputs = 1, .full_only = true}, chain, builder);
  Stored d;
  GemmTile tile = {.lanes = kBlock,
                   .masked = b.masked,
                   .bias = !p.bias.empty(),
                   .post = std::move(builder).finish(chain.number)};
  if (tile.post.inputs > 1) {
    HONE_ASSIGN_OR_RETURN(d, planner.plain(chain.inputs[0].value));
  }
  tile = choose_tile(planner, tile, p.m, p.n, p.k);
  // Whole tiles of columns of a right matrix that stands in rows.
  if (p.n.is_constant() && p.n.value() % (tile.vectors * kBlock) == 0)
    tile.masked = false;
  const Stored c = planner.new_plain(chain.result);
  const int bias = p.bias.empty() ? -1 : planner.add_weights(p.bias);
  add_all_rows(planner, p, tile, a, b, c, d, bias);
  planner.define(chain.result, c);
  return {};
}

Status lower_gemm(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  if (node.integer("transA") != 0)
    return planner.unsupported(node, "a transposed left matrix");
  const auto b = planner.floats(node.inputs[1]);
  if (!b) return planner.unsupported(node, "a right matrix of no constants");
  const std::vector<Dim> y = planner.sizes(node.outputs[0]);
  const std::vector<Dim> x = planner.sizes(node.inputs[0]);
  Product p = {.node = node, .m = y[0], .n = y[1], .k = x[1]};
  if (x[0] != p.m || !p.n.is_constant() || !p.k.is_constant())
    return planner.unsupported(node, "sizes that contradict the weights'");
  const float beta = node.number("beta");
  if (node.has_input(2)) {
    const auto bias = column_numbers(planner, node.inputs[2], p.n);
    if (!bias) return planner.unsupported(node, "a third matrix");
    p.bias = *bias;
    for (float& number : p.bias) number *= beta;
  }
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored a, planner.plain(node.inputs[0]));
  return emit(
      planner, p, a,
      constant_right(planner, *b, p.k.value(), p.n.value(),
                     node.integer("transB") != 0, node.number("alpha")));
}

}  // namespace

void add_packed_product(Planner& planner, const Node& node,
                        const PackedProduct& product) {
  const Product p = {
      .node = node, .m = product.m, .n = product.n, .k = product.k};
  const GemmTile plain = {.lanes = kBlock, .bias = true};
  const GemmTile tile = choose_tile(planner, plain, p.m, p.n, p.k);
  const Right b = {product.weights, kBlock, kBlock * p.k, false};
  const Stored a = {.buffer = product.a}, c = {.buffer = product.c};
  add_all_rows(planner, p, tile, a, b, c, {}, product.bias);
}

Status lower_matmul(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  if (planner.graph()[node.outputs[0]].type.element != ElementType::F32)
    return planner.unsupported(node, "elements that are not f32");
  if (node.op == Op::Gemm) return lower_gemm(planner, index);
  const std::vector<Dim> a_dims = planner.sizes(node.inputs[0]);
  const std::vector<Dim> b_dims = planner.sizes(node.inputs[1]);
  if (a_dims.size() < 2 || b_dims.size() < 2)
    return planner.unsupported(node, "an operand of one dimension");
  Product p = {.node = node,
               .m = a_dims[a_dims.size() - 2],
               .n = b_dims.back(),
               .k = a_dims.back()};
  std::vector<Dim> result(a_dims.begin(), a_dims.end() - 1);
  result.push_back(p.n);
  if (b_dims[b_dims.size() - 2] != p.k ||
      planner.sizes(node.outputs[0]) != result)
    return planner.unsupported(node, "batches that are repeated");
  Dim before = 1;
  for (size_t d = 0; d + 2 < a_dims.size(); ++d) before *= a_dims[d];
  const auto constant = planner.floats(node.inputs[1]);
  if (b_dims.size() == 2 && constant) {
    p.m *= before;
    planner.mark_done(index);
    HONE_ASSIGN_OR_RETURN(const Stored a, planner.plain(node.inputs[0]));
    return emit(
        planner, p, a,
        constant_right(planner, *constant, p.k.value(), p.n.value(), false, 1));
  }
  const bool same =
      a_dims.size() == b_dims.size() &&
      std::equal(a_dims.begin(), a_dims.end() - 2, b_dims.begin());
  if (!same) return planner.unsupported(node, "batches that are repeated");
  p.batches = before;
  p.a_batch = p.m * p.k;
  p.b_batch = p.k * p.n;
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored a, planner.plain(node.inputs[0]));
  HONE_ASSIGN_OR_RETURN(const Stored b, planner.plain(node.inputs[1]));
  return emit(planner, p, a, {b.buffer, p.n, kBlock, true});
}

}  // namespace hone::tensor
