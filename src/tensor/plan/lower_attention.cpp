// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attention and what belongs to it, of any float type. Heads are indexed, never
// moved: packed ones lie within the last axis.
#include <cmath>
#include <limits>

#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// batch x heads x length x size, or batch x length x heads * size.
struct Heads {
  const Operand* x;
  bool packed;
  Ix heads, length, size;

  Heads(const Operand& x, Ix given)
      : x(&x),
        packed(x.rank() == 3),
        heads(packed ? max(given, 1) : x.dims[1]),
        length(x.dims[packed ? 1 : 2]),
        size(packed ? x.dims[2] / heads : x.dims[3]) {}

  Index at(Ix b, Ix h, Ix t, Ix c) const {
    return packed ? Index{b, t, h * size + c} : Index{b, h, t, c};
  }
  Reg load(K& k, Ix b, Ix h, Ix t, Ix c) const {
    return k.load(*x, at(b, h, t, c));
  }
};

// exp(row - max) / sum, rounded to `type`; zeros where all is masked.
void softmax_row(K& k, const Operand& row, Ix count, ElementType type) {
  const Reg most = k.variable(k.number(-kInfinity));
  const Reg sum = k.variable(k.number(0));
  k.loop(0, count, [&](Ix j) { k.set(most, k.larger(most, k.load(row, j))); });
  const Reg none = k.equal(most, k.number(-kInfinity));
  k.loop(0, count, [&](Ix j) {
    const Reg e = k.op(KernelOp::Exp, {k.sub(k.load(row, j), most)});
    const Reg value = k.select(none, k.number(0), e);
    k.store(row, j, value);
    k.set(sum, k.add(sum, value));
  });
  k.loop(0, count, [&](Ix j) {
    const Reg share = k.select(none, k.number(0), k.div(k.load(row, j), sum));
    k.store(row, j, k.rounded(type, share));
  });
}

// What came before, then what comes in, into output `output`.
Operand join_past(K& k, const Heads& now, size_t past, size_t output,
                  const Operand& room) {
  const Operand& to = k.wants(output) ? k.out(output) : room;
  const bool has_past = k.has(past);
  const Ix before = has_past ? k.in(past).dims[2] : Ix(0);
  const Ix batch = now.x->dims[0];
  if (has_past)
    k.for_each(k.in(past).dims,
               [&](const Index& i) { k.store(to, i, k.load(k.in(past), i)); });
  k.for_each({batch, now.heads, now.length, now.size}, [&](const Index& i) {
    k.store(to, {i[0], i[1], i[2] + before, i[3]},
            now.load(k, i[0], i[1], i[2], i[3]));
  });
  return to;
}

struct AttentionNode {
  explicit AttentionNode(K& k)
      : q(k.in(0), k.node().integer("q_num_heads")),
        keys(k.in(1), k.node().integer("kv_num_heads")),
        values(k.in(2), k.node().integer("kv_num_heads")),
        type(k.in(0).type),
        precision(type),
        past(k.has(4) ? k.in(4).dims[2] : Ix(0)),
        length(past + keys.length) {
    if (k.node().has("softmax_precision"))
      precision = element_from_onnx(k.node().integer("softmax_precision"))
                      .value_or(type);
  }
  Heads q, keys, values;
  ElementType type, precision;
  Ix past, length;
};

// Of every query and key: its square is the scale.
Reg root_of_scale(K& k, const Heads& q) {
  const auto root = [&](Reg v) { return k.op(KernelOp::Sqrt, {v}); };
  if (k.node().has("scale"))
    return k.number(std::sqrt(double{k.node().number("scale")}));
  return root(k.div(k.number(1), root(k.to_float(k.of(q.size)))));
}

// Where the mask says nothing of a key, or minus infinity, it is masked.
Reg mask_value(K& k, const Index& place) {
  const Operand& mask = k.in(3);
  const int64_t keys = mask.known.back();
  Index at = place;
  Reg good = k.less(k.integer(0), k.integer(1));
  if (keys != 1) {
    at[3] = k.let(clamp(place[3], 0, mask.dims.back() - 1));
    good = k.equal(k.of(at[3]), k.of(place[3]));
  }
  // One number for all keys, as is known only when the model runs.
  if (is_slot(keys))
    good = k.either(good, k.equal(k.of(mask.dims.back()), k.integer(1)));
  const Reg value = k.load(mask, k.broadcast(mask, at));
  const Reg none = k.number(-kInfinity);
  const Reg bias = is_float(mask.type) ? value
                                       : k.select(k.less(k.integer(0), value),
                                                  k.number(0), none);
  return k.select(good, bias, none);
}

}  // namespace

Status lower_attention(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const auto all_heads = [&](size_t input) {
    const std::vector<Dim> d = planner.sizes(node.inputs[input]);
    if (d.size() == 4) return d;
    const int64_t heads = std::max<int64_t>(
        node.integer(input == 0 ? "q_num_heads" : "kv_num_heads"), 1);
    return std::vector<Dim>{d[0], heads, d[1], floor_div(d[2], heads)};
  };
  Dim length = all_heads(1)[2];
  if (node.has_input(4)) length += planner.sizes(node.inputs[4])[2];
  const auto room = [&](size_t input) {
    const std::vector<Dim> d = all_heads(input);
    std::vector<int64_t> dims;
    for (const Dim& size : {d[0], d[1], length, d[3]})
      dims.push_back(planner.number(size));
    return k.scratch(k.in(0).type, dims);
  };
  const Operand key_room = k.wants(1) ? Operand() : room(1);
  const Operand value_room = k.wants(2) ? Operand() : room(2);
  const Operand row = k.scratch(ElementType::F64, {planner.number(length)});
  const AttentionNode a(k);
  const Heads& q = a.q;
  const Operand keys = join_past(k, a.keys, 4, 1, key_room);
  const Operand values = join_past(k, a.values, 5, 2, value_room);
  const auto round = [&](Reg v) { return k.rounded(a.type, v); };
  const Reg root = round(root_of_scale(k, q));
  const double softcap = node.number("softcap");
  const int64_t mode = node.integer("qk_matmul_output_mode");
  const int64_t left =
      node.has("left_window_size") ? node.integer("left_window_size") : -1;
  const int64_t right =
      node.has("right_window_size") ? node.integer("right_window_size") : -1;
  const Ix shared = quotient(k, q.heads, a.keys.heads);
  k.for_each({k.in(0).dims[0], q.heads, q.length}, [&](const Index& i) {
    const Ix b = i[0], h = i[1], t = i[2];
    const Ix line = quotient(k, h, shared);
    Ix place = t + a.past, valid = a.length;
    if (k.has(6)) {
      valid = k.fetch(k.in(6), b);
      if (!k.has(4)) place = k.let(t + valid - q.length);
    }
    const auto show = [&](int64_t when, Ix j, Reg value) {
      if (mode == when && k.wants(3)) k.store(k.out(3), {b, h, t, j}, value);
    };
    k.loop(0, a.length, [&](Ix j) {
      const Reg sum = k.variable(k.number(0));
      k.loop(0, q.size, [&](Ix c) {
        const Reg x = round(k.mul(q.load(k, b, h, t, c), root));
        const Reg y = round(k.mul(k.load(keys, {b, line, j, c}), root));
        k.set(sum, k.add(sum, k.mul(x, y)));
      });
      Reg score = round(sum);
      show(0, j, score);
      if (softcap > 0) {
        const Reg cap = k.number(softcap);
        score = round(k.mul(cap, k.op(KernelOp::Tanh, {k.div(score, cap)})));
      }
      show(1, j, score);
      Reg bias = k.has(3) ? mask_value(k, {b, h, t, j}) : k.number(0);
      const auto hide = [&](Ix low, Ix high) {
        bias =
            k.select(k.less(k.of(low), k.of(high)), k.number(-kInfinity), bias);
      };
      if (node.integer("is_causal") != 0) hide(place, j);
      if (left >= 0) hide(left, place - j);
      if (right >= 0) hide(right, j - place);
      if (k.has(6)) hide(valid - 1, j);
      score = k.select(k.equal(bias, k.number(-kInfinity)), bias,
                       round(k.add(score, bias)));
      show(2, j, score);
      k.store(row, j, score);
    });
    softmax_row(k, row, a.length, a.precision);
    k.loop(0, a.length, [&](Ix j) {
      const Reg share = round(k.load(row, j));
      show(3, j, share);
      k.store(row, j, share);
    });
    if (!k.wants(0)) return;
    const Heads out(k.out(0), q.heads);
    k.loop(0, a.values.size, [&](Ix c) {
      const Reg sum = k.variable(k.number(0));
      k.loop(0, a.length, [&](Ix j) {
        const Reg share = k.load(row, j);
        const Reg term = k.mul(share, k.load(values, {b, line, j, c}));
        k.set(sum,
              k.select(k.equal(share, k.number(0)), sum, k.add(sum, term)));
      });
      k.store(k.out(0), out.at(b, h, t, c), sum);
    });
  });
  return k.emit();
}

Status lower_rotary_embedding(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const Heads heads(x, node.integer("num_heads"));
  const int64_t given = node.integer("rotary_embedding_dim");
  const Ix turned = given == 0 ? heads.size : Ix(given);
  const Ix half = k.let(turned / 2);
  const bool neighbours = node.integer("interleaved") != 0;
  k.for_each({x.dims[0], heads.heads, heads.length}, [&](const Index& i) {
    Ix row = i[0] * heads.length + i[2];
    if (k.has(3)) row = inside(k, k.fetch(k.in(3), row), k.in(1).dims[0]);
    const auto at = [&](Ix c) {
      return k.flat(x, heads.at(i[0], i[1], i[2], c));
    };
    k.loop(0, half, [&](Ix pair) {
      const Ix first = neighbours ? pair * 2 : pair;
      const Ix second = neighbours ? pair * 2 + 1 : pair + half;
      const Reg cosine = k.load(k.in(1), row * half + pair);
      const Reg sine = k.load(k.in(2), row * half + pair);
      const Reg a = k.load(x, at(first)), b = k.load(x, at(second));
      k.store(y, at(first), k.sub(k.mul(cosine, a), k.mul(sine, b)));
      k.store(y, at(second), k.add(k.mul(sine, a), k.mul(cosine, b)));
    });
    k.loop(turned, heads.size,
           [&](Ix c) { k.store(y, at(c), k.load(x, at(c))); });
  });
  return k.emit();
}

// A state of keys x values a head, updated step by step.
Status lower_linear_attention(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const int64_t q_heads = node.integer("q_num_heads");
  const int64_t kv_heads = node.integer("kv_num_heads");
  const auto head_size = [&](size_t input) {
    return planner.number(
        floor_div(planner.sizes(node.inputs[input]).back(), kv_heads));
  };
  const Operand state =
      k.scratch(ElementType::F64, {head_size(1), head_size(2)});
  const Heads q(k.in(0), q_heads), keys(k.in(1), kv_heads),
      values(k.in(2), kv_heads);
  const std::string rule = node.text("update_rule");
  const bool gated = rule == "gated" || rule == "gated_delta";
  const bool delta = rule == "delta" || rule == "gated_delta";
  const Ix rows = k.let(keys.size), columns = k.let(values.size);
  const double given = node.number("scale");
  const Reg scale =
      given == 0
          ? k.div(k.number(1), k.op(KernelOp::Sqrt, {k.to_float(k.of(rows))}))
          : k.number(given);
  const Ix decays = gated ? k.in(4).dims.back() : Ix(0);
  const Ix betas = delta ? k.in(5).dims.back() : Ix(0);
  const int64_t shared = q_heads / kv_heads;
  k.for_each({k.in(0).dims[0], kv_heads}, [&](const Index& i) {
    const Ix b = i[0], h = i[1];
    k.for_each({rows, columns}, [&](const Index& j) {
      k.store(state, j,
              k.has(3) ? k.load(k.in(3), {b, h, j[0], j[1]}) : k.number(0));
    });
    k.loop(0, q.length, [&](Ix t) {
      const Ix line = k.let(b * q.length + t);
      if (gated)
        k.for_each({rows, columns}, [&](const Index& j) {
          const Ix which =
              k.index(k.select(k.equal(k.of(decays), k.integer(kv_heads)),
                               k.of(h), k.of(h * rows + j[0])));
          const Reg g = k.load(k.in(4), line * decays + which);
          k.store(state, j, k.mul(k.load(state, j), k.op(KernelOp::Exp, {g})));
        });
      Reg beta = k.number(1);
      if (delta) beta = k.load(k.in(5), line * betas + min(h, betas - 1));
      k.loop(0, columns, [&](Ix c) {
        const Reg change = k.variable(values.load(k, b, h, t, c));
        if (delta)
          k.loop(0, rows, [&](Ix r) {
            const Reg known =
                k.mul(k.load(state, {r, c}), keys.load(k, b, h, t, r));
            k.set(change, k.sub(change, known));
          });
        k.loop(0, rows, [&](Ix r) {
          const Reg step = k.mul(k.mul(beta, keys.load(k, b, h, t, r)), change);
          k.store(state, {r, c}, k.add(k.load(state, {r, c}), step));
        });
      });
      if (!k.wants(0)) return;
      const Heads out(k.out(0), q_heads);
      k.for_each({shared, columns}, [&](const Index& j) {
        const Ix head = h * shared + j[0];
        const Reg sum = k.variable(k.number(0));
        k.loop(0, rows, [&](Ix r) {
          k.set(sum, k.add(sum, k.mul(q.load(k, b, head, t, r),
                                      k.load(state, {r, j[1]}))));
        });
        k.store(k.out(0), out.at(b, head, t, j[1]), k.mul(scale, sum));
      });
    });
    if (k.wants(1))
      k.for_each({rows, columns}, [&](const Index& j) {
        k.store(k.out(1), {b, h, j[0], j[1]}, k.load(state, j));
      });
  });
  return k.emit();
}

// A depthwise convolution over what came before and x; carries on the end.
Status lower_causal_convolution(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &w = k.in(1);
  const Ix taps = w.dims[2];
  const bool is_swish = node.text("activation") != "none";
  const auto joined = [&](Ix b, Ix c, Ix at) {
    const Ix now = k.let(clamp(at - (taps - 1), 0, x.dims[2] - 1));
    const Reg is_past = k.less(k.of(at), k.of(taps - 1));
    Reg past = k.number(0);
    if (k.has(3) && w.known[2] != 1)
      past = k.load(k.in(3), {b, c, k.let(clamp(at, 0, taps - 2))});
    return k.select(is_past, past, k.load(x, {b, c, now}));
  };
  if (k.wants(0))
    k.for_each(x.dims, [&](const Index& i) {
      const Reg sum =
          k.variable(k.has(2) ? k.load(k.in(2), i[1]) : k.number(0));
      k.loop(0, taps, [&](Ix t) {
        k.set(sum, k.add(sum, k.mul(joined(i[0], i[1], i[2] + t),
                                    k.load(w, i[1] * taps + t))));
      });
      const Reg grown = k.add(k.number(1), k.op(KernelOp::Exp, {k.neg(sum)}));
      k.store(k.out(0), i, is_swish ? k.div(sum, grown) : sum);
    });
  if (k.wants(1))
    k.for_each(k.out(1).dims, [&](const Index& i) {
      k.store(k.out(1), i, joined(i[0], i[1], x.dims[2] + i[2]));
    });
  return k.emit();
}

}  // namespace hone::tensor
