// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Z3 as a peer of bench/prover: one incremental solver with push and pop, its
// context renewed every 256 rows, at most 200,000 units of work a question.
#include <z3.h>

#include <optional>
#include <unordered_map>

#include "../prover_peer.h"

namespace {

constexpr int kRowsPerContext = 256;
constexpr unsigned kWork = 200'000;

class Solver {
 public:
  ~Solver() { close(); }

  void read(const std::vector<std::string_view>& fields) {
    if (rows_++ % kRowsPerContext == 0) {
      close();
      open();
    }
    terms_.clear();
    for (std::string_view field : fields)
      terms_.push_back(truth(build(peer::parse(field))));
  }

  const char* decide() {
    Z3_solver_push(context_, solver_);
    for (size_t i = 0; i + 1 < terms_.size(); ++i)
      Z3_solver_assert(context_, solver_, terms_[i]);
    const Z3_ast goal = terms_.back();
    const Z3_lbool fails = check(Z3_mk_not(context_, goal));
    const Z3_lbool holds = fails == Z3_L_FALSE ? Z3_L_TRUE : check(goal);
    Z3_solver_pop(context_, solver_, 1);
    if (fails == Z3_L_FALSE) return "true";
    if (holds == Z3_L_FALSE) return "false";
    return fails == Z3_L_TRUE && holds == Z3_L_TRUE ? "contingent" : "open";
  }

 private:
  void open() {
    Z3_config config = Z3_mk_config();
    context_ = Z3_mk_context(config);
    Z3_del_config(config);
    solver_ = Z3_mk_simple_solver(context_);
    Z3_solver_inc_ref(context_, solver_);
    Z3_params params = Z3_mk_params(context_);
    Z3_params_inc_ref(context_, params);
    Z3_params_set_uint(context_, params,
                       Z3_mk_string_symbol(context_, "rlimit"), kWork);
    Z3_solver_set_params(context_, solver_, params);
    Z3_params_dec_ref(context_, params);
    int_ = Z3_mk_int_sort(context_);
  }

  void close() {
    if (context_ == nullptr) return;
    Z3_solver_dec_ref(context_, solver_);
    Z3_del_context(context_);
    context_ = nullptr;
  }

  Z3_lbool check(Z3_ast term) {
    Z3_solver_push(context_, solver_);
    Z3_solver_assert(context_, solver_, term);
    const Z3_lbool answer = Z3_solver_check(context_, solver_);
    Z3_solver_pop(context_, solver_, 1);
    return answer;
  }

  bool is_truth(Z3_ast term) const {
    return Z3_get_sort_kind(context_, Z3_get_sort(context_, term)) ==
           Z3_BOOL_SORT;
  }
  Z3_ast number(int value) { return Z3_mk_int(context_, value, int_); }
  Z3_ast truth(Z3_ast term) {
    if (is_truth(term)) return term;
    return Z3_mk_not(context_, Z3_mk_eq(context_, term, number(0)));
  }
  Z3_ast integer(Z3_ast term) {
    if (!is_truth(term)) return term;
    return Z3_mk_ite(context_, term, number(1), number(0));
  }
  // Division by zero is zero.
  Z3_ast guarded(Z3_ast divisor, Z3_ast result) {
    if (Z3_get_ast_kind(context_, divisor) == Z3_NUMERAL_AST) {
      int value = 1;
      const bool fits = Z3_get_numeral_int(context_, divisor, &value);
      return fits && value == 0 ? number(0) : result;
    }
    return Z3_mk_ite(context_, Z3_mk_eq(context_, divisor, number(0)),
                     number(0), result);
  }

  Z3_ast build(const peer::Tree& tree) {
    const std::string word(tree.word);
    if (tree.args.empty()) {
      if (word == "true") return Z3_mk_true(context_);
      if (word == "false") return Z3_mk_false(context_);
      const char last = word.back();
      if (last >= '0' && last <= '9' &&
          (word[0] == '-' || (word[0] >= '0' && word[0] <= '9')))
        return Z3_mk_numeral(context_, word.c_str(), int_);
      return Z3_mk_const(context_, Z3_mk_string_symbol(context_, word.c_str()),
                         int_);
    }
    std::vector<Z3_ast> args;
    for (const peer::Tree& arg : tree.args) args.push_back(build(arg));
    if (word == "!") return Z3_mk_not(context_, truth(args[0]));
    if (word == "&&" || word == "||") {
      const Z3_ast sides[] = {truth(args[0]), truth(args[1])};
      return word == "&&" ? Z3_mk_and(context_, 2, sides)
                          : Z3_mk_or(context_, 2, sides);
    }
    if (word == "select")
      return Z3_mk_ite(context_, truth(args[0]), integer(args[1]),
                       integer(args[2]));
    const Z3_ast a = integer(args[0]), b = integer(args[1]);
    const Z3_ast both[] = {a, b};
    if (word == "+") return Z3_mk_add(context_, 2, both);
    if (word == "-") return Z3_mk_sub(context_, 2, both);
    if (word == "*") return Z3_mk_mul(context_, 2, both);
    if (word == "/") return guarded(b, Z3_mk_div(context_, a, b));
    if (word == "%") return guarded(b, Z3_mk_mod(context_, a, b));
    if (word == "min")
      return Z3_mk_ite(context_, Z3_mk_le(context_, a, b), a, b);
    if (word == "max")
      return Z3_mk_ite(context_, Z3_mk_le(context_, a, b), b, a);
    if (word == "<") return Z3_mk_lt(context_, a, b);
    if (word == "<=") return Z3_mk_le(context_, a, b);
    if (word == ">") return Z3_mk_gt(context_, a, b);
    if (word == ">=") return Z3_mk_ge(context_, a, b);
    const Z3_ast equal = Z3_mk_eq(context_, a, b);
    return word == "==" ? equal : Z3_mk_not(context_, equal);
  }

  Z3_context context_ = nullptr;
  Z3_solver solver_ = nullptr;
  Z3_sort int_ = nullptr;
  std::vector<Z3_ast> terms_;
  int rows_ = 0;
};

}  // namespace

int main() {
  Solver solver;
  peer::run([&](const auto& fields) { solver.read(fields); },
            [&] { return solver.decide(); });
}
