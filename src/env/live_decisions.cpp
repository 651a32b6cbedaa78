// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/live_decisions.h"

#include "base/text.h"
#include "env/live_module.h"

namespace hone::env {

namespace {

constexpr size_t kMostKnown = 100'000;

std::string key_of(const Decisions& taken) {
  size_t count = taken.size();
  while (count > 0 && taken[count - 1].empty()) --count;
  std::string key;
  for (size_t i = 0; i < count; ++i) key += taken[i] + ' ';
  return key;
}

class DecisionEpisode : public LiveEpisode {
 public:
  explicit DecisionEpisode(LiveDecisions& task) : task_(task) {}

  Result<bool> step(std::string_view action) override {
    HONE_ASSIGN_OR_RETURN(std::string kept,
                          task_.maker().decide(taken_, action));
    taken_.push_back(std::move(kept));
    return true;  // the state's place is another one
  }
  Result<bool> is_over() override { return task_.maker().is_over(taken_); }
  Result<Value> observe(Observation what) override {
    return task_.observe(taken_, what);
  }
  std::unique_ptr<LiveEpisode> fork() const override {
    return std::make_unique<DecisionEpisode>(*this);
  }

 private:
  LiveDecisions& task_;
  Decisions taken_;
};

}  // namespace

std::unique_ptr<LiveEpisode> LiveDecisions::start() {
  return std::make_unique<DecisionEpisode>(*this);
}

Result<Value> LiveDecisions::observe(const Decisions& taken, Observation what) {
  switch (info_of(what).origin) {
    case Origin::Face:
      return Error(ErrorKind::Internal, "a worker cannot observe that");
    case Origin::Baseline:
      return observer_.baseline(maker_->unoptimised(), runner_, what);
    case Origin::Offer:
      return maker_->offer(taken, what);
    default:
      break;
  }
  const std::string key = key_of(taken);
  if (known_.size() > kMostKnown) known_.clear();
  const bool is_kept = info_of(what).origin != Origin::Timed;
  if (const Value* value = find_seen(known_[key], what); is_kept && value)
    return *value;
  if (!last_ || key != last_key_) {
    last_.reset();
    HONE_ASSIGN_OR_RETURN(program::Module made, maker_->make(taken));
    last_.emplace(std::move(made));
    last_key_ = key;
  }
  HONE_ASSIGN_OR_RETURN(Value value, observer_.observe(*last_, what));
  if (is_kept && is_small(value)) known_[key].emplace_back(what, value);
  return value;
}

Result<std::unique_ptr<LiveTask>> open_task(Task task, std::string_view bitcode,
                                            ModuleObserver observer) {
  const program::Relocation relocation = observer.mode().relocation;
  if (task == Task::Passes) {
    HONE_ASSIGN_OR_RETURN(std::unique_ptr<LiveModule> made,
                          LiveModule::open(bitcode, std::move(observer)));
    return std::unique_ptr<LiveTask>(std::move(made));
  }
  HONE_ASSIGN_OR_RETURN(program::Module module, initial_module(bitcode));
  HONE_ASSIGN_OR_RETURN(program::PassRunner runner,
                        program::PassRunner::make(module, relocation));
  Result<std::unique_ptr<DecisionMaker>> maker =
      task == Task::Calls   ? decide_calls(std::move(module), relocation)
      : task == Task::Loops ? decide_loops(std::move(module), relocation)
                            : decide_edits(std::move(module), relocation);
  if (!maker.ok()) return maker.error();
  return std::unique_ptr<LiveTask>(std::make_unique<LiveDecisions>(
      *std::move(maker), std::move(runner), std::move(observer)));
}

}  // namespace hone::env
