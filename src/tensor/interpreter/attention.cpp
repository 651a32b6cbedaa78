// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attention and what belongs to it. Heads are indexed, never moved: `Heads`
// reads batch x heads x sequence x size and batch x sequence x heads*size
// alike.
#include <algorithm>
#include <cmath>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

struct Heads {
  const Tensor* x = nullptr;
  int64_t batch = 0, heads = 0, length = 0, size = 0;
  bool packed = false;  // heads lie within the last axis

  double at(int64_t b, int64_t h, int64_t t, int64_t k) const {
    return x
        ->data<double>()[packed ? (b * length + t) * heads * size + h * size + k
                                : ((b * heads + h) * length + t) * size + k];
  }
};

Result<Heads> heads_of(const Call& call, size_t input, int64_t heads) {
  const Tensor& x = call.in(input);
  if (!is_float(x.type())) return call.bad_type(x.type());
  Heads h;
  h.x = &x;
  if (x.rank() == 4) {
    h = {&x, x.dim(0), x.dim(1), x.dim(2), x.dim(3), false};
    return h;
  }
  if (x.rank() != 3 || heads < 1 || x.dim(2) % heads != 0)
    return call.error("input {}: {} in {} heads", input,
                      to_text(to_shape(x.dims())), heads);
  h = {&x, x.dim(0), heads, x.dim(1), x.dim(2) / heads, true};
  return h;
}

// What came before and what comes in, one behind the other; 4 axes.
Result<Tensor> joined(const Call& call, size_t past, const Heads& now) {
  const int64_t before = call.has(past) ? call.in(past).dim(2) : 0;
  HONE_ASSIGN_OR_RETURN(
      Tensor y, call.make(now.x->type(), {now.batch, now.heads,
                                          before + now.length, now.size}));
  call.fill_all(y, [&](std::span<const int64_t> at) -> double {
    if (at[2] >= before) return now.at(at[0], at[1], at[2] - before, at[3]);
    return call.in(past).data<double>()
        [((at[0] * now.heads + at[1]) * before + at[2]) * now.size + at[3]];
  });
  return y;
}

double infinite() { return -std::numeric_limits<double>::infinity(); }

// exp(x) over its sum, each step rounded to `type`; zeros where all is masked.
void softmax(std::vector<double>& row, ElementType type, bool masked) {
  double most = infinite(), sum = 0;
  for (const double value : row) most = std::max(most, value);
  if (masked || std::isinf(most)) {
    if (masked || most < 0) {
      std::fill(row.begin(), row.end(), 0);
      return;
    }
  }
  for (double& value : row) sum += value = std::exp(value - most);
  for (double& value : row) value = round_to(type, value / sum);
}

struct AttentionPlan {
  Heads q, k, v;
  Tensor keys, values;
  double scale = 1, softcap = 0;
  int64_t past = 0, left = -1, right = -1;
  bool causal = false;
  ElementType precision = ElementType::F32;
};

Result<AttentionPlan> plan_attention(const Call& call) {
  AttentionPlan p;
  HONE_ASSIGN_OR_RETURN(p.q, heads_of(call, 0, call.integer("q_num_heads")));
  HONE_ASSIGN_OR_RETURN(p.k, heads_of(call, 1, call.integer("kv_num_heads")));
  HONE_ASSIGN_OR_RETURN(p.v, heads_of(call, 2, call.integer("kv_num_heads")));
  if (p.k.batch != p.q.batch || p.v.batch != p.q.batch ||
      p.k.size != p.q.size || p.v.length != p.k.length ||
      p.v.heads != p.k.heads || p.k.heads < 1 || p.q.heads % p.k.heads != 0 ||
      p.k.x->type() != p.q.x->type() || p.v.x->type() != p.q.x->type())
    return call.error("query, key and value do not fit");
  if (call.has(4) != call.has(5))
    return call.error("past key and past value come together");
  for (size_t i = 4; i < 6; ++i) {
    const Heads& now = i == 4 ? p.k : p.v;
    if (call.has(i) &&
        (call.in(i).rank() != 4 || call.in(i).dim(0) != now.batch ||
         call.in(i).dim(1) != now.heads || call.in(i).dim(3) != now.size ||
         call.in(i).dim(2) != call.in(4).dim(2) ||
         call.in(i).type() != p.q.x->type()))
      return call.error("input {} does not fit what comes after it", i);
  }
  p.past = call.has(4) ? call.in(4).dim(2) : 0;
  HONE_ASSIGN_OR_RETURN(p.keys, joined(call, 4, p.k));
  HONE_ASSIGN_OR_RETURN(p.values, joined(call, 5, p.v));
  p.scale = call.has_attribute("scale")
                ? call.number("scale")
                : 1 / std::sqrt(static_cast<double>(p.q.size));
  p.softcap = call.number("softcap");
  p.causal = call.integer("is_causal") != 0;
  p.left = call.integer("left_window_size");
  p.right = call.integer("right_window_size");
  p.precision = p.q.x->type();
  if (call.has_attribute("softmax_precision")) {
    const auto type = element_from_onnx(call.integer("softmax_precision"));
    if (!type || !is_float(*type))
      return call.error("softmax_precision {}",
                        call.integer("softmax_precision"));
    p.precision = *type;
  }
  return p;
}

// Strides of the mask under batch x heads x query x key; keys beyond a shorter
// mask are masked out.
struct Mask {
  const Tensor* x = nullptr;
  Dims strides;
  int64_t keys = 0;

  double at(std::span<const int64_t> place) const {
    if (!x) return 0;
    if (keys > 1 && place[3] >= keys) return infinite();
    const int64_t from = dot(place, strides);
    if (x->type() == ElementType::Bool)
      return x->integer_at(from) ? 0 : infinite();
    return x->data<double>()[from];
  }
};

Result<Mask> plan_mask(const Call& call, Dims wide) {
  Mask mask;
  if (!call.has(3)) return mask;
  mask.x = &call.in(3);
  if (mask.x->type() != ElementType::Bool && !is_float(mask.x->type()))
    return call.bad_type(mask.x->type());
  if (mask.x->rank() > 4 || mask.x->rank() < 1)
    return call.error("a mask of rank {}", mask.x->rank());
  mask.keys = mask.x->dims().back();
  if (mask.keys < wide[3]) wide[3] = mask.keys;
  const Dims* shapes[] = {&wide, &mask.x->dims()};
  HONE_ASSIGN_OR_RETURN(const Dims found, broadcast(call, shapes));
  if (found != wide)
    return call.error("a mask of sizes {}", to_text(to_shape(mask.x->dims())));
  mask.strides = broadcast_strides(mask.x->dims(), 4);
  return mask;
}

Status attention(Call& call) {
  HONE_ASSIGN_OR_RETURN(AttentionPlan p, plan_attention(call));
  const Heads& q = p.q;
  const int64_t length = p.keys.dim(2), size = p.v.size;
  const int64_t shared = q.heads / p.k.heads;
  const ElementType type = q.x->type();
  HONE_ASSIGN_OR_RETURN(const Mask mask,
                        plan_mask(call, {q.batch, q.heads, q.length, length}));
  Dims valid;
  if (call.has(6)) {
    HONE_ASSIGN_OR_RETURN(valid, call.integers_of(6));
    if (static_cast<int64_t>(valid.size()) != q.batch)
      return call.error("{} lengths for {} batches", valid.size(), q.batch);
  }
  const int64_t mode = call.integer("qk_matmul_output_mode");
  if (mode < 0 || mode > 3) return call.error("qk_matmul_output_mode {}", mode);
  HONE_ASSIGN_OR_RETURN(
      Tensor y,
      call.make(type, q.packed ? Dims{q.batch, q.length, q.heads * size}
                               : Dims{q.batch, q.heads, q.length, size}));
  HONE_ASSIGN_OR_RETURN(Tensor scores,
                        call.make(type, {q.batch, q.heads, q.length, length}));
  const double root = round_to(type, std::sqrt(p.scale));
  std::vector<double> row(length);
  Dims at(4, 0);
  const Dims rows = {q.batch, q.heads, q.length, 1};
  for (int64_t i = 0; i < q.batch * q.heads * q.length;
       ++i, next_index(rows, at)) {
    const int64_t b = at[0], h = at[1], t = at[2];
    const int64_t line = b * p.k.heads + h / shared;
    // Where this query stands among the keys.
    const int64_t place =
        t + (!call.has(4) && call.has(6) ? valid[b] - q.length : p.past);
    bool all_masked = true;
    for (int64_t j = 0; j < length; ++j) {
      double sum = 0;
      for (int64_t c = 0; c < q.size; ++c)
        sum +=
            round_to(type, q.at(b, h, t, c) * root) *
            round_to(
                type,
                p.keys.data<double>()[(line * length + j) * q.size + c] * root);
      sum = round_to(type, sum);
      double& shown = scores.data<double>()[i * length + j];
      if (mode == 0) shown = sum;
      if (p.softcap > 0)
        sum = round_to(type, p.softcap * std::tanh(sum / p.softcap));
      if (mode == 1) shown = sum;
      const int64_t where[] = {b, h, t, j};
      double bias = mask.at(where);
      if ((p.causal && j > place) || (p.left >= 0 && place - j > p.left) ||
          (p.right >= 0 && j - place > p.right) ||
          (call.has(6) && j >= valid[b]))
        bias = infinite();
      all_masked &= std::isinf(bias) && bias < 0;
      row[j] = std::isinf(bias) && bias < 0 ? bias : round_to(type, sum + bias);
      if (mode == 2) shown = row[j];
    }
    softmax(row, p.precision, all_masked);
    for (int64_t j = 0; j < length; ++j) {
      row[j] = round_to(type, row[j]);
      if (mode == 3) scores.data<double>()[i * length + j] = row[j];
    }
    for (int64_t c = 0; c < size; ++c) {
      double sum = 0;
      for (int64_t j = 0; j < length; ++j)
        if (row[j] != 0)
          sum +=
              row[j] * p.values.data<double>()[(line * length + j) * size + c];
      y.data<double>()[q.packed
                           ? (b * q.length + t) * q.heads * size + h * size + c
                           : i * size + c] = narrow(type, sum);
    }
  }
  call.set(0, std::move(y));
  call.set(1, std::move(p.keys));
  call.set(2, std::move(p.values));
  call.set(3, std::move(scores));
  return {};
}

// Scores and probabilities may each pass through a graph of the user's.
Status flex_attention(Call& call) {
  for (size_t i = 0; i < 3; ++i)
    if (call.in(i).rank() != 4)
      return call.error("input {} has rank {}; expected 4", i,
                        call.in(i).rank());
  HONE_ASSIGN_OR_RETURN(const Heads q, heads_of(call, 0, 0));
  HONE_ASSIGN_OR_RETURN(const Heads k, heads_of(call, 1, 0));
  HONE_ASSIGN_OR_RETURN(const Heads v, heads_of(call, 2, 0));
  if (k.batch != q.batch || v.batch != q.batch || k.size != q.size ||
      v.length != k.length || v.heads != k.heads || k.heads < 1 ||
      q.heads % k.heads != 0)
    return call.error("query, key and value do not fit");
  const ElementType type = q.x->type();
  ElementType precision = type == ElementType::F64 ? type : ElementType::F32;
  if (call.has_attribute("softmax_precision")) {
    const auto given = element_from_onnx(call.integer("softmax_precision"));
    if (!given || !is_float(*given))
      return call.error("softmax_precision {}",
                        call.integer("softmax_precision"));
    precision = *given;
  }
  const double scale = call.has_attribute("scale")
                           ? call.number("scale")
                           : 1 / std::sqrt(static_cast<double>(q.size));
  const double root =
      round_to(type, round_to(ElementType::F32, std::sqrt(scale)));
  const int64_t shared = q.heads / k.heads;
  HONE_ASSIGN_OR_RETURN(
      Tensor scores,
      call.make(precision, {q.batch, q.heads, q.length, k.length}));
  call.fill_all(scores, [&](std::span<const int64_t> at) -> double {
    double sum = 0;
    for (int64_t c = 0; c < q.size; ++c)
      sum += round_to(type, q.at(at[0], at[1], at[2], c) * root) *
             round_to(type, k.at(at[0], at[1] / shared, at[3], c) * root);
    return round_to(type, sum);
  });
  const auto through = [&](std::string_view name, Tensor x) -> Result<Tensor> {
    const Graph* body = call.node().graph(name);
    if (!body) return x;
    const Dims dims = x.dims();
    HONE_ASSIGN_OR_RETURN(const std::vector<RunValue> out,
                          call.run_body(*body, {RunValue(std::move(x))}));
    if (out.size() != 1 || !out[0].tensor || out[0].tensor->dims() != dims ||
        !is_float(out[0].tensor->type()))
      return call.error("{} gives no tensor of the same sizes", name);
    return *out[0].tensor;
  };
  HONE_ASSIGN_OR_RETURN(scores, through("score_mod", std::move(scores)));
  for (int64_t i = 0; k.length > 0 && i < scores.size(); i += k.length) {
    const auto line = scores.data<double>().subspan(i, k.length);
    std::vector<double> row(line.begin(), line.end());
    softmax(row, precision, false);
    std::copy(row.begin(), row.end(), line.begin());
  }
  HONE_ASSIGN_OR_RETURN(scores, through("prob_mod", std::move(scores)));
  HONE_ASSIGN_OR_RETURN(Tensor y,
                        call.make(type, {q.batch, q.heads, q.length, v.size}));
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    const int64_t row =
        ((at[0] * q.heads + at[1]) * q.length + at[2]) * k.length;
    double sum = 0;
    for (int64_t j = 0; j < k.length; ++j)
      sum += scores.data<double>()[row + j] *
             v.at(at[0], at[1] / shared, j, at[3]);
    return sum;
  });
  call.set(0, std::move(y));
  return {};
}

// Turns pairs of a head's numbers by angles; pairs are neighbours, or come one
// from each half.
Status rotary_embedding(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const Heads heads,
                        heads_of(call, 0, call.integer("num_heads")));
  const int64_t given = call.integer("rotary_embedding_dim");
  const int64_t turned = given == 0 ? heads.size : given;
  const int64_t half = turned / 2;
  const bool neighbours = call.integer("interleaved") != 0;
  const Tensor& cosine = call.in(1);
  const Tensor& sine = call.in(2);
  const Tensor* ids = call.has(3) ? &call.in(3) : nullptr;
  if (turned < 0 || turned > heads.size || turned % 2 != 0 ||
      cosine.dims() != sine.dims() || cosine.rank() != (ids ? 2 : 3) ||
      cosine.dims().back() != half || cosine.type() != x.type() ||
      sine.type() != x.type() ||
      (ids ? ids->dims() != Dims{heads.batch, heads.length} ||
                 !is_integer(ids->type())
           : cosine.dim(0) != heads.batch || cosine.dim(1) != heads.length))
    return call.error("angles do not fit the data");
  if (ids)
    for (const int64_t id : ids->data<int64_t>())
      if (id < 0 || id >= cosine.dim(0))
        return call.error("position {} of {}", id, cosine.dim(0));
  Tensor y = x;
  for (int64_t i = 0; i < x.size(); ++i) {
    // Batch, head, place and number within the head of element i.
    const int64_t c = i % heads.size;
    const int64_t block = i / heads.size;
    const int64_t h =
        heads.packed ? block % heads.heads : block / heads.length % heads.heads;
    const int64_t t = heads.packed ? block / heads.heads % heads.length
                                   : block % heads.length;
    const int64_t b = block / (heads.heads * heads.length);
    if (c >= turned) continue;
    const int64_t pair = neighbours ? c / 2 : c % half;
    const bool second = neighbours ? c % 2 == 1 : c >= half;
    const int64_t row =
        ids ? ids->integer_at(b * heads.length + t) : b * heads.length + t;
    const double cos_t = cosine.data<double>()[row * half + pair];
    const double sin_t = sine.data<double>()[row * half + pair];
    const double a = heads.at(b, h, t, neighbours ? pair * 2 : pair);
    const double o = heads.at(b, h, t, neighbours ? pair * 2 + 1 : pair + half);
    y.data<double>()[i] = narrow(
        x.type(), second ? sin_t * a + cos_t * o : cos_t * a - sin_t * o);
  }
  call.set(0, std::move(y));
  return {};
}

// A state of keys x values a head, updated step by step.
Status linear_attention(Call& call) {
  const int64_t q_heads = call.integer("q_num_heads");
  const int64_t kv_heads = call.integer("kv_num_heads");
  HONE_ASSIGN_OR_RETURN(const Heads q, heads_of(call, 0, q_heads));
  HONE_ASSIGN_OR_RETURN(const Heads k, heads_of(call, 1, kv_heads));
  HONE_ASSIGN_OR_RETURN(const Heads v, heads_of(call, 2, kv_heads));
  const std::string rule = call.text("update_rule");
  const bool gated = rule == "gated" || rule == "gated_delta";
  const bool delta = rule == "delta" || rule == "gated_delta";
  if (!gated && !delta && rule != "linear")
    return call.error("update_rule '{}'", rule);
  if (!q.packed || !k.packed || !v.packed || k.batch != q.batch ||
      v.batch != q.batch || k.length != q.length || v.length != q.length ||
      k.size != q.size || kv_heads < 1 || q_heads % kv_heads != 0)
    return call.error("query, key and value do not fit");
  const int64_t steps = q.length, rows = k.size, columns = v.size;
  const Dims state_dims = {q.batch, kv_heads, rows, columns};
  const int64_t decays = call.has(4) ? call.in(4).dims().back() : 0;
  const int64_t betas = call.has(5) ? call.in(5).dims().back() : 0;
  if ((gated &&
       (!call.has(4) || (decays != kv_heads && decays != kv_heads * rows))) ||
      (delta && (!call.has(5) || (betas != kv_heads && betas != 1))) ||
      (call.has(3) && call.in(3).dims() != state_dims))
    return call.error("state, decay or beta do not fit");
  for (size_t i = 4; i < 6; ++i)
    if (call.has(i) &&
        call.in(i).size() != q.batch * steps * call.in(i).dims().back())
      return call.error("input {} does not fit", i);
  const double given = call.number("scale");
  const double scale =
      given == 0 ? 1 / std::sqrt(static_cast<double>(rows)) : given;
  const ElementType type = q.x->type();
  HONE_ASSIGN_OR_RETURN(Tensor y,
                        call.make(type, {q.batch, steps, q_heads * columns}));
  HONE_ASSIGN_OR_RETURN(
      Tensor state,
      call.make(call.has(3) ? call.in(3).type() : type, state_dims));
  for (int64_t b = 0; b < q.batch; ++b)
    for (int64_t h = 0; h < kv_heads; ++h) {
      std::vector<double> s(rows * columns, 0);
      const int64_t origin = (b * kv_heads + h) * rows * columns;
      for (size_t i = 0; call.has(3) && i < s.size(); ++i)
        s[i] = call.in(3).data<double>()[origin + i];
      for (int64_t t = 0; t < steps; ++t) {
        for (int64_t r = 0; gated && r < rows; ++r) {
          const double g =
              call.in(4)
                  .data<double>()[(b * steps + t) * decays +
                                  (decays == kv_heads ? h : h * rows + r)];
          for (int64_t c = 0; c < columns; ++c)
            s[r * columns + c] *= std::exp(g);
        }
        const double beta =
            delta ? call.in(5).data<double>()[(b * steps + t) * betas +
                                              (betas == 1 ? 0 : h)]
                  : 1;
        for (int64_t c = 0; c < columns; ++c) {
          double change = v.at(b, h, t, c);
          for (int64_t r = 0; delta && r < rows; ++r)
            change -= s[r * columns + c] * k.at(b, h, t, r);
          for (int64_t r = 0; r < rows; ++r)
            s[r * columns + c] += beta * k.at(b, h, t, r) * change;
        }
        const int64_t shared = q_heads / kv_heads;
        for (int64_t g = h * shared; g < (h + 1) * shared; ++g)
          for (int64_t c = 0; c < columns; ++c) {
            double sum = 0;
            for (int64_t r = 0; r < rows; ++r)
              sum += q.at(b, g, t, r) * s[r * columns + c];
            y.data<double>()[((b * steps + t) * q_heads + g) * columns + c] =
                narrow(type, scale * sum);
          }
      }
      for (size_t i = 0; i < s.size(); ++i)
        state.data<double>()[origin + i] = narrow(state.type(), s[i]);
    }
  call.set(0, std::move(y));
  call.set(1, std::move(state));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::Attention, attention},
    {Op::FlexAttention, flex_attention},
    {Op::LinearAttention, linear_attention},
    {Op::RotaryEmbedding, rotary_embedding},
};

}  // namespace

std::span<const KernelRow> attention_kernels() { return kRows; }

}  // namespace hone::tensor
