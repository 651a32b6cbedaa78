// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/env_shell.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "cli/env_command.h"
#include "cli/interrupt.h"
#include "cli/line_reader.h"
#include "cli/shared_flags.h"

namespace hone::cli {

namespace {

struct Word {
  std::string_view name;
  std::string_view sentence;
};

// Sorted by name. None is a pass.
constexpr Word kWords[] = {
    {"best", "Goes back to where the sum of the rewards was greatest."},
    {"episode", "Shows the episode as a line of a table."},
    {"help", "Shows these words."},
    {"history", "Lists the actions, and the sum after each."},
    {"observe", "Shows an observation, as in: observe ir-instructions."},
    {"quit", "Ends; so does the end of the input."},
    {"reset", "Goes back to the beginning."},
    {"undo", "Takes the last action back, or as many as it is told."},
};

constexpr size_t kWidestSparkline = 40;

std::string help() {
  std::string text =
      "Any other line is actions, with blanks between them; Tab completes.\n";
  for (const Word& word : kWords)
    text += fmt::format("  {:8} {}\n", word.name, word.sentence);
  return text;
}

// A '#' in a word is no comment: @#3:gvn is an action.
std::string_view without_comment(std::string_view line) {
  for (size_t i = 0; i < line.size(); ++i)
    if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t'))
      return line.substr(0, i);
  return line;
}

}  // namespace

std::string sparkline(const std::vector<double>& values) {
  static constexpr std::string_view kBars[] = {"▁", "▂", "▃", "▄",
                                               "▅", "▆", "▇", "█"};
  const size_t begin =
      values.size() > kWidestSparkline ? values.size() - kWidestSparkline : 0;
  if (values.empty()) return "";
  const auto [least, most] = std::minmax_element(
      values.begin() + static_cast<std::ptrdiff_t>(begin), values.end());
  std::string line;
  for (size_t i = begin; i < values.size(); ++i) {
    const double share =
        *most > *least ? (values[i] - *least) / (*most - *least) : 0;
    line += kBars[std::min<size_t>(7, static_cast<size_t>(share * 8))];
  }
  return line;
}

std::string common_beginning(const std::vector<std::string>& words) {
  if (words.empty()) return "";
  std::string common = words.front();
  for (const std::string& word : words) {
    const auto differ =
        std::mismatch(common.begin(), common.end(), word.begin(), word.end());
    common.erase(differ.first, common.end());
  }
  return common;
}

Result<Said> EnvShell::run(std::string_view line) {
  const std::vector<std::string> words = split_blank(without_comment(line));
  if (words.empty()) return Said();
  const bool is_word =
      std::any_of(std::begin(kWords), std::end(kWords),
                  [&](const Word& word) { return word.name == words.front(); });
  if (!is_word) return take(words);
  HONE_ASSIGN_OR_RETURN(std::string text, run_word(words));
  return Said{.text = std::move(text)};
}

Result<std::string> EnvShell::run_word(const std::vector<std::string>& words) {
  const std::string& first = words.front();
  if (first == "undo") return undo(words);
  if (first == "observe") return observe(words);
  if (words.size() > 1)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("{} stands alone; found '{}'", first, words[1]));
  if (first == "best") return go_to(best_actions_, best_sums_);
  if (first == "history") return history();
  if (first == "reset") return go_to({}, {0});
  if (first == "help") return help();
  if (first == "episode") {
    HONE_ASSIGN_OR_RETURN(const env::Episode now, environment_->episode());
    return env::to_text(now) + "\n";
  }
  over_ = true;
  return std::string();
}

Result<Said> EnvShell::take(std::span<const std::string> actions) {
  Said said;
  bool is_done = false;
  while (!actions.empty() && !is_done && said.lost.empty()) {
    const std::string& action = actions.front();
    HONE_ASSIGN_OR_RETURN(env::Step step, environment_->step_texts({action}));
    actions = actions.subspan(1);
    said.lost = std::move(step.failures);
    for (const std::string& failure : said.lost)
      said.text += fmt::format("lost {}\n", failure);
    if (!said.lost.empty()) break;
    if (!step.changed) said.text += fmt::format("{} changes nothing\n", action);
    actions_.push_back(action);
    sums_.push_back(sums_.back() + step.reward);
    if (sums_.back() > best_sums_.back()) {
      best_actions_ = actions_;
      best_sums_ = sums_;
    }
    if (step.done) said.text += "nothing is left to decide\n";
    is_done = step.done || is_interrupted_();
  }
  if (!actions.empty())
    said.text += fmt::format("not taken: {}\n", join(actions, " "));
  said.text += status();
  return said;
}

// By a replay: the worker knows this history, and runs nothing.
Result<std::string> EnvShell::go_to(const std::vector<std::string>& actions,
                                    const std::vector<double>& sums) {
  HONE_ASSIGN_OR_RETURN(env::Step step, environment_->reset(""));
  if (!actions.empty()) {
    HONE_ASSIGN_OR_RETURN(step, environment_->step_texts(actions));
  }
  std::vector<std::string> taken = actions;
  std::vector<double> summed = sums;
  actions_ = std::move(taken);
  sums_ = std::move(summed);
  return status();
}

Result<std::string> EnvShell::undo(const std::vector<std::string>& words) {
  size_t count = 1;
  if (words.size() > 1) {
    const char* const end = words[1].data() + words[1].size();
    const auto [stop, error] = std::from_chars(words[1].data(), end, count);
    if (words.size() > 2 || error != std::errc() || stop != end || count == 0)
      return Error(
          ErrorKind::InvalidArgument,
          fmt::format("undo takes how many actions, not '{}'", words.back()));
  }
  if (count > actions_.size())
    return Error(
        ErrorKind::InvalidArgument,
        fmt::format("{} to undo, and {} taken", count, actions_.size()));
  const auto left = static_cast<std::ptrdiff_t>(actions_.size() - count);
  return go_to({actions_.begin(), actions_.begin() + left},
               {sums_.begin(), sums_.begin() + left + 1});
}

Result<std::string> EnvShell::observe(const std::vector<std::string>& words) {
  if (words.size() != 2)
    return Error(ErrorKind::InvalidArgument,
                 "observe takes one space; see hone env spaces");
  HONE_ASSIGN_OR_RETURN(const env::Value value,
                        environment_->observe(words[1]));
  for (const env::NamedSpace& row : environment_->observation_spaces()) {
    if (row.name != words[1]) continue;
    const Json json = env::to_json(row.space, value);
    return (json.is_string() ? json.get<std::string>() : to_text(json)) + "\n";
  }
  return Error(ErrorKind::Internal, "an observation of no space");
}

std::string EnvShell::status() const {
  return fmt::format("{} taken, reward {:.6g}, best {:.6g} {}\n",
                     actions_.size(), sums_.back(), best_sums_.back(),
                     sparkline(sums_));
}

std::string EnvShell::history() const {
  std::string text;
  for (size_t i = 0; i < actions_.size(); ++i)
    text += fmt::format("{:4} {:10.6g} {}\n", i + 1, sums_[i + 1], actions_[i]);
  return text + status();
}

std::vector<std::string> EnvShell::completions(std::string_view line) const {
  const size_t blank = line.rfind(' ');
  const bool is_first = trim(line.substr(0, blank + 1)).empty();
  const std::string_view last = line.substr(blank + 1);
  std::vector<std::string> candidates;
  if (!is_first && split_blank(line).front() == "observe") {
    for (const env::NamedSpace& row : environment_->observation_spaces())
      candidates.push_back(row.name);
  } else {
    candidates = environment_->actions();
    if (is_first)
      for (const Word& word : kWords) candidates.emplace_back(word.name);
  }
  std::erase_if(candidates, [&](const std::string& candidate) {
    return !candidate.starts_with(last);
  });
  std::sort(candidates.begin(), candidates.end());
  return candidates;
}

namespace {

// Reads lines and has them run. A script ends at its first error, its first
// lost action and its first interrupt; a person goes on.
class Session {
 public:
  Session(EnvShell& shell, const Console& console)
      : shell_(shell),
        console_(console),
        reader_("hone> ", [&shell](std::string_view line) {
          return shell.completions(line);
        }) {}

  Status run() {
    while (!shell_.is_over() && !has_ended()) {
      ++number_;
      Result<std::optional<std::string>> line = reader_.read();
      if (!line.ok()) return Error(line.error()).in(place());
      if (!*line) return {};
      HONE_RETURN_IF_ERROR(run_line(**line));
    }
    return {};
  }

  // The actions of all lines that were lost, and why.
  const std::vector<std::string>& lost() const { return lost_; }

  // Why a script did not come to its end.
  std::optional<Error> failure() const {
    if (is_person()) return {};
    if (!lost_.empty())
      return Error(ErrorKind::InvalidArgument, "lost " + lost_.front())
          .in(place());
    if (is_interrupted())
      return Error(ErrorKind::Interrupted, "interrupted").in(place());
    return {};
  }

 private:
  bool is_person() const { return reader_.is_interactive(); }
  bool has_ended() const { return failure().has_value(); }
  // "line 3": the one that is read or run.
  std::string place() const { return fmt::format("line {}", number_); }

  Status run_line(const std::string& line) {
    const Result<Said> said = shell_.run(line);
    if (!said.ok() && !is_person()) return Error(said.error()).in(place());
    if (!said.ok()) {
      console_.complain(said.error().message);
      return {};
    }
    if (!console_.json()) HONE_RETURN_IF_ERROR(console_.print(said->text));
    lost_.insert(lost_.end(), said->lost.begin(), said->lost.end());
    return {};
  }

  EnvShell& shell_;
  const Console& console_;
  LineReader reader_;
  int number_ = 0;
  std::vector<std::string> lost_;
};

}  // namespace

Result<Answer> run_shell(const EnvFlags& o, Console& console) {
  HONE_ASSIGN_OR_RETURN(std::unique_ptr<env::Environment> environment,
                        make_environment(o));
  HONE_ASSIGN_OR_RETURN(
      const env::Step start,
      environment->reset(env::benchmark_uri(o.subject.front(), o.clang_flags)));
  note_interrupts();
  EnvShell shell(std::move(environment), is_interrupted);
  Session session(shell, console);
  HONE_RETURN_IF_ERROR(session.run());
  HONE_ASSIGN_OR_RETURN(const env::Episode ended, shell.episode());
  Answer answer{.json = to_json(ended)};
  answer.json["failures"] = session.lost();
  // What has come of the episode is worth as much as before.
  if (const std::optional<Error> failure = session.failure()) {
    console.complain(failure->message);
    answer.json.update(error_json(*failure));
    answer.exit_code = exit_code(failure->kind);
    if (failure->kind == ErrorKind::Interrupted) {
      answer.text = env::to_text(ended) + "\n";
      answer.exit_code = 1;
    }
  }
  return answer;
}

}  // namespace hone::cli
