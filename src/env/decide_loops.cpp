// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The environment `loops`: vector width, interleaving and unrolling, loop by
// loop in the order of the source, as `#pragma clang loop` would set them, and
// then default<O3>, without the attributes of -Oz.
#include <fmt/format.h>

#include "env/live_decisions.h"
#include "program/loop_choices.h"

namespace hone::env {

namespace {

constexpr std::string_view kPipeline = "default<O3>";

class LoopDecisions : public DecisionMaker {
 public:
  LoopDecisions(program::Module unoptimised, program::Relocation relocation)
      : unoptimised_(std::move(unoptimised)),
        relocation_(relocation),
        loops_(program::find_loops(unoptimised_)) {
    unoptimised_.forget_size();
  }

  const program::Module& unoptimised() const override { return unoptimised_; }

  Result<bool> is_over(const Decisions& taken) override {
    return taken.size() >= loops_.size();
  }

  Result<std::string> decide(const Decisions& taken,
                             std::string_view action) override {
    HONE_ASSIGN_OR_RETURN(const program::LoopChoice choice,
                          program::parse_loop_choice(action));
    if (taken.size() >= loops_.size())
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("all {} loops have been decided; reset the "
                               "environment",
                               loops_.size()));
    return choice == program::LoopChoice() ? std::string() : to_text(choice);
  }

  Result<Value> offer(const Decisions& taken, Observation what) override {
    const bool is_left = taken.size() < loops_.size();
    if (what == Observation::Loop)
      return Value(is_left ? loops_[taken.size()].features
                           : std::vector<int64_t>(
                                 program::loop_feature_names().size(), 0));
    if (what != Observation::LoopNames)
      return Error(ErrorKind::Internal, "not of this environment");
    Json json = {{"number", taken.size()}, {"loops", loops_.size()}};
    if (is_left) {
      json["function"] = loops_[taken.size()].function;
      json["number-in-function"] = loops_[taken.size()].number;
    }
    return Value(to_text(json));
  }

  Result<program::Module> make(const Decisions& taken) override {
    std::vector<program::LoopChoice> choices;
    for (const std::string& decision : taken) {
      HONE_ASSIGN_OR_RETURN(
          const program::LoopChoice choice,
          program::parse_loop_choice(decision.empty() ? "stock" : decision));
      choices.push_back(choice);
    }
    program::Module module = unoptimised_.clone();
    program::set_loop_choices(module, choices);
    HONE_RETURN_IF_ERROR(module.run(kPipeline, relocation_));
    return module;
  }

 private:
  program::Module unoptimised_;
  program::Relocation relocation_;
  std::vector<program::LoopFacts> loops_;
};

}  // namespace

Result<std::unique_ptr<DecisionMaker>> decide_loops(
    program::Module unoptimised, program::Relocation relocation) {
  return std::unique_ptr<DecisionMaker>(
      std::make_unique<LoopDecisions>(std::move(unoptimised), relocation));
}

}  // namespace hone::env
