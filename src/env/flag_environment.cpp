// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The environments `flags-gcc` and `flags-clang`: the options of a compiler, as
// CompilerGym's gcc-v0 has them. The state is a choice for each option, at
// first none at all; an action changes choices:
//
//   -fno-gcse                      a word of an option
//   default:gcse                   leaves the option alone again
//   next:gcse, previous:gcse       one choice on, one back
//   choices=2,0,0,1                all of them at once; 0 for the rest
//
// Each action is compiled. What the compiler does not take is one lost step.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/text.h"
#include "env/benchmark.h"
#include "env/environment.h"
#include "env/flag_builder.h"
#include "env/program_time.h"

namespace hone::env {

namespace {

// The options are to blame: the compiler refuses them or dies of them, or what
// it makes does not work.
bool loses_action(const Error& error) {
  return error.kind == ErrorKind::Rejected ||
         error.kind == ErrorKind::ToolFailed;
}

enum class Observed {
#define HONE_FLAG_OBSERVATION(identifier, ...) identifier,
#include "env/flag_observations.def"
#undef HONE_FLAG_OBSERVATION
};

enum class Unit { One, Initial, Baseline };

struct ObservedInfo {
  std::string_view name;
  Observed id;
  SpaceKind kind;
  std::string_view sentence;
};

constexpr ObservedInfo kObserved[] = {
#define HONE_FLAG_OBSERVATION(identifier, name, kind, sentence) \
  {name, Observed::identifier, SpaceKind::kind, sentence},
#include "env/flag_observations.def"
#undef HONE_FLAG_OBSERVATION
};

struct FlagReward {
  std::string_view name;
  Observed cost;
  Unit unit;
  std::string_view sentence;
};

constexpr FlagReward kRewards[] = {
#define HONE_FLAG_REWARD(name, cost, unit, sentence) \
  {name, Observed::cost, Unit::unit, sentence},
#include "env/flag_rewards.def"
#undef HONE_FLAG_REWARD
};

constexpr std::string_view kFlat = "flags";
constexpr std::string_view kSteps = "flag-steps";

std::vector<std::string> flat_actions(const FlagSpace& space) {
  std::vector<std::string> actions;
  for (const FlagOption& option : space.options) {
    actions.push_back("default:" + option.name);
    actions.insert(actions.end(), option.choices.begin() + 1,
                   option.choices.end());
  }
  return actions;
}

std::vector<std::string> step_actions(const FlagSpace& space) {
  std::vector<std::string> actions;
  for (const FlagOption& option : space.options)
    for (const std::string_view verb : {"next:", "previous:"})
      actions.push_back(fmt::format("{}{}", verb, option.name));
  return actions;
}

EnvironmentSpaces spaces_of(const FlagSpace& space) {
  EnvironmentSpaces spaces;
  spaces.action_spaces = {{std::string(kSteps), step_actions(space),
                           "One choice on or back, for each option."},
                          {std::string(kFlat), flat_actions(space),
                           "Each word of each option, and leaving it alone."}};
  for (const ObservedInfo& info : kObserved) {
    Space kind{.kind = info.kind};
    if (info.id == Observed::Choices)
      for (const FlagOption& option : space.options)
        kind.names.push_back(option.name);
    spaces.observations.push_back(
        {std::string(info.name), std::move(kind), std::string(info.sentence)});
  }
  for (const FlagReward& info : kRewards)
    spaces.rewards.push_back(
        {std::string(info.name), std::string(info.sentence)});
  return spaces;
}

// InvalidArgument names the nearest one.
template <typename Rows>
Result<size_t> index_of(const Rows& rows, std::string_view name,
                        std::string_view what) {
  std::vector<std::string> names;
  for (const auto& row : rows) {
    if (row.name == name) return names.size();
    names.emplace_back(row.name);
  }
  return Error(ErrorKind::InvalidArgument,
               fmt::format("no {} '{}' among a compiler's flags{}", what, name,
                           did_you_mean(name, names)));
}

Value instruction_counts(std::string_view assembly) {
  std::map<std::string, int64_t> counts;
  for (const std::string& line : split(assembly, '\n')) {
    if (!line.starts_with('\t') || line.starts_with("\t.")) continue;
    const std::vector<std::string> words = split_blank(line);
    if (!words.empty() && !words[0].starts_with('#')) ++counts[words[0]];
  }
  return hone::to_text(Json(counts));
}

Value section_bytes(const program::ObjectSizes& sizes) {
  Json sections = Json::object();
  for (const program::SectionSize& section : sizes.sections)
    sections[section.name] =
        section.bytes + sections.value(section.name, uint64_t{0});
  return hone::to_text(sections);
}

using Choices = std::vector<int64_t>;

class FlagEnvironment : public Environment {
 public:
  static Result<std::unique_ptr<Environment>> make(Compiler compiler,
                                                   EnvironmentOptions options) {
    HONE_ASSIGN_OR_RETURN(const FlagSpace* space, flag_space(compiler));
    std::unique_ptr<FlagEnvironment> env(new FlagEnvironment());
    env->name_ = fmt::format("flags-{}", compiler_name(compiler));
    env->space_ = space;
    env->spaces_ = spaces_of(*space);
    HONE_ASSIGN_OR_RETURN(const size_t actions,
                          index_of(env->spaces_.action_spaces,
                                   options.action_space, "action space"));
    env->actions_ = env->spaces_.action_spaces[actions].actions;
    if (!options.reward.empty()) {
      HONE_ASSIGN_OR_RETURN(const size_t reward,
                            index_of(kRewards, options.reward, "reward"));
      env->reward_ = &kRewards[reward];
    }
    for (const std::string& name : options.observations) {
      HONE_ASSIGN_OR_RETURN(const size_t row,
                            index_of(kObserved, name, "observation"));
      env->observed_.push_back(kObserved[row].id);
    }
    env->options_ = std::move(options);
    return std::unique_ptr<Environment>(std::move(env));
  }

  std::string_view name() const override { return name_; }
  const std::vector<std::string>& actions() const override { return actions_; }
  std::vector<NamedSpace> observation_spaces() const override {
    return spaces_.observations;
  }
  std::vector<std::string> reward_spaces() const override {
    std::vector<std::string> names;
    for (const FlagReward& info : kRewards) names.emplace_back(info.name);
    return names;
  }
  const EnvironmentOptions& options() const override { return options_; }

  Result<Step> reset(std::string_view uri) override {
    if (uri.empty() && !builder_)
      return Error(ErrorKind::InvalidArgument,
                   "reset needs a benchmark the first time, such as "
                   "file://PATH");
    if (!uri.empty() && (!builder_ || !builder_->is_of(absolute_uri(uri)))) {
      HONE_ASSIGN_OR_RETURN(
          builder_,
          FlagBuilder::open(*space_, uri, options_.limits.cpu_seconds));
    }
    choices_.assign(space_->options.size(), 0);
    taken_.clear();
    HONE_ASSIGN_OR_RETURN(const auto built, builder_->build({}));
    unit_ = 1;
    if (reward_ != nullptr) {
      HONE_ASSIGN_OR_RETURN(const Value cost, make_value(reward_->cost));
      initial_ = cost_ = number_of(cost);
      if (reward_->unit == Unit::Initial && cost_ > 0) unit_ = cost_;
      if (reward_->unit == Unit::Baseline) {
        HONE_ASSIGN_OR_RETURN(const Value least,
                              make_value(Observed::LoadedBytesOz));
        unit_ = std::max(cost_ - number_of(least), 1.0);
      }
    }
    return finish({});
  }

  Status post_texts(std::vector<std::string> actions) override {
    if (!builder_)
      return Error(ErrorKind::InvalidArgument,
                   "no episode has begun; call reset with a benchmark first");
    posted_ = std::move(actions);
    return {};
  }

  Result<Step> take() override {
    Step step;
    const std::vector<std::string> actions = std::move(posted_);
    posted_.clear();
    for (const std::string& action : actions) {
      Result<Choices> next = after(action);
      if (!next.ok()) {
        step.failures.push_back(next.error().message);
        continue;
      }
      const Choices before = std::exchange(choices_, *std::move(next));
      const Status works = check();
      if (!works.ok() && !loses_action(works.error())) return works.error();
      if (!works.ok()) {
        step.failures.push_back(
            fmt::format("{}: {}", action, works.error().message));
        choices_ = before;
        continue;
      }
      step.changed |= choices_ != before;
      taken_.push_back(action);
    }
    if (reward_ != nullptr) {
      const double now = next_cost_.value_or(cost_);
      step.reward = (cost_ - now) / unit_;
      cost_ = now;
      next_cost_.reset();
    }
    return finish(std::move(step));
  }

  Result<Value> observe(std::string_view space) override {
    if (!builder_)
      return Error(ErrorKind::InvalidArgument,
                   "no episode has begun; call reset with a benchmark first");
    HONE_ASSIGN_OR_RETURN(const size_t row,
                          index_of(kObserved, space, "observation"));
    return make_value(kObserved[row].id);
  }

  Result<double> reward_in(std::string_view space) override {
    HONE_ASSIGN_OR_RETURN(const size_t row,
                          index_of(kRewards, space, "reward"));
    if (!builder_)
      return Error(ErrorKind::InvalidArgument,
                   "no episode has begun; call reset with a benchmark first");
    const FlagReward& reward = kRewards[row];
    if (&reward == reward_) return (initial_ - cost_) / unit_;
    HONE_ASSIGN_OR_RETURN(const Value now, make_value(reward.cost));
    const Choices choices =
        std::exchange(choices_, Choices(space_->options.size(), 0));
    const Result<Value> initial = make_value(reward.cost);
    choices_ = choices;
    if (!initial.ok()) return initial.error();
    const double first = number_of(*initial);
    double unit = 1;
    if (reward.unit == Unit::Initial && first > 0) unit = first;
    if (reward.unit == Unit::Baseline) {
      HONE_ASSIGN_OR_RETURN(const Value least,
                            make_value(Observed::LoadedBytesOz));
      unit = std::max(first - number_of(least), 1.0);
    }
    return (first - number_of(now)) / unit;
  }

  Result<std::unique_ptr<Environment>> fork() override {
    return std::unique_ptr<Environment>(new FlagEnvironment(*this));
  }

  Result<Episode> episode() override {
    HONE_ASSIGN_OR_RETURN(const Value state, observe("state"));
    return Episode{.environment = name_,
                   .benchmark = builder_->uri(),
                   .reward_space = options_.reward,
                   .reward = (initial_ - cost_) / unit_,
                   .state = std::get<std::string>(state),
                   .actions = taken_};
  }

 private:
  FlagEnvironment() = default;
  FlagEnvironment(const FlagEnvironment&) = default;

  std::vector<std::string> words() const {
    return space_->command_line(choices_);
  }

  // Compiles, and runs where the program's time is the cost: what fails is
  // lost.
  Status check() {
    HONE_ASSIGN_OR_RETURN(const auto built, builder_->build(words()));
    if (reward_ == nullptr) return {};
    HONE_ASSIGN_OR_RETURN(const Value cost, make_value(reward_->cost));
    next_cost_ = number_of(cost);
    return {};
  }

  Result<Step> finish(Step step) {
    for (const Observed what : observed_) {
      HONE_ASSIGN_OR_RETURN(Value value, make_value(what));
      step.observations.push_back(std::move(value));
    }
    return step;
  }

  Result<Choices> after(const std::string& action) const {
    Choices next = choices_;
    if (action.starts_with("choices=")) return all_choices(action);
    const size_t colon = action.find(':');
    const std::string verb = action.substr(0, colon);
    if (colon != std::string::npos &&
        (verb == "default" || verb == "next" || verb == "previous")) {
      HONE_ASSIGN_OR_RETURN(
          const size_t option,
          index_of(space_->options, action.substr(colon + 1), "option"));
      const auto most =
          static_cast<int64_t>(space_->options[option].choices.size()) - 1;
      next[option] = verb == "default" ? 0
                     : verb == "next"  ? std::min(next[option] + 1, most)
                                       : std::max<int64_t>(next[option] - 1, 0);
      return next;
    }
    for (size_t i = 0; i < space_->options.size() && !action.empty(); ++i) {
      const std::vector<std::string>& known = space_->options[i].choices;
      const auto at = std::find(known.begin(), known.end(), action);
      if (at == known.end()) continue;
      next[i] = at - known.begin();
      return next;
    }
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' is no choice of {}; see hone env spaces "
                             "--environment {} --json",
                             action, space_->program, name_));
  }

  Result<Choices> all_choices(const std::string& action) const {
    Choices next(space_->options.size(), 0);
    const std::vector<std::string> numbers =
        split(std::string_view(action).substr(action.find('=') + 1), ',');
    for (size_t i = 0; i < numbers.size(); ++i) {
      const char* const begin = numbers[i].data();
      const char* const end = begin + numbers[i].size();
      int64_t choice = -1;
      const auto [stopped, error] = std::from_chars(begin, end, choice);
      if (i >= next.size() || error != std::errc() || stopped != end ||
          choice < 0 ||
          choice >= static_cast<int64_t>(space_->options[i].choices.size()))
        return Error(ErrorKind::InvalidArgument,
                     fmt::format("'{}' at place {} is no choice among {} "
                                 "options",
                                 numbers[i], i, next.size()));
      next[i] = choice;
    }
    return next;
  }

  Result<Value> make_value(Observed what) {
    switch (what) {
      case Observed::Assembly:
      case Observed::AssemblyBytes:
      case Observed::InstructionCounts: {
        HONE_ASSIGN_OR_RETURN(std::string text, builder_->assembly(words()));
        if (what == Observed::AssemblyBytes)
          return Value(static_cast<int64_t>(text.size()));
        if (what == Observed::InstructionCounts)
          return instruction_counts(text);
        return Value(std::move(text));
      }
      case Observed::BuildSeconds: {
        HONE_ASSIGN_OR_RETURN(const double seconds,
                              builder_->build_seconds(words()));
        return Value(seconds);
      }
      case Observed::Choices:
        return Value(choices_);
      case Observed::CommandLine:
        return Value(join(words(), " "));
      case Observed::Source:
        return Value(builder_->source());
      case Observed::LoadedBytesOz: {
        HONE_ASSIGN_OR_RETURN(const auto built, builder_->build({"-Oz"}));
        return Value(static_cast<int64_t>(built->sizes.loaded()));
      }
      default:
        return make_from_object(what);
    }
  }

  Result<Value> make_from_object(Observed what) {
    HONE_ASSIGN_OR_RETURN(const auto built, builder_->build(words()));
    switch (what) {
      case Observed::LoadedBytes:
        return Value(static_cast<int64_t>(built->sizes.loaded()));
      case Observed::Object:
        return Value(built->object);
      case Observed::SectionBytes:
        return section_bytes(built->sizes);
      case Observed::State:
        return Value(hash_bytes(built->object).hex());
      default: {
        HONE_ASSIGN_OR_RETURN(const double seconds,
                              time_program({.object = built->object,
                                            .linker = builder_->linker(),
                                            .libraries = builder_->libraries(),
                                            .name = builder_->uri()}));
        return Value(seconds);
      }
    }
  }

  std::string name_;
  EnvironmentOptions options_;
  const FlagSpace* space_ = nullptr;
  EnvironmentSpaces spaces_;
  std::vector<std::string> actions_;
  const FlagReward* reward_ = nullptr;
  std::vector<Observed> observed_;

  std::shared_ptr<FlagBuilder> builder_;  // shared by forks
  Choices choices_;
  std::vector<std::string> taken_;
  std::vector<std::string> posted_;
  std::optional<double> next_cost_;  // of the last action that works
  double initial_ = 0;
  double cost_ = 0;
  double unit_ = 1;
};

Result<EnvironmentSpaces> spaces_of(Compiler compiler) {
  HONE_ASSIGN_OR_RETURN(const FlagSpace* space, flag_space(compiler));
  return spaces_of(*space);
}

}  // namespace

Result<std::unique_ptr<Environment>> make_environment_FlagsClang(
    EnvironmentOptions options) {
  return FlagEnvironment::make(Compiler::Clang, std::move(options));
}
Result<EnvironmentSpaces> spaces_of_FlagsClang() {
  return spaces_of(Compiler::Clang);
}

Result<std::unique_ptr<Environment>> make_environment_FlagsGcc(
    EnvironmentOptions options) {
  return FlagEnvironment::make(Compiler::Gcc, std::move(options));
}
Result<EnvironmentSpaces> spaces_of_FlagsGcc() {
  return spaces_of(Compiler::Gcc);
}

}  // namespace hone::env
