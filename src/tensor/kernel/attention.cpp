// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/attention.h"

#include <limits>

#include "tensor/kernel/relayout.h"
#include "tensor/kernel/vector_math.h"

namespace hone::tensor {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLowest = std::numeric_limits<float>::lowest();

// Where the heads of an operand stand.
struct Heads {
  Ix batch = 0, head = 0, row = 0;
  Ix at(Ix b, Ix h) const { return b * batch + h * head; }
};

class AttentionWriter {
 public:
  explicit AttentionWriter(const AttentionTile& tile)
      : t_(tile), b_("attention", tile.lanes) {
    for (Pointer* pointer : {&y_, &q_, &k_, &v_, &factor_, &scratch_}) {
      constexpr const char* kNames[] = {"y", "q", "k", "v", "scale", "scratch"};
      *pointer = b_.pointer(kNames[pointers_++]);
    }
    if (t_.mask) mask_ = b_.pointer("mask");
    for (Ix* size : {&begin_, &end_, &queries_, &keys_, &size_, &value_size_,
                     &heads_, &shared_}) {
      constexpr const char* kNames[] = {"begin", "end",   "queries",
                                        "keys",  "size",  "value_size",
                                        "heads", "shared"};
      *size = b_.size(kNames[sizes_++]);
    }
    for (const auto& [name, heads] :
         {std::pair("q", &of_q_), std::pair("k", &of_k_),
          std::pair("v", &of_v_), std::pair("y", &of_y_)})
      add_heads(name, *heads);
    room_ = b_.size("room");
    if (t_.mask) add_heads("mask", of_mask_);
    if (t_.causal) past_ = b_.size("past");
    sum_ =
        b_.variables("sum", static_cast<size_t>(t_.rows) *
                                std::max(t_.score_vectors, t_.value_vectors));
    while (t_.rows % group_ != 0) --group_;
    most_ = b_.variables("most", group_);
    total_ = b_.variables("total", group_);
  }

  VectorKernel write() && {
    const Ix panels = (keys_ + (t_.lanes - 1)) / t_.lanes;
    panels_ =
        b_.let("panels", t_.any_keys ? max(panels, t_.score_vectors) : panels);
    width_ = b_.let("width", panels_ * t_.lanes);
    padded_ = b_.let("padded", (size_ + (t_.lanes - 1)) / t_.lanes * t_.lanes);
    turned_ = b_.let("turned", begin_ * room_);
    scores_ = b_.let("scores", turned_ + width_ * padded_);
    shares_ = b_.let("shares", scores_ + width_ * t_.rows);
    scale_ = b_.broadcast(factor_, 0);
    b_.loop("task", begin_, end_, 1, [&](Ix task) {
      const Ix batch = b_.let("batch", task / heads_);
      const Ix head = b_.let("head", task - batch * heads_);
      const Ix line = b_.let("line", head / shared_);
      q_at_ = b_.let("q_at", of_q_.at(batch, head));
      k_at_ = b_.let("k_at", of_k_.at(batch, line));
      v_at_ = b_.let("v_at", of_v_.at(batch, line));
      y_at_ = b_.let("y_at", of_y_.at(batch, head));
      if (t_.mask) mask_at_ = b_.let("mask_at", of_mask_.at(batch, head));
      turn_keys();
      b_.loop("start", 0, queries_, t_.rows, [&](Ix start) {
        row_ = b_.let("row", min(start, queries_ - t_.rows));
        write_scores();
        b_.loop("r", 0, t_.rows, group_, [&](Ix r) { write_powers(r); });
        write_values();
      });
    });
    return std::move(b_).finish();
  }

 private:
  void add_heads(const std::string& name, Heads& heads) {
    heads.batch = b_.size(name + "_batch");
    heads.head = b_.size(name + "_head");
    heads.row = b_.size(name + "_row");
  }

  Reg sum(int r, int v, int vectors) const { return sum_[r * vectors + v]; }

  // Panels of `lanes` keys, [padded][lanes] each. Behind the last key stands
  // that one again, behind the last of its numbers 0.
  void turn_keys() {
    if (t_.any_keys)
      b_.when_less(0, keys_, [&] { turn_panels(); });
    else
      turn_panels();
  }

  void turn_panels() {
    b_.loop("panel", 0, panels_, 1, [&](Ix panel) {
      b_.loop("c", 0, size_, t_.lanes, [&](Ix c) {
        std::optional<Ix> left;
        if (!t_.whole) left = b_.let("left", size_ - c);
        const Ix first = b_.let("first", panel * t_.lanes);
        std::vector<Reg> square;
        for (int i = 0; i < t_.lanes; ++i)
          square.push_back(b_.load(
              k_, k_at_ + min(first + i, keys_ - 1) * of_k_.row + c, left));
        square = transpose_square(b_, std::move(square));
        const Ix to = b_.let("to", turned_ + (panel * padded_ + c) * t_.lanes);
        for (int i = 0; i < t_.lanes; ++i)
          b_.store(scratch_, to + i * t_.lanes, square[i]);
      });
    });
  }

  Ix score_at(Ix r, Ix panel) const {
    return scores_ + r * width_ + panel * t_.lanes;
  }

  void write_scores() {
    const int vectors = t_.score_vectors;
    b_.loop("p", 0, panels_, vectors, [&](Ix p) {
      const Ix panel = b_.let("panel", min(p, panels_ - vectors));
      const auto each = [&](const auto& body) {
        for (int r = 0; r < t_.rows; ++r)
          for (int v = 0; v < vectors; ++v) body(r, v, sum(r, v, vectors));
      };
      each([&](int, int, Reg s) { b_.set_constant(s, 0); });
      const Ix from = b_.let("from", turned_ + panel * padded_ * t_.lanes);
      b_.loop("c", 0, size_, 1, [&](Ix c) {
        std::vector<Reg> right;
        for (int v = 0; v < vectors; ++v)
          right.push_back(b_.load(
              scratch_, from + padded_ * (v * t_.lanes) + c * t_.lanes));
        for (int r = 0; r < t_.rows; ++r) {
          const Reg x = b_.broadcast(q_, q_at_ + (row_ + r) * of_q_.row + c);
          for (int v = 0; v < vectors; ++v)
            b_.set(sum(r, v, vectors), KernelOp::Fma,
                   {x, right[v], sum(r, v, vectors)});
        }
      });
      each([&](int r, int v, Reg s) {
        b_.store(scratch_, score_at(r, panel + v),
                 hide(r, (panel + v) * t_.lanes, scaled(r, panel + v, s)));
      });
    });
  }

  Reg scaled(int r, Ix panel, Reg s) {
    if (!t_.mask) return b_.apply(KernelOp::Mul, {s, scale_});
    const Ix key = panel * t_.lanes;
    const Reg bias = b_.load(
        mask_, mask_at_ + (row_ + r) * of_mask_.row + key,
        b_.let("seen", t_.any_keys ? max(keys_ - key, 0) : keys_ - key));
    return b_.apply(KernelOp::Fma, {s, scale_, bias});
  }

  // -infinity behind what the query may see.
  Reg hide(int r, Ix key, Reg score) {
    if (!t_.causal) return score;
    const Reg last = b_.index(row_ + r + past_ - key);
    const Reg hidden = b_.apply(KernelOp::IntLess, {last, b_.iota()});
    return b_.apply(KernelOp::Select, {hidden, b_.constant(-kInfinity), score});
  }

  // The scores of `group_` rows, whose chains of sums overlap, become powers;
  // 1 / their sums are kept.
  void write_powers(Ix r) {
    const Ix base = b_.let("base", scores_ + r * width_);
    const Ix whole = b_.let("whole", keys_ / t_.lanes * t_.lanes);
    using Body = std::function<void(int, Ix, std::optional<Reg>)>;
    const auto each = [&](const Body& body) {
      const auto rows = [&](Ix i, std::optional<Reg> there) {
        for (int g = 0; g < group_; ++g) body(g, base + width_ * g + i, there);
      };
      b_.loop("i", 0, whole, t_.lanes, [&](Ix i) { rows(i, {}); });
      b_.when_less(whole, keys_, [&] {
        const Reg left = b_.index(keys_ - whole);
        rows(whole, b_.apply(KernelOp::IntLess, {b_.iota(), left}));
      });
    };
    const auto load = [&](Ix at, std::optional<Reg> there) {
      const Reg score = b_.load(scratch_, at);
      if (!there) return score;
      return b_.apply(KernelOp::Select,
                      {*there, score, b_.constant(-kInfinity)});
    };
    const auto all_lanes = [&](Reg value, KernelOp op) {
      return b_.apply(KernelOp::Splat, {b_.apply(op, {value})});
    };
    for (int g = 0; g < group_; ++g) {
      b_.set_constant(most_[g], is_masked() ? kLowest : -kInfinity);
      b_.set_constant(total_[g], 0);
    }
    each([&](int g, Ix at, std::optional<Reg> there) {
      b_.set(most_[g], KernelOp::Max, {most_[g], load(at, there)});
    });
    for (int g = 0; g < group_; ++g)
      b_.set(most_[g], KernelOp::Move,
             {all_lanes(most_[g], KernelOp::ReduceMax)});
    each([&](int g, Ix at, std::optional<Reg> there) {
      const Reg power =
          write_function(b_, VectorFunction::Exp,
                         b_.apply(KernelOp::Sub, {load(at, there), most_[g]}));
      b_.set(total_[g], KernelOp::Add, {total_[g], power});
      b_.store(scratch_, at, power);
    });
    for (int g = 0; g < group_; ++g) {
      const Reg all = all_lanes(total_[g], KernelOp::ReduceSum);
      Reg share = b_.apply(KernelOp::Div, {b_.constant(1), all});
      if (is_masked()) {
        const Reg none = b_.apply(KernelOp::Equal, {all, b_.constant(0)});
        share = b_.apply(KernelOp::Select, {none, b_.constant(0), share});
      }
      b_.store(scratch_, shares_ + r + g, share, Ix(1));
    }
  }

  // Whether a row may have nothing that it sees.
  bool is_masked() const { return t_.mask || t_.causal || t_.any_keys; }

  void write_values() {
    const int vectors = t_.value_vectors;
    b_.loop("column", 0, value_size_, vectors * t_.lanes, [&](Ix column) {
      std::vector<std::optional<Ix>> left(vectors);
      for (int v = 0; v < vectors && !t_.whole; ++v)
        left[v] = b_.let("left", max(value_size_ - column - v * t_.lanes, 0));
      for (int r = 0; r < t_.rows; ++r)
        for (int v = 0; v < vectors; ++v)
          b_.set_constant(sum(r, v, vectors), 0);
      const Ix from = b_.let("from", v_at_ + column);
      b_.loop("j", 0, keys_, 1, [&](Ix j) {
        std::vector<Reg> right;
        for (int v = 0; v < vectors; ++v)
          right.push_back(
              b_.load(v_, from + j * of_v_.row + v * t_.lanes, left[v]));
        for (int r = 0; r < t_.rows; ++r) {
          const Reg x = b_.broadcast(scratch_, scores_ + width_ * r + j);
          for (int v = 0; v < vectors; ++v)
            b_.set(sum(r, v, vectors), KernelOp::Fma,
                   {x, right[v], sum(r, v, vectors)});
        }
      });
      for (int r = 0; r < t_.rows; ++r) {
        const Reg share = b_.broadcast(scratch_, shares_ + r);
        for (int v = 0; v < vectors; ++v)
          b_.store(y_, y_at_ + (row_ + r) * of_y_.row + column + v * t_.lanes,
                   b_.apply(KernelOp::Mul, {sum(r, v, vectors), share}),
                   left[v]);
      }
    });
  }

  const AttentionTile& t_;
  KernelBuilder b_;
  size_t pointers_ = 0, sizes_ = 0;
  Pointer y_, q_, k_, v_, factor_, scratch_, mask_;
  Ix begin_ = 0, end_ = 0, queries_ = 0, keys_ = 0, size_ = 0;
  Ix value_size_ = 0, heads_ = 0, shared_ = 0, room_ = 0, past_ = 0;
  Heads of_q_, of_k_, of_v_, of_y_, of_mask_;
  Ix panels_ = 0, width_ = 0, padded_ = 0;
  Ix turned_ = 0, scores_ = 0, shares_ = 0;
  Ix q_at_ = 0, k_at_ = 0, v_at_ = 0, y_at_ = 0, mask_at_ = 0, row_ = 0;
  int group_ = 4;
  Reg scale_;
  std::vector<Reg> sum_, most_, total_;
};

}  // namespace

VectorKernel build_attention(const AttentionTile& tile) {
  return AttentionWriter(tile).write();
}

}  // namespace hone::tensor
