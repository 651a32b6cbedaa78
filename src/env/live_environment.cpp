// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/live_environment.h"

#include <fmt/format.h>

#include <algorithm>

#include "env/face_observations.h"
#include "env/live_worker.h"
#include "env/lost_requests.h"
#include "env/repro.h"
#include "env/vocabulary.h"
#include "env/wire.h"

namespace hone::env {

namespace {

constexpr size_t kKnownBenchmarks = 256;

void write_observations(WireWriter& writer,
                        std::span<const Observation> observe) {
  writer.u32(static_cast<uint32_t>(observe.size()));
  for (const Observation what : observe) writer.u8(static_cast<uint8_t>(what));
}

}  // namespace

#define HONE_LIVE_ENVIRONMENT(identifier, name)                       \
  Result<std::unique_ptr<Environment>> make_environment_##identifier( \
      EnvironmentOptions options) {                                   \
    Result<std::unique_ptr<LiveEnvironment>> made =                   \
        LiveEnvironment::make(name, std::move(options));              \
    if (!made.ok()) return made.error();                              \
    return std::unique_ptr<Environment>(*std::move(made));            \
  }                                                                   \
  Result<EnvironmentSpaces> spaces_of_##identifier() { return spaces_in(name); }
HONE_LIVE_ENVIRONMENT(Inliner, "inliner")
HONE_LIVE_ENVIRONMENT(Llvm, "llvm")
HONE_LIVE_ENVIRONMENT(Loops, "loops")
HONE_LIVE_ENVIRONMENT(Pipelines, "pipelines")
#undef HONE_LIVE_ENVIRONMENT

Result<std::unique_ptr<LiveEnvironment>> LiveEnvironment::make(
    std::string_view name, EnvironmentOptions options) {
  std::unique_ptr<LiveEnvironment> env(new LiveEnvironment());
  env->name_ = name;
  HONE_ASSIGN_OR_RETURN(env->action_space_,
                        find_action_space(name, options.action_space));
  HONE_ASSIGN_OR_RETURN(VocabularyFile vocabulary,
                        read_vocabulary(options.vocabulary));
  env->dimension_ = vocabulary.dimension;
  if (!options.reward.empty()) {
    HONE_ASSIGN_OR_RETURN(env->reward_, find_reward(name, options.reward));
    env->asked_.push_back(made_from(env->reward_->cost));
  }
  for (const std::string& wanted : options.observations) {
    HONE_ASSIGN_OR_RETURN(const ObservationInfo* info,
                          find_observation(env->name_, wanted));
    HONE_RETURN_IF_ERROR(check_vocabulary(env->dimension_, *info));
    env->observed_.push_back(info->id);
    env->asked_.push_back(made_from(info->id));
  }
  HONE_ASSIGN_OR_RETURN(
      env->link_, LiveLink::open(options.limits, std::move(vocabulary.text),
                                 options.stays_awake));
  env->session_ = env->link_->new_session();
  env->known_ = std::make_shared<
      std::map<std::string, std::shared_ptr<const Benchmark>>>();
  env->options_ = std::move(options);
  return env;
}

LiveEnvironment::~LiveEnvironment() {
  // Without forks the worker ends with this, and its sessions with it.
  if (!benchmark_ || link_.use_count() == 1 ||
      generation_ != link_->generation())
    return;
  WireWriter close;
  close.u8(static_cast<uint8_t>(LiveVerb::Close));
  close.u32(session_);
  // Nobody is left to be told that a worker is busy or gone.
  (void)link_->ask(close.take());
}

std::vector<NamedSpace> LiveEnvironment::observation_spaces() const {
  EnvironmentSpaces spaces = spaces_in(name_);
  set_dimension(dimension_, spaces);
  return std::move(spaces.observations);
}

std::vector<std::string> LiveEnvironment::reward_spaces() const {
  std::vector<std::string> names;
  for (const RewardInfo& info : rewards())
    if (is_in(info.where, name_)) names.emplace_back(info.name);
  return names;
}

std::string LiveEnvironment::step_frame(
    std::span<const std::string> actions,
    std::span<const Observation> observe) const {
  WireWriter writer;
  writer.u8(static_cast<uint8_t>(LiveVerb::Step));
  writer.u32(session_);
  writer.u32(static_cast<uint32_t>(actions.size()));
  for (const std::string& action : actions) writer.text(action);
  write_observations(writer, observe);
  return writer.take();
}

Result<LiveEnvironment::Answer> LiveEnvironment::read_answer(
    std::string_view frame, size_t actions, size_t values) {
  WireReader reader(frame);
  Answer answer;
  for (size_t i = 0; i < actions && reader.ok(); ++i) {
    answer.taken.push_back(static_cast<Taken>(reader.u8()));
    if (answer.taken.back() == Taken::Refused)
      answer.refused.emplace_back(reader.text());
  }
  answer.is_over = reader.u8() != 0;
  for (size_t i = 0; i < values && reader.ok(); ++i)
    answer.values.push_back(reader.value());
  answer.cpu_seconds = reader.f64();
  if (!reader.ok() || !reader.at_end())
    return Error(ErrorKind::Internal, "a worker's answer makes no sense");
  return answer;
}

Status LiveEnvironment::ensure_session() {
  if (!benchmark_)
    return Error(ErrorKind::InvalidArgument,
                 "no episode has begun; call reset with a benchmark first");
  if (generation_ == link_->generation()) return {};
  HONE_ASSIGN_OR_RETURN(const uint32_t id,
                        link_->benchmark_id(*benchmark_, action_space_->task));
  WireWriter reset;
  reset.u8(static_cast<uint8_t>(LiveVerb::Reset));
  reset.u32(session_);
  reset.u32(id);
  reset.u32(0);
  HONE_ASSIGN_OR_RETURN(const std::string begun, link_->ask(reset.take()));
  // One at a time: each has had a request's time, and all may need more.
  for (const std::string& action : taken_) {
    HONE_ASSIGN_OR_RETURN(const std::string frame,
                          link_->ask(step_frame({&action, 1}, {})));
    HONE_ASSIGN_OR_RETURN(const Answer answer, read_answer(frame, 1, 0));
    if (!answer.refused.empty())
      return Error(ErrorKind::Internal, "lost when taken again: " + action);
  }
  generation_ = link_->generation();
  return {};
}

Result<LiveEnvironment::Answer> LiveEnvironment::ask(
    std::span<const std::string> actions,
    std::span<const Observation> observe) {
  return in_spite_of_strangers([&]() -> Result<Answer> {
    HONE_RETURN_IF_ERROR(ensure_session());
    HONE_ASSIGN_OR_RETURN(const std::string frame,
                          link_->ask(step_frame(actions, observe)));
    return read_answer(frame, actions.size(), observe.size());
  });
}

Result<std::shared_ptr<const Benchmark>> LiveEnvironment::find_or_load(
    std::string_view uri) {
  const std::string name = absolute_uri(uri);
  if (const auto known = known_->find(name);
      known != known_->end() && known->second->stamp.is_current())
    return known->second;
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  HONE_ASSIGN_OR_RETURN(Benchmark loaded, load_benchmark(tools, name));
  if (known_->size() >= kKnownBenchmarks) known_->clear();
  return (*known_)[name] = std::make_shared<const Benchmark>(std::move(loaded));
}

Result<Step> LiveEnvironment::reset(std::string_view uri) {
  if (!uri.empty()) {
    const std::shared_ptr<const Benchmark> before = benchmark_;
    HONE_ASSIGN_OR_RETURN(benchmark_, find_or_load(uri));
    if (benchmark_ != before) scales_.clear();
  }
  if (!benchmark_)
    return Error(ErrorKind::InvalidArgument,
                 "reset needs a benchmark the first time, such as "
                 "file://PATH");
  std::vector<Observation> observe = asked_;
  const bool has_baseline =
      reward_ != nullptr && reward_->unit.kind == RewardUnit::Kind::Baseline;
  if (has_baseline) observe.push_back(made_from(reward_->unit.baseline));
  const auto begin = [&]() -> Result<std::string> {
    HONE_ASSIGN_OR_RETURN(
        const uint32_t id,
        link_->benchmark_id(*benchmark_, action_space_->task));
    WireWriter writer;
    writer.u8(static_cast<uint8_t>(LiveVerb::Reset));
    writer.u32(session_);
    writer.u32(id);
    write_observations(writer, observe);
    return link_->ask(writer.take());
  };
  HONE_ASSIGN_OR_RETURN(const std::string frame, with_second_chance(begin));
  generation_ = link_->generation();
  taken_.clear();
  WireReader reader(frame);
  const bool is_over = reader.u8() != 0;
  std::vector<Value> values;
  for (size_t i = 0; i < observe.size() && reader.ok(); ++i)
    values.push_back(reader.value());
  if (!reader.ok())
    return Error(ErrorKind::Internal, "a worker's answer makes no sense");
  if (reward_ != nullptr) {
    HONE_ASSIGN_OR_RETURN(const Value cost,
                          present(reward_->cost, values.front()));
    cost_ = number_of(cost);
    double baseline = 0;
    if (has_baseline) {
      HONE_ASSIGN_OR_RETURN(const Value made,
                            present(reward_->unit.baseline, values.back()));
      baseline = number_of(made);
    }
    unit_ = unit_of(*reward_, cost_, baseline);
  }
  initial_ = cost_;
  HONE_ASSIGN_OR_RETURN(Step first, finish({}, std::move(values)));
  // A timed cost has been measured twice; the first one counts.
  cost_ = initial_;
  first.reward = 0;
  first.done = is_over;
  return first;
}

Status LiveEnvironment::post_texts(std::vector<std::string> actions) {
  if (!benchmark_) return ensure_session();
  posted_ = std::move(actions);
  // A session that has to be derived again is asked for by take(): that waits.
  is_posted_ = generation_ == link_->generation();
  if (!is_posted_) return {};
  return link_->post(step_frame(posted_, asked_));
}

bool LiveEnvironment::is_answered(std::chrono::microseconds within) {
  const auto takes_long = [](Observation what) {
    return info_of(what).origin == Origin::Face;
  };
  return is_posted_ && (reward_ == nullptr || !takes_long(reward_->cost)) &&
         std::none_of(observed_.begin(), observed_.end(), takes_long) &&
         link_->is_answered(within);
}

Result<Step> LiveEnvironment::take() {
  const std::vector<std::string> actions = std::move(posted_);
  posted_.clear();
  if (!is_posted_) return one_by_one(actions);
  const Result<std::string> frame = link_->take();
  if (!frame.ok()) {
    if (!is_no_state(frame.error())) return frame.error();
    generation_ = 0;  // no worker's: the session is derived again
    return one_by_one(actions);
  }
  HONE_ASSIGN_OR_RETURN(Answer answer,
                        read_answer(*frame, actions.size(), asked_.size()));
  Step step;
  const size_t before = taken_.size();
  for (size_t i = 0; i < actions.size(); ++i) {
    if (answer.taken[i] != Taken::Refused) taken_.push_back(actions[i]);
    step.changed |= answer.taken[i] == Taken::Changed;
  }
  step.failures = std::move(answer.refused);
  step.done = answer.is_over;
  step.cpu_seconds = answer.cpu_seconds;
  return finish_or_lose(std::move(step), std::move(answer.values), before);
}

// The new worker takes the actions one at a time, which is also their second
// chance: a machine that is short of memory or time is no property of a pass.
Result<Step> LiveEnvironment::one_by_one(
    const std::vector<std::string>& actions) {
  Step step;
  const size_t before = taken_.size();
  for (const std::string& action : actions) {
    const Result<Answer> answer = ask({&action, 1}, {});
    if (answer.ok()) {
      if (!answer->refused.empty()) {
        step.failures.push_back(answer->refused.front());
        continue;
      }
      taken_.push_back(action);
      step.changed |= answer->taken.front() == Taken::Changed;
      continue;
    }
    if (!is_loss(answer.error())) return answer.error();
    step.failures.push_back(
        fmt::format("{}: {}", action, answer.error().message));
    keep_bundle(action, answer.error());
  }
  Result<Answer> seen = ask({}, asked_);
  if (!seen.ok() && is_no_state(seen.error())) {
    // A state that cannot be observed is not entered.
    step.failures.push_back(
        fmt::format("observing the state: {}", seen.error().message));
    keep_bundle("", seen.error());
    taken_.resize(before);
    generation_ = 0;
    step.changed = false;
    seen = ask({}, asked_);
  }
  if (!seen.ok()) return seen.error();
  step.done = seen->is_over;
  return finish_or_lose(std::move(step), std::move(seen->values), before);
}

Result<Step> LiveEnvironment::finish_or_lose(Step step,
                                             std::vector<Value> values,
                                             size_t before) {
  const double cost = cost_;
  Result<Step> finished = finish(step, std::move(values));
  if (!finished.ok() && finished.error().kind == ErrorKind::Rejected &&
      taken_.size() > before) {
    step.failures.push_back(finished.error().message);
    step.changed = false;
    taken_.resize(before);
    generation_ = 0;
    HONE_ASSIGN_OR_RETURN(Answer answer, ask({}, asked_));
    step.done = answer.is_over;
    finished = finish(std::move(step), std::move(answer.values));
  }
  if (finished.ok() && taken_.size() == before) {
    finished->reward = 0;  // a time measured again is another one
    cost_ = cost;
  }
  return finished;
}

Result<Step> LiveEnvironment::finish(Step step, std::vector<Value> values) {
  size_t next = 0;
  if (reward_ != nullptr) {
    HONE_ASSIGN_OR_RETURN(const Value cost,
                          present(reward_->cost, std::move(values[next++])));
    step.reward = (cost_ - number_of(cost)) / unit_;
    cost_ = number_of(cost);
  }
  for (const Observation what : observed_) {
    HONE_ASSIGN_OR_RETURN(Value value,
                          present(what, std::move(values[next++])));
    step.observations.push_back(std::move(value));
  }
  return step;
}

Result<Value> LiveEnvironment::present(Observation what, Value made) {
  if (info_of(what).origin != Origin::Face) return made;
  if (!folder_) {
    HONE_ASSIGN_OR_RETURN(TempDir folder, TempDir::make());
    folder_.emplace(std::move(folder));
  }
  return make_face_observation(what, made, *benchmark_, folder_->path());
}

Result<Value> LiveEnvironment::observe(std::string_view space) {
  HONE_ASSIGN_OR_RETURN(const ObservationInfo* info,
                        find_observation(name_, space));
  HONE_RETURN_IF_ERROR(check_vocabulary(dimension_, *info));
  const Observation asked = made_from(info->id);
  Result<Answer> answer =
      with_second_chance([&] { return ask({}, {&asked, 1}); });
  if (!answer.ok() && is_loss(answer.error())) {
    keep_bundle("", answer.error());
    return Error(answer.error()).in(fmt::format("observing '{}'", space));
  }
  if (!answer.ok()) return answer.error();
  return present(info->id, std::move(answer->values.front()));
}

Result<LiveEnvironment::Scale> LiveEnvironment::scale_of(
    const RewardInfo& reward) {
  HONE_ASSIGN_OR_RETURN(const auto initial, fork());
  HONE_RETURN_IF_ERROR(initial->reset(""));
  HONE_ASSIGN_OR_RETURN(const Value cost,
                        initial->observe(info_of(reward.cost).name));
  double baseline = 0;
  if (reward.unit.kind == RewardUnit::Kind::Baseline) {
    HONE_ASSIGN_OR_RETURN(const Value made,
                          initial->observe(info_of(reward.unit.baseline).name));
    baseline = number_of(made);
  }
  return Scale{.initial = number_of(cost),
               .unit = unit_of(reward, number_of(cost), baseline)};
}

Result<double> LiveEnvironment::reward_in(std::string_view space) {
  HONE_ASSIGN_OR_RETURN(const RewardInfo* info, find_reward(name_, space));
  HONE_RETURN_IF_ERROR(ensure_session());
  if (info == reward_) return (initial_ - cost_) / unit_;
  if (!scales_.contains(info->name)) {
    HONE_ASSIGN_OR_RETURN(const Scale made, scale_of(*info));
    scales_.emplace(info->name, made);
  }
  const Scale& scale = scales_[info->name];
  HONE_ASSIGN_OR_RETURN(const Value cost, observe(info_of(info->cost).name));
  return (scale.initial - number_of(cost)) / scale.unit;
}

Result<std::unique_ptr<Environment>> LiveEnvironment::fork() {
  std::unique_ptr<LiveEnvironment> copy(new LiveEnvironment());
  copy->name_ = name_;
  copy->options_ = options_;
  copy->action_space_ = action_space_;
  copy->reward_ = reward_;
  copy->observed_ = observed_;
  copy->asked_ = asked_;
  copy->dimension_ = dimension_;
  copy->link_ = link_;
  copy->known_ = known_;
  copy->session_ = link_->new_session();
  copy->taken_ = taken_;
  copy->cost_ = cost_;
  copy->unit_ = unit_;
  copy->initial_ = initial_;
  copy->scales_ = scales_;
  const auto begin = [&]() -> Result<std::string> {
    HONE_RETURN_IF_ERROR(ensure_session());
    WireWriter writer;
    writer.u8(static_cast<uint8_t>(LiveVerb::Fork));
    writer.u32(session_);
    writer.u32(copy->session_);
    return link_->ask(writer.take());
  };
  HONE_ASSIGN_OR_RETURN(const std::string done, with_second_chance(begin));
  copy->benchmark_ = benchmark_;
  copy->generation_ = generation_;
  return std::unique_ptr<Environment>(std::move(copy));
}

Result<Episode> LiveEnvironment::episode() {
  HONE_ASSIGN_OR_RETURN(const Value state, observe("state"));
  return Episode{.environment = std::string(name()),
                 .benchmark = benchmark_->uri,
                 .reward_space = options_.reward,
                 .reward = (initial_ - cost_) / unit_,
                 .state = std::get<std::string>(state),
                 .actions = taken_};
}

void LiveEnvironment::keep_bundle(const std::string& action,
                                  const Error& error) {
  if (options_.failures.empty() || action_space_->task != Task::Passes) return;
  const Evaluation evaluation = evaluation_of(error);
  if (!kinds_.insert(failure_kind(evaluation) + action).second) return;
  std::vector<std::string> actions = taken_;
  if (!action.empty()) actions.push_back(action);
  // A bundle that cannot be written must not end the episode too.
  (void)write_repro(*benchmark_, actions, evaluation, options_.failures);
}

}  // namespace hone::env
