// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// isl as a peer of bench/prover: the goal and its denial as Presburger sets
// over the row's variables, within the assumptions; true where the denial is
// empty. Products and quotients of variables are beyond it, and open. A
// question may take 2,000,000 of isl's operations.
#include <isl/aff.h>
#include <isl/ctx.h>
#include <isl/options.h>
#include <isl/set.h>
#include <isl/space.h>
#include <isl/val.h>

#include <algorithm>
#include <set>

#include "../prover_peer.h"

namespace {

constexpr unsigned long kOperations = 2'000'000;

bool is_number(std::string_view word) {
  const char last = word.back();
  return last >= '0' && last <= '9' &&
         (word[0] == '-' || (word[0] >= '0' && word[0] <= '9'));
}

bool is_truth(const peer::Tree& tree) {
  static const std::set<std::string_view> kTruths = {
      "<", "<=", ">", ">=", "==", "!=", "&&", "||", "!", "true", "false"};
  return kTruths.contains(tree.word);
}

class Solver {
 public:
  Solver() : context_(isl_ctx_alloc()) {
    isl_options_set_on_error(context_, ISL_ON_ERROR_CONTINUE);
  }
  ~Solver() { isl_ctx_free(context_); }

  void read(const std::vector<std::string_view>& fields) {
    trees_.clear();
    names_.clear();
    for (std::string_view field : fields) {
      trees_.push_back(peer::parse(field));
      collect(trees_.back());
    }
  }

  const char* decide() {
    isl_ctx_reset_operations(context_);
    isl_ctx_set_max_operations(context_, kOperations);
    beyond_ = false;
    space_ = isl_space_set_alloc(context_, 0, names_.size());
    isl_set* known = isl_set_universe(isl_space_copy(space_));
    for (size_t i = 0; i + 1 < trees_.size(); ++i)
      known = isl_set_intersect(known, truth(trees_[i]));
    isl_set* goal = truth(trees_.back());
    isl_set* fails = isl_set_subtract(isl_set_copy(known), isl_set_copy(goal));
    isl_set* holds = isl_set_intersect(known, goal);
    const isl_bool never_fails = isl_set_is_empty(fails);
    const isl_bool never_holds =
        never_fails == isl_bool_true ? isl_bool_false : isl_set_is_empty(holds);
    isl_set_free(fails);
    isl_set_free(holds);
    isl_space_free(space_);
    isl_ctx_reset_error(context_);
    if (beyond_ || never_fails == isl_bool_error ||
        never_holds == isl_bool_error)
      return "open";
    if (never_fails == isl_bool_true) return "true";
    return never_holds == isl_bool_true ? "false" : "contingent";
  }

 private:
  void collect(const peer::Tree& tree) {
    if (tree.args.empty() && !is_number(tree.word) && !is_truth(tree) &&
        std::ranges::find(names_, tree.word) == names_.end())
      names_.push_back(tree.word);
    for (const peer::Tree& arg : tree.args) collect(arg);
  }

  isl_local_space* local() {
    return isl_local_space_from_space(isl_space_copy(space_));
  }
  isl_pw_aff* number(isl_val* value) {
    return isl_pw_aff_from_aff(isl_aff_val_on_domain(local(), value));
  }
  isl_val* value(std::string_view text) {
    return isl_val_read_from_str(context_, std::string(text).c_str());
  }
  isl_set* everything(bool holds) {
    isl_space* space = isl_space_copy(space_);
    return holds ? isl_set_universe(space) : isl_set_empty(space);
  }

  isl_set* truth(const peer::Tree& tree) {
    const std::string_view word = tree.word;
    if (!is_truth(tree)) {
      if (word == "select" && is_truth(tree.args[1])) {
        isl_set* when = truth(tree.args[0]);
        isl_set* yes =
            isl_set_intersect(isl_set_copy(when), truth(tree.args[1]));
        isl_set* no =
            isl_set_intersect(isl_set_complement(when), truth(tree.args[2]));
        return isl_set_union(yes, no);
      }
      return isl_pw_aff_ne_set(integer(tree), number(isl_val_zero(context_)));
    }
    if (tree.args.empty()) return everything(word == "true");
    if (word == "!") return isl_set_complement(truth(tree.args[0]));
    if (word == "&&")
      return isl_set_intersect(truth(tree.args[0]), truth(tree.args[1]));
    if (word == "||")
      return isl_set_union(truth(tree.args[0]), truth(tree.args[1]));
    isl_pw_aff* a = integer(tree.args[0]);
    isl_pw_aff* b = integer(tree.args[1]);
    if (word == "<") return isl_pw_aff_lt_set(a, b);
    if (word == "<=") return isl_pw_aff_le_set(a, b);
    if (word == ">") return isl_pw_aff_gt_set(a, b);
    if (word == ">=") return isl_pw_aff_ge_set(a, b);
    return word == "==" ? isl_pw_aff_eq_set(a, b) : isl_pw_aff_ne_set(a, b);
  }

  // when ? a : b
  isl_pw_aff* choice(isl_set* when, isl_pw_aff* a, isl_pw_aff* b) {
    isl_set* otherwise = isl_set_complement(isl_set_copy(when));
    return isl_pw_aff_union_add(isl_pw_aff_intersect_domain(a, when),
                                isl_pw_aff_intersect_domain(b, otherwise));
  }

  isl_pw_aff* integer(const peer::Tree& tree) {
    const std::string_view word = tree.word;
    if (is_truth(tree))
      return choice(truth(tree), number(isl_val_one(context_)),
                    number(isl_val_zero(context_)));
    if (tree.args.empty()) {
      if (is_number(word)) return number(value(word));
      const auto at = std::ranges::find(names_, word) - names_.begin();
      return isl_pw_aff_from_aff(
          isl_aff_var_on_domain(local(), isl_dim_set, at));
    }
    if (word == "select")
      return choice(truth(tree.args[0]), integer(tree.args[1]),
                    integer(tree.args[2]));
    isl_pw_aff* a = integer(tree.args[0]);
    isl_pw_aff* b = integer(tree.args[1]);
    if (word == "+") return isl_pw_aff_add(a, b);
    if (word == "-") return isl_pw_aff_sub(a, b);
    if (word == "min") return isl_pw_aff_min(a, b);
    if (word == "max") return isl_pw_aff_max(a, b);
    if (word == "*") {
      if (isl_pw_aff_is_cst(a) != isl_bool_true &&
          isl_pw_aff_is_cst(b) != isl_bool_true)
        return give_up(a, b);
      return isl_pw_aff_mul(a, b);
    }
    // The divisor is a number, or this is beyond isl.
    const peer::Tree& divisor = tree.args[1];
    if (!divisor.args.empty() || !is_number(divisor.word)) return give_up(a, b);
    isl_pw_aff_free(b);
    isl_val* by = value(divisor.word);
    if (isl_val_is_zero(by) == isl_bool_true) {
      isl_pw_aff_free(a);
      return number(by);
    }
    const bool negative = isl_val_is_neg(by) == isl_bool_true;
    by = isl_val_abs(by);
    if (word == "%") return isl_pw_aff_mod_val(a, by);
    isl_pw_aff* quotient = isl_pw_aff_floor(isl_pw_aff_scale_down_val(a, by));
    return negative ? isl_pw_aff_neg(quotient) : quotient;
  }

  isl_pw_aff* give_up(isl_pw_aff* a, isl_pw_aff* b) {
    beyond_ = true;
    isl_pw_aff_free(b);
    return a;
  }

  isl_ctx* context_;
  isl_space* space_ = nullptr;
  std::vector<peer::Tree> trees_;
  std::vector<std::string_view> names_;
  bool beyond_ = false;
};

}  // namespace

int main() {
  Solver solver;
  peer::run([&](const auto& fields) { solver.read(fields); },
            [&] { return solver.decide(); });
}
