// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/inline_run.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace hone::program {

struct InlineRun::State : InlineDecider {
  State(Module module, std::string pipeline, Relocation relocation,
        std::span<const InlineChoice> choices)
      : module(std::move(module)),
        pipeline(std::move(pipeline)),
        relocation(relocation),
        choices(choices.begin(), choices.end()) {}

  void work() {
    wait_for_turn(Turn::Pipeline);
    ended = run_with_decider(module, pipeline, relocation, *this);
    site.reset();
    give_turn(Turn::Owner);
  }

  InlineChoice decide(const CallSite& at) override {
    if (decided == choices.size()) {
      site = at;
      give_turn(Turn::Owner);
      wait_for_turn(Turn::Pipeline);
    }
    return over ? InlineChoice::Keep : choices[decided++];
  }
  bool wants_features() const override { return true; }
  bool is_over() const override { return over; }

  enum class Turn { Pipeline, Owner };
  void give_turn(Turn to) {
    {
      const std::lock_guard lock(mutex);
      turn = to;
    }
    changed.notify_one();
  }
  void wait_for_turn(Turn mine) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return turn == mine; });
  }

  // The members below belong to whoever has the turn.
  Module module;
  const std::string pipeline;
  const Relocation relocation;
  std::vector<InlineChoice> choices;
  size_t decided = 0;
  std::optional<CallSite> site;
  bool over = false;
  Status ended;

  std::mutex mutex;
  std::condition_variable changed;
  Turn turn = Turn::Owner;
  std::thread thread;
};

InlineRun::InlineRun(Module module, std::string pipeline, Relocation relocation,
                     std::span<const InlineChoice> choices)
    : state_(std::make_unique<State>(std::move(module), std::move(pipeline),
                                     relocation, choices)) {
  state_->thread = std::thread([state = state_.get()] { state->work(); });
  state_->give_turn(State::Turn::Pipeline);
  state_->wait_for_turn(State::Turn::Owner);
}

InlineRun::~InlineRun() {
  if (state_->site) {
    state_->over = true;
    state_->give_turn(State::Turn::Pipeline);
  }
  state_->thread.join();
}

const CallSite* InlineRun::site() const {
  return state_->site ? &*state_->site : nullptr;
}

size_t InlineRun::decided() const { return state_->decided; }

void InlineRun::decide(InlineChoice choice) {
  HONE_CHECK(state_->site.has_value());
  state_->site.reset();
  state_->choices.push_back(choice);
  state_->give_turn(State::Turn::Pipeline);
  state_->wait_for_turn(State::Turn::Owner);
}

Status InlineRun::status() const { return state_->ended; }

}  // namespace hone::program
