// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "tensor/loop/loop_text.h"
#include "tensor/loop/transform.h"

namespace hone::tensor {

namespace {

using Kind = LoopStepKind;

constexpr size_t kMostSteps = 4096;

constexpr LoopStepInfo kSteps[] = {
#define HONE_LOOP_STEP(identifier, name, arguments, sentence) \
  {LoopStepKind::identifier, name, arguments, sentence},
#include "tensor/loop/loop_steps.def"
#undef HONE_LOOP_STEP
};

const LoopStepInfo& info_of(LoopStepKind kind) {
  return kSteps[static_cast<size_t>(kind)];
}

Error wrong_words(const LoopStep& step) {
  const LoopStepInfo& info = info_of(step.kind);
  return Error(ErrorKind::Malformed,
               fmt::format("expected '{}{}{}', found '{}'", info.name,
                           info.arguments.empty() ? "" : " ", info.arguments,
                           to_text(step)));
}

std::optional<int64_t> number_of(const std::string& word) {
  int64_t value = 0;
  const auto [end, code] =
      std::from_chars(word.data(), word.data() + word.size(), value);
  if (code != std::errc() || end != word.data() + word.size()) return {};
  return value;
}

// How many words a step takes at least and at most.
std::pair<size_t, size_t> word_range(LoopStepKind kind) {
  switch (kind) {
    case Kind::Undo:
    case Kind::Redo:
      return {0, 0};
    case Kind::Parallel:
    case Kind::Serial:
    case Kind::Unroll:
    case Kind::Vectorize:
      return {1, 1};
    case Kind::Compute:
    case Kind::Distribute:
    case Kind::Fuse:
    case Kind::Swap:
      return {2, 2};
    case Kind::Merge:
      return {2, 4};
    case Kind::Split:
      return {2, 6};
    default:
      return {2, SIZE_MAX};
  }
}

Result<LoopProgram> split(const LoopProgram& program, const LoopStep& step,
                          IndexOracle& oracle) {
  const auto factor = number_of(step.words[1]);
  if (!factor) return wrong_words(step);
  SplitOptions options = {.loop = step.words[0], .factor = *factor};
  size_t at = 2;
  if (at < step.words.size() && step.words[at] != "as") {
    const std::string& mode = step.words[at++];
    if (mode == "tail")
      options.mode = SplitMode::Tail;
    else if (mode == "overlap")
      options.mode = SplitMode::Overlap;
    else if (mode != "guard")
      return wrong_words(step);
  }
  if (at < step.words.size()) {
    if (step.words[at] != "as" || step.words.size() != at + 3)
      return wrong_words(step);
    options.outer = step.words[at + 1];
    options.inner = step.words[at + 2];
  }
  return split_loop(program, options, oracle);
}

Result<LoopProgram> stage(const LoopProgram& program, const LoopStep& step,
                          IndexOracle& oracle) {
  StageOptions options = {.tensor = step.words[0], .loop = step.words[1]};
  size_t at = 2;
  if (at < step.words.size() && step.words[at] == "register") {
    options.in_register = true;
    ++at;
  }
  if (at < step.words.size() && step.words[at] == "order")
    for (++at; at < step.words.size() && step.words[at] != "as"; ++at) {
      const auto dimension = number_of(step.words[at]);
      if (!dimension || *dimension < 0 || *dimension > 64)
        return wrong_words(step);
      options.order.push_back(static_cast<int>(*dimension));
    }
  if (at < step.words.size()) {
    if (step.words[at] != "as" || step.words.size() != at + 2)
      return wrong_words(step);
    options.name = step.words[at + 1];
  }
  return stage_tensor(program, options, oracle);
}

Result<LoopProgram> merge(const LoopProgram& program, const LoopStep& step,
                          IndexOracle& oracle) {
  std::string name;
  if (step.words.size() > 2) {
    if (step.words.size() != 4 || step.words[2] != "as")
      return wrong_words(step);
    name = step.words[3];
  }
  return merge_loops(program, step.words[0], step.words[1], name, oracle);
}

Result<LoopProgram> cut(const LoopProgram& program, const LoopStep& step,
                        IndexOracle& oracle) {
  const std::vector<std::string> rest(step.words.begin() + 1, step.words.end());
  HONE_ASSIGN_OR_RETURN(const Index at, parse_index(join(rest, " ")));
  return cut_loop(program, step.words[0], at, oracle);
}

Result<LoopProgram> distribute(const LoopProgram& program, const LoopStep& step,
                               IndexOracle& oracle) {
  const auto count = number_of(step.words[1]);
  if (!count) return wrong_words(step);
  return distribute_loop(program, step.words[0], *count, oracle);
}

// A name that a program can be read back with.
bool is_name(const std::string& word) {
  return !word.empty() &&
         (std::isalpha(static_cast<unsigned char>(word[0])) != 0 ||
          word[0] == '_') &&
         std::ranges::all_of(word, [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
         });
}

}  // namespace

std::span<const LoopStepInfo> loop_steps() { return kSteps; }

std::string to_text(const LoopStep& step) {
  std::string text(info_of(step.kind).name);
  for (const std::string& word : step.words) text += " " + word;
  return text;
}

Result<std::vector<LoopStep>> parse_schedule(std::string_view text) {
  std::string plain;
  bool comment = false;
  for (const char c : text) {
    if (c == '#') comment = true;
    if (c == '\n') comment = false;
    if (!comment) plain += c == '\n' ? ';' : c;
  }
  std::vector<LoopStep> steps;
  for (const std::string& part : hone::split(plain, ';')) {
    std::vector<std::string> words = split_blank(part);
    if (words.empty()) continue;
    const auto info = std::ranges::find(kSteps, words[0], &LoopStepInfo::name);
    if (info == std::end(kSteps)) {
      std::vector<std::string> names;
      for (const LoopStepInfo& known : kSteps) names.emplace_back(known.name);
      return Error(
          ErrorKind::Malformed,
          fmt::format("no step '{}'{}; there are {}", words[0],
                      did_you_mean(words[0], names), join(names, ", ")));
    }
    words.erase(words.begin());
    LoopStep step = {info->kind, std::move(words)};
    const auto [least, most] = word_range(step.kind);
    if (step.words.size() < least || step.words.size() > most)
      return wrong_words(step);
    // New names stand behind "as".
    const auto as = std::ranges::find(step.words, "as");
    for (auto word = as; word != step.words.end(); ++word)
      if (!is_name(*word)) return wrong_words(step);
    if (steps.size() == kMostSteps)
      return Error(ErrorKind::Malformed,
                   fmt::format("expected at most {} steps", kMostSteps));
    steps.push_back(std::move(step));
  }
  return steps;
}

Result<LoopProgram> apply_step(const LoopProgram& program, const LoopStep& step,
                               IndexOracle& oracle) {
  const std::vector<std::string>& w = step.words;
  const auto mark = [&](LoopTree::Mark mark) {
    return mark_loop(program, w[0], mark, oracle);
  };
  switch (step.kind) {
    case Kind::Compute:
      return compute_at(program, w[0], w[1], oracle);
    case Kind::Cut:
      return cut(program, step, oracle);
    case Kind::Distribute:
      return distribute(program, step, oracle);
    case Kind::Fuse:
      return fuse_loops(program, w[0], w[1], oracle);
    case Kind::Merge:
      return merge(program, step, oracle);
    case Kind::Order:
      return order_loops(program, w, oracle);
    case Kind::Parallel:
      return mark(LoopTree::Mark::Parallel);
    case Kind::Serial:
      return mark(LoopTree::Mark::None);
    case Kind::Split:
      return split(program, step, oracle);
    case Kind::Stage:
      return stage(program, step, oracle);
    case Kind::Swap:
      return swap_loops(program, w[0], w[1], oracle);
    case Kind::Unroll:
      return mark(LoopTree::Mark::Unroll);
    case Kind::Vectorize:
      return mark(LoopTree::Mark::Vector);
    case Kind::Undo:
    case Kind::Redo:
      break;
  }
  return wrong_words(step);
}

LoopHistory::LoopHistory(LoopProgram program) {
  states_.push_back(std::move(program));
}

Status LoopHistory::apply(const LoopStep& step, IndexOracle& oracle) {
  if (step.kind == Kind::Undo || step.kind == Kind::Redo) {
    const bool undo = step.kind == Kind::Undo;
    if (undo ? at_ == 0 : at_ + 1 == states_.size())
      return Error(ErrorKind::NotFound, undo ? "there is nothing to undo"
                                             : "there is nothing to redo");
    at_ += undo ? -1 : 1;
    return {};
  }
  HONE_ASSIGN_OR_RETURN(LoopProgram next, apply_step(now(), step, oracle));
  states_.resize(at_ + 1);
  steps_.resize(at_);
  states_.push_back(std::move(next));
  steps_.push_back(step);
  ++at_;
  return {};
}

Status LoopHistory::apply_all(std::span<const LoopStep> steps,
                              IndexOracle& oracle) {
  for (size_t i = 0; i < steps.size(); ++i) {
    Status status = apply(steps[i], oracle);
    if (!status.ok())
      return std::move(status).error().in(
          fmt::format("step {} ({})", i + 1, to_text(steps[i])));
  }
  return {};
}

}  // namespace hone::tensor
