// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <mutex>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/shared_flags.h"
#include "cli/table.h"
#include "toolkit/prove.h"

namespace hone::cli {

namespace {

struct Options {
  std::vector<std::string> expressions;
  std::vector<std::string> assumptions;
  std::string file;
  std::string proof;
  std::string replay;
  int64_t jobs = 0;
};

constexpr int kNo = 1;
constexpr int kOpen = 3;
constexpr size_t kBarWidth = 20;
constexpr auto kTick = std::chrono::milliseconds(100);

// How far a batch is, on a terminal.
class BatchProgress {
 public:
  BatchProgress(const Console& console, size_t total)
      : console_(console),
        total_(total),
        draws_(console.err_is_terminal() && !console.quiet()) {}
  ~BatchProgress() {
    if (draws_) console_.redraw("");
  }

  void show(size_t done) {
    if (!draws_) return;
    const std::unique_lock lock(mutex_, std::try_to_lock);
    const auto now = std::chrono::steady_clock::now();
    if (!lock || now < next_) return;
    next_ = now + kTick;
    const double share =
        static_cast<double>(done) / static_cast<double>(total_);
    console_.redraw(
        fmt::format("▕{}▏ {}/{}", bar(share, kBarWidth), done, total_));
  }

 private:
  const Console& console_;
  const size_t total_;
  const bool draws_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point next_;
};

std::string values_text(std::span<const toolkit::NamedValue> values) {
  std::vector<std::string> parts;
  for (const toolkit::NamedValue& v : values)
    parts.push_back(fmt::format("{} = {}", v.name, v.value));
  return join(parts, ", ");
}

Json values_json(std::span<const toolkit::NamedValue> values) {
  Json json = Json::object();
  for (const toolkit::NamedValue& v : values) json[v.name] = v.value;
  return json;
}

std::string answer_text(const toolkit::ProveAnswer& answer,
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
    text += fmt::format("  open because of {}\n",
                        rewrite::linear::cause_name(answer.cause));
  return text;
}

Json answer_json(const toolkit::ProveAnswer& answer,
                 const std::string& expression) {
  Json json = {{"expression", expression},
               {"answer", rewrite::answer_name(answer.answer)}};
  if (answer.answer == rewrite::Answer::Contingent) {
    json["true_where"] = values_json(answer.true_where);
    json["false_where"] = values_json(answer.false_where);
  }
  if (answer.answer == rewrite::Answer::Open)
    json["cause"] = rewrite::linear::cause_name(answer.cause);
  return json;
}

// From the command line and from --file.
Result<std::vector<std::string>> all_expressions(const Options& o) {
  std::vector<std::string> expressions = o.expressions;
  if (!o.file.empty()) {
    HONE_ASSIGN_OR_RETURN(const std::string content, read_file(o.file));
    for (std::string& e : toolkit::expressions_in(content))
      expressions.push_back(std::move(e));
  }
  if (expressions.empty())
    return Error(ErrorKind::InvalidArgument,
                 o.file.empty()
                     ? "expected an expression or --file, as in: hone prove "
                       "'(v*4 + 3) % 4 == 3'"
                     : fmt::format("no expression stands in {}", o.file));
  return expressions;
}

Result<Answer> run_replay(const std::string& file) {
  HONE_ASSIGN_OR_RETURN(const std::string content, read_file(file));
  auto count = toolkit::replay_proofs(content);
  if (!count.ok()) return std::move(count).error().in(file);
  return Answer{.text = fmt::format("replayed: {} {}\n", *count,
                                    *count == 1 ? "proof" : "proofs"),
                .json = {{"replayed", *count}}};
}

Result<Answer> run_prove(const Options& o, const Console& console) {
  if (!o.replay.empty()) return run_replay(o.replay);
  HONE_ASSIGN_OR_RETURN(const std::vector<std::string> expressions,
                        all_expressions(o));
  const toolkit::ProveRequest request{.assumptions = o.assumptions,
                                      .with_proof = !o.proof.empty()};
  std::vector<Result<toolkit::ProveAnswer>> answers;
  {
    BatchProgress progress(console, expressions.size());
    answers = toolkit::prove_all(request, expressions, job_count(o.jobs),
                                 [&](size_t done) { progress.show(done); });
  }
  Answer out;
  Json list = Json::array();
  std::string proofs;
  int counts[4] = {};
  for (size_t i = 0; i < expressions.size(); ++i) {
    if (!answers[i].ok()) {
      Error error = std::move(answers[i]).error();
      return expressions.size() == 1
                 ? std::move(error)
                 : std::move(error).in(fmt::format("expression {}", i + 1));
    }
    ++counts[static_cast<int>(answers[i]->answer)];
    out.text += answer_text(*answers[i], expressions[i], console);
    list.push_back(answer_json(*answers[i], expressions[i]));
    proofs += answers[i]->proof;
  }
  if (!o.proof.empty()) HONE_RETURN_IF_ERROR(write_file(o.proof, proofs));
  Json summary = Json::object();
  std::string total;
  for (const rewrite::Answer answer :
       {rewrite::Answer::True, rewrite::Answer::False,
        rewrite::Answer::Contingent, rewrite::Answer::Open}) {
    const int count = counts[static_cast<int>(answer)];
    summary[std::string(rewrite::answer_name(answer))] = count;
    total += fmt::format("{}{} {}", total.empty() ? "" : ", ", count,
                         rewrite::answer_name(answer));
  }
  if (expressions.size() > 1) out.text += total + "\n";
  out.json = {{"answers", list}, {"counts", summary}};
  const int no = counts[static_cast<int>(rewrite::Answer::False)] +
                 counts[static_cast<int>(rewrite::Answer::Contingent)];
  out.exit_code = no > 0                                                ? kNo
                  : counts[static_cast<int>(rewrite::Answer::Open)] > 0 ? kOpen
                                                                        : 0;
  return out;
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
      "infix as in C, with min(a, b), max(a, b) and select(c, a, b), or "
      "prefix as in ( < ( + x 3 ) y ). The exit code is 0 where all are true, "
      "1 where any is false or neither, and 3 where the limits on steps left "
      "one open.";
  command.flags.arguments = {{.name = "EXPR",
                              .sentence = "What to decide.",
                              .target = &o.expressions,
                              .least = 0,
                              .most = SIZE_MAX}};
  command.flags.flags = {
      {.name = "assume",
       .value = "EXPR",
       .sentence = "Takes this for granted; may be given several times.",
       .target = &o.assumptions},
      {.name = "file",
       .value = "FILE",
       .sentence = "Also those of a file: one a line, or the column Expression "
                   "of a table with commas.",
       .target = &o.file,
       .completes = Completes::Files},
      {.name = "proof",
       .value = "FILE",
       .sentence = "Writes the proofs there, each of them replayed before.",
       .target = &o.proof,
       .completes = Completes::Files},
      {.name = "replay",
       .value = "FILE",
       .sentence = "Only checks the proofs of a file.",
       .target = &o.replay,
       .completes = Completes::Files},
      jobs_flag(o.jobs)};
  command.flags.flags.back().sentence = "Decides N expressions at a time.";
  command.examples = {
      {"hone prove '(v*4 + 3) % 4 == 3'", "Is true whatever v is."},
      {"hone prove 'v / 64 == 0' --assume '0 <= v && v < 64'",
       "Is true within a loop's bounds."},
      {"hone prove --file checks.txt --proof checks.proof",
       "Decides every line and keeps the proofs."}};
  command.run = [options](Console& console) -> Result<Answer> {
    return run_prove(*options, console);
  };
  return command;
}

}  // namespace hone::cli
