// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/z3.h"

#include <fmt/format.h>

#include "base/subprocess.h"
#include "base/text.h"
#include "term/smtlib/smtlib.h"
#include "term/substitute.h"

namespace hone::toolkit {

using rewrite::Answer;

namespace {

// Of z3's own count, so that its answers repeat; the clock only guards.
constexpr int kSteps = 5'000'000;
constexpr double kSeconds = 600;

// Its answers to the scripts, one after another.
Result<std::vector<std::string>> run_z3(
    const std::vector<std::string>& scripts) {
  Command command{.argv = {"z3", "-smt2", "-in"}};
  command.limits.wall_seconds = kSeconds;
  command.input =
      fmt::format("(set-option :rlimit {})\n(set-logic ALL)\n", kSteps);
  for (const std::string& script : scripts)
    command.input += "(push 1)\n" + script + "(pop 1)\n";
  Result<ProcessResult> result = run(command);
  if (!result.ok())
    return Error(ErrorKind::NotFound,
                 "there is no program z3 in PATH; install one (Debian: z3), or "
                 "leave --solver out");
  std::vector<std::string> lines;
  for (const std::string& line : split(result->out, '\n')) {
    if (line.starts_with("(error"))
      return Error(ErrorKind::Internal, "z3 does not read our script: " + line);
    if (line == "sat" || line == "unsat" || line == "unknown")
      lines.push_back(line);
  }
  if (lines.size() != 2 * scripts.size())
    return Error(
        ErrorKind::Internal,
        fmt::format("z3 ended before its last answer: {}", result->describe()));
  return lines;
}

}  // namespace

bool has_z3() {
  const Result<ProcessResult> result = run({.argv = {"z3", "--version"}});
  return result.ok() && result->ok();
}

Result<Answer> ask_z3(rewrite::Context& context, term::Term goal) {
  HONE_ASSIGN_OR_RETURN(const term::Term plain,
                        term::expand_lets(context.terms(), goal));
  HONE_ASSIGN_OR_RETURN(const std::vector<std::string> lines,
                        run_z3({term::print_smtlib(
                            context.terms(), context.assumptions(), plain)}));
  if (lines[0] == "unsat") return Answer::True;
  if (lines[1] == "unsat") return Answer::False;
  return lines[0] == "sat" && lines[1] == "sat" ? Answer::Contingent
                                                : Answer::Open;
}

Result<std::vector<std::optional<bool>>> ask_z3_all(
    const std::vector<std::string>& scripts) {
  HONE_ASSIGN_OR_RETURN(const std::vector<std::string> lines, run_z3(scripts));
  std::vector<std::optional<bool>> answers;
  for (size_t i = 0; i < lines.size(); i += 2)
    answers.push_back(lines[i] == "unknown"
                          ? std::nullopt
                          : std::optional(lines[i] == "unsat"));
  return answers;
}

}  // namespace hone::toolkit
