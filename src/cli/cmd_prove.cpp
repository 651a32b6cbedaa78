// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/expressions.h"
#include "cli/shared_flags.h"
#include "toolkit/prove.h"
#include "toolkit/smtlib.h"
#include "toolkit/z3.h"

namespace hone::cli {

namespace {

using toolkit::ProveAnswer;

struct Options {
  ExpressionOptions what;
  WidthOptions integers;
  std::string replay;
  std::string smtlib;
  std::string write_smtlib;
  std::string dot;
  std::string solver = "none";
  std::string tiers = "linear,refute,greedy,egraph";
};

constexpr int kNo = 1;
constexpr int kOpen = 3;
constexpr std::string_view kExample = "hone prove '(v*4 + 3) % 4 == 3'";

std::string answer_text(const ProveAnswer& answer,
                        const std::string& expression, const Console& console) {
  const Style style = answer.answer == rewrite::Answer::True   ? Style::Good
                      : answer.answer == rewrite::Answer::Open ? Style::Plain
                                                               : Style::Bad;
  std::string text = fmt::format(
      "{}: {}\n",
      console.out_styled(style, rewrite::answer_name(answer.answer)),
      expression);
  if (answer.answer == rewrite::Answer::Contingent)
    text += fmt::format("  true where {}\n  false where {}\n",
                        values_text(answer.true_where),
                        values_text(answer.false_where));
  if (answer.answer == rewrite::Answer::Open)
    text += answer.cause == rewrite::Cause::None
                ? "  the tiers that were asked do not decide it\n"
                : fmt::format("  open because of {}\n",
                              rewrite::linear::cause_name(answer.cause));
  if (answer.solver_answer)
    text += fmt::format("  z3 says {}\n",
                        rewrite::answer_name(*answer.solver_answer));
  return text;
}

Json answer_json(const ProveAnswer& answer, const std::string& expression) {
  Json json = {{"expression", expression},
               {"answer", rewrite::answer_name(answer.answer)}};
  if (answer.answer == rewrite::Answer::Contingent) {
    json["true_where"] = values_json(answer.true_where);
    json["false_where"] = values_json(answer.false_where);
  }
  if (answer.answer == rewrite::Answer::Open)
    json["cause"] = rewrite::linear::cause_name(answer.cause);
  if (answer.solver_answer)
    json["z3"] = rewrite::answer_name(*answer.solver_answer);
  return json;
}

Result<Answer> run_replay(const std::string& file) {
  HONE_ASSIGN_OR_RETURN(const std::string content, read_file(file));
  auto count = toolkit::replay_proofs(content);
  if (!count.ok()) return std::move(count).error().in(file);
  return Answer{.text = fmt::format("replayed: {} {}\n", *count,
                                    *count == 1 ? "proof" : "proofs"),
                .json = {{"replayed", *count}}};
}

// A claim holds where its denial is unsat.
Result<Answer> run_script(const std::string& file) {
  HONE_ASSIGN_OR_RETURN(const std::string content, read_file(file));
  auto run = toolkit::run_smtlib(content);
  if (!run.ok()) return std::move(run).error().in(file);
  return Answer{.text = run->text,
                .json = {{"output", run->text},
                         {"sat", run->sat},
                         {"unsat", run->unsat},
                         {"unknown", run->unknown}},
                .exit_code = run->sat > 0       ? kNo
                             : run->unknown > 0 ? kOpen
                                                : 0};
}

// "1 true, 0 false, 0 contingent, 2 open"
std::string counts_text(const int (&counts)[4], Json& json) {
  std::string text;
  for (const rewrite::Answer answer :
       {rewrite::Answer::True, rewrite::Answer::False,
        rewrite::Answer::Contingent, rewrite::Answer::Open}) {
    const int count = counts[static_cast<int>(answer)];
    json[std::string(rewrite::answer_name(answer))] = count;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count,
                        rewrite::answer_name(answer));
  }
  return text;
}

Result<Answer> run_prove(const Options& o, const Console& console) {
  if (!o.replay.empty()) return run_replay(o.replay);
  if (!o.smtlib.empty()) return run_script(o.smtlib);
  toolkit::ProveRequest request{.assumptions = o.what.assumptions,
                                .with_proof = !o.what.proof.empty(),
                                .width = o.integers.width(),
                                .ask_z3 = o.solver == "z3"};
  if (o.integers.bits > 0 && !(o.dot.empty() && o.write_smtlib.empty()))
    return Error(ErrorKind::InvalidArgument,
                 "--width: expected neither --dot nor --write-smtlib with it, "
                 "whose integers are unbounded");
  auto tiers = toolkit::parse_tiers(o.tiers);
  if (!tiers.ok()) return std::move(tiers).error().in("--tiers");
  request.tiers = std::move(*tiers);
  if (request.ask_z3 && !toolkit::has_z3())
    return Error(ErrorKind::NotFound,
                 "--solver z3: there is no program z3 in PATH; install one "
                 "(Debian: z3), or leave the flag out");
  HONE_ASSIGN_OR_RETURN(
      const auto answered,
      ask_each<ProveAnswer>(
          o.what, console, kExample,
          [&](const std::string& e) { return toolkit::prove(request, e); }));
  const std::vector<std::string>& expressions = answered.expressions;
  Answer out;
  Json list = Json::array();
  std::string proofs;
  int counts[4] = {}, solved[4] = {};
  for (size_t i = 0; i < expressions.size(); ++i) {
    const ProveAnswer& answer = answered.answers[i];
    ++counts[static_cast<int>(answer.answer)];
    if (answer.solver_answer) ++solved[static_cast<int>(*answer.solver_answer)];
    out.text += answer_text(answer, expressions[i], console);
    list.push_back(answer_json(answer, expressions[i]));
    proofs += answer.proof;
  }
  HONE_RETURN_IF_ERROR(write_drawing(o.dot, o.what, expressions));
  if (request.with_proof)
    HONE_RETURN_IF_ERROR(write_file(o.what.proof, proofs));
  if (!o.write_smtlib.empty()) {
    HONE_ASSIGN_OR_RETURN(const std::string script,
                          toolkit::smtlib_of(o.what.assumptions, expressions));
    HONE_RETURN_IF_ERROR(write_file(o.write_smtlib, script));
  }
  Json summary = Json::object();
  const std::string total = counts_text(counts, summary);
  if (expressions.size() + answered.left > 1) out.text += total + "\n";
  out.json = {{"answers", list}, {"counts", summary}};
  if (answered.left > 0) out.json["left"] = answered.left;
  if (request.ask_z3 && counts[static_cast<int>(rewrite::Answer::Open)] > 0) {
    Json apart = Json::object();
    out.text += fmt::format("of the open ones, by z3: {}\n",
                            counts_text(solved, apart));
    out.json["z3_counts"] = apart;
  }
  const int no = counts[static_cast<int>(rewrite::Answer::False)] +
                 counts[static_cast<int>(rewrite::Answer::Contingent)];
  const bool is_open = counts[static_cast<int>(rewrite::Answer::Open)] > 0;
  out.exit_code = answered.exit_code(no > 0 ? kNo : is_open ? kOpen : 0);
  return out;
}

std::vector<std::string> tier_names() {
  using rewrite::Tier;
  std::vector<std::string> names;
  for (const Tier tier :
       {Tier::EGraph, Tier::Greedy, Tier::Linear, Tier::Refute})
    names.emplace_back(rewrite::tier_name(tier));
  return names;
}

}  // namespace

Subcommand make_prove() {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  Subcommand command;
  command.description =
      "Decides whether expressions over integers are always true, always "
      "false, or neither, which is shown by values for both. Integers are "
      "unbounded, / and % are Euclidean, and x/0 = x%0 = 0. Expressions are "
      "infix as in C, with min(a, b), max(a, b), select(c, a, b) and v in "
      "[a, b], or prefix as in ( < ( + x 3 ) y ). The exit code is 0 where all "
      "are true, 1 where any is false or neither, and 3 where the limits on "
      "steps left one open. Of an SMT-LIB script it is 0 where every check-sat "
      "says unsat, and 1 where one says sat.";
  add_expression_flags(command.flags, o.what, "What to decide.");
  std::vector<Flag>& flags = command.flags.flags;
  flags.insert(
      flags.end(),
      {proof_flag(o.what),
       {.name = "replay",
        .value = "FILE",
        .sentence = "Only checks the proofs of a file.",
        .target = &o.replay,
        .completes = Completes::Files},
       {.name = "smtlib",
        .value = "FILE",
        .sentence = "Only answers the check-sat commands of an SMT-LIB 2 "
                    "script over Ints and Bools.",
        .target = &o.smtlib,
        .completes = Completes::Files},
       {.name = "write-smtlib",
        .value = "FILE",
        .sentence = "Also writes the questions there as an SMT-LIB 2 script.",
        .target = &o.write_smtlib,
        .completes = Completes::Files},
       {.name = "dot",
        .value = "FILE",
        .sentence = "Also draws the e-graph of the expression, for Graphviz.",
        .target = &o.dot,
        .completes = Completes::Files},
       {.name = "solver",
        .value = "NAME",
        .sentence = "Asks this solver, where it is installed, about what is "
                    "left open; its answers are shown apart.",
        .target = &o.solver,
        .choices = {"none", "z3"}},
       {.name = "tiers",
        .value = "NAMES",
        .sentence = "Asks these engines in this order, with commas between "
                    "them: refute (samples), greedy (rules), linear (integer "
                    "arithmetic), egraph (equality saturation).",
        .target = &o.tiers,
        .offers = tier_names,
        .is_list = true}});
  add_width_flags(command.flags, o.integers);
  command.examples = {
      {"hone prove '(v*4 + 3) % 4 == 3'", "Is true whatever v is."},
      {"hone prove 'v / 64 == 0' --assume 'v in [0, 63]'",
       "Is true within a loop's bounds."},
      {"hone prove 'x + 1 > x' --width 8",
       "Is neither: 127 + 1 is -128 in eight bits."},
      {"hone prove --file checks.txt --proof checks.proof",
       "Decides every line and keeps the proofs."},
      {"hone prove 'a * (b + c) == a * b + a * c' --tiers egraph",
       "Asks equality saturation alone."},
      {"hone prove --smtlib question.smt2",
       "Answers sat or unsat as an SMT solver does."}};
  command.run = [options](Console& console) -> Result<Answer> {
    return run_prove(*options, console);
  };
  return command;
}

}  // namespace hone::cli
