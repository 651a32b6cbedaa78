// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/minimize.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace hone::env {

namespace {

class Minimizer {
 public:
  Minimizer(std::string_view stock, EnvironmentOptions options, Keep keep,
            bool always_fresh, const Episode& origin)
      : stock_(stock),
        options_(std::move(options)),
        keep_(keep),
        always_fresh_(always_fresh),
        result_{.episode = origin} {}

  Status start() {
    HONE_ASSIGN_OR_RETURN(std::optional<Episode> found,
                          take(result_.episode.actions));
    const Episode& said = result_.episode;
    if (!found || (!said.state.empty() && found->state != said.state) ||
        (keep_ == Keep::Reward && found->reward != said.reward))
      return Error(
          ErrorKind::Rejected,
          fmt::format("the episode of '{}' does not replay to the reward "
                      "and the state it records; see hone env validate",
                      said.benchmark));
    result_.episode = *std::move(found);
    return {};
  }

  Result<Minimized> run() {
    size_t chunk = std::max<size_t>(1, result_.episode.actions.size() / 2);
    while (!result_.episode.actions.empty()) {
      HONE_ASSIGN_OR_RETURN(const bool dropped, drop_chunks(chunk));
      if (chunk == 1 && !dropped) break;
      chunk = std::max<size_t>(1, chunk / 2);
    }
    const std::vector<std::string>& left = result_.episode.actions;
    result_.left = std::ssize(left) - std::ranges::count(left, stock_);
    return std::move(result_);
  }

 private:
  // From the end, so that what stays in front is a history the worker knows.
  Result<bool> drop_chunks(size_t chunk) {
    bool dropped = false;
    for (size_t end = result_.episode.actions.size(); end > 0;) {
      const size_t begin = end > chunk ? end - chunk : 0;
      std::vector<std::string> fewer = without(begin, end);
      end = begin;
      if (fewer == result_.episode.actions) continue;
      HONE_ASSIGN_OR_RETURN(std::optional<Episode> found,
                            take(std::move(fewer)));
      if (found && stays(*found)) {
        result_.episode = *std::move(found);
        dropped = true;
      }
    }
    return dropped;
  }

  std::vector<std::string> without(size_t begin, size_t end) const {
    std::vector<std::string> fewer = result_.episode.actions;
    // An end that was stock's is dropped already.
    end = std::min(end, fewer.size());
    begin = std::min(begin, end);
    const auto from = fewer.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto to = fewer.begin() + static_cast<std::ptrdiff_t>(end);
    if (stock_.empty()) {
      fewer.erase(from, to);
      return fewer;
    }
    std::fill(from, to, stock_);
    // What is not decided is stock's anyway.
    while (!fewer.empty() && fewer.back() == stock_) fewer.pop_back();
    return fewer;
  }

  // Nothing where an action is lost on the way.
  Result<std::optional<Episode>> take(std::vector<std::string> actions) {
    ++result_.replays;
    if (always_fresh_ || environment_ == nullptr) {
      HONE_ASSIGN_OR_RETURN(
          environment_,
          make_environment(result_.episode.environment, options_));
    }
    HONE_ASSIGN_OR_RETURN(Step last,
                          environment_->reset(result_.episode.benchmark));
    if (!actions.empty()) {
      HONE_ASSIGN_OR_RETURN(last, environment_->step_texts(std::move(actions)));
    }
    if (!last.failures.empty()) return std::optional<Episode>();
    HONE_ASSIGN_OR_RETURN(Episode episode, environment_->episode());
    return std::optional<Episode>(std::move(episode));
  }

  bool stays(const Episode& found) const {
    return keep_ == Keep::Reward ? found.reward == result_.episode.reward
                                 : found.state == result_.episode.state;
  }

  std::string stock_;
  EnvironmentOptions options_;
  Keep keep_;
  bool always_fresh_;
  std::unique_ptr<Environment> environment_;
  Minimized result_;
};

}  // namespace

Result<Keep> find_keep(std::string_view name) {
  if (name == "reward") return Keep::Reward;
  if (name == "state") return Keep::State;
  return Error(ErrorKind::InvalidArgument,
               fmt::format("nothing to keep is called '{}'; expected reward "
                           "or state",
                           name));
}

Result<Minimized> minimize(const Episode& episode, Keep keep,
                           const EnvironmentOptions& options) {
  if (keep == Keep::Reward && is_timed(episode.reward_space))
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("rewards of '{}' are measured and differ from "
                             "run to run; keep the state instead",
                             episode.reward_space));
  if (keep == Keep::Reward && episode.reward_space.empty())
    return Error(ErrorKind::InvalidArgument,
                 "an episode without a reward space has no reward to keep; "
                 "keep the state instead");
  HONE_ASSIGN_OR_RETURN(const EnvironmentInfo* info,
                        find_environment(episode.environment));
  EnvironmentOptions own = options;
  own.reward = episode.reward_space;
  own.observations.clear();
  int64_t replays = 0;
  for (const bool always_fresh : {false, true}) {
    Minimizer minimizer(info->stock, own, keep, always_fresh, episode);
    HONE_RETURN_IF_ERROR(minimizer.start());
    HONE_ASSIGN_OR_RETURN(Minimized least, minimizer.run());
    HONE_ASSIGN_OR_RETURN(const Validation again,
                          validate(least.episode, options));
    least.replays += replays + 1;
    if (again.ok()) return least;
    replays = least.replays;
  }
  return Error(ErrorKind::Rejected,
               fmt::format("the episode of '{}' comes out differently from "
                           "one replay to the next; see hone env validate",
                           episode.benchmark));
}

}  // namespace hone::env
