// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The environment `inliner`: what default<Oz> inlines, call site by call site.
//
// The call site at hand is where a run of the pipeline stands still
// (program/inline_run.h). A step lets it go on, which is all that an agent pays
// for that looks at call sites only; a fork or a way back runs from the start
// again. What an episode results in is the module of a run of its own, without
// features, so that nothing depends on where somebody looked.
#include <fmt/format.h>

#include <algorithm>
#include <list>

#include "env/live_decisions.h"
#include "program/inline_run.h"

namespace hone::env {

namespace {

using program::CallSite;
using program::InlineChoice;
using program::InlineRun;

constexpr std::string_view kPipeline = "default<Oz>";
constexpr size_t kMostRuns = 4;  // that stand still, each with a module
constexpr std::string_view kInline = "inline";
constexpr std::string_view kKeep = "keep";

std::vector<InlineChoice> choices_of(const Decisions& taken) {
  std::vector<InlineChoice> choices;
  for (const std::string& decision : taken)
    choices.push_back(decision.empty()      ? InlineChoice::Stock
                      : decision == kInline ? InlineChoice::Inline
                                            : InlineChoice::Keep);
  return choices;
}

class CallDecisions : public DecisionMaker {
 public:
  CallDecisions(program::Module unoptimised, program::Relocation relocation)
      : unoptimised_(std::move(unoptimised)), relocation_(relocation) {}

  const program::Module& unoptimised() const override { return unoptimised_; }

  Result<bool> is_over(const Decisions& taken) override {
    HONE_ASSIGN_OR_RETURN(const CallSite* site, site_after(taken));
    return site == nullptr;
  }

  Result<std::string> decide(const Decisions& taken,
                             std::string_view action) override {
    if (action != "stock" && action != kInline && action != kKeep)
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("'{}' is no decision about a call site; "
                               "expected stock, inline or keep",
                               action));
    HONE_ASSIGN_OR_RETURN(const CallSite* site, site_after(taken));
    if (site == nullptr)
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("all {} call sites have been decided; reset "
                               "the environment",
                               taken.size()));
    const bool agrees = action == "stock" || (action == kInline) == site->stock;
    return agrees ? std::string() : std::string(action);
  }

  Result<Value> offer(const Decisions& taken, Observation what) override {
    HONE_ASSIGN_OR_RETURN(const CallSite* site, site_after(taken));
    if (what == Observation::CallSite)
      return Value(site != nullptr
                       ? site->features
                       : std::vector<int64_t>(
                             program::call_site_feature_names().size(), 0));
    if (what != Observation::CallSiteNames)
      return Error(ErrorKind::Internal, "not of this environment");
    Json json = {{"number", taken.size()}};
    if (site != nullptr) {
      json["caller"] = site->caller;
      json["callee"] = site->callee;
      json["stock"] = site->stock ? kInline : kKeep;
    }
    return Value(to_text(json));
  }

  Result<program::Module> make(const Decisions& taken) override {
    program::Module module = unoptimised_.clone();
    HONE_RETURN_IF_ERROR(program::run_with_choices(
        module, kPipeline, relocation_, choices_of(taken)));
    return module;
  }

 private:
  struct Standing {
    Decisions taken;
    std::unique_ptr<InlineRun> run;
  };

  // nullptr at the end.
  Result<const CallSite*> site_after(const Decisions& taken) {
    const auto leads_here = [&](const Standing& standing) {
      return standing.taken.size() <= taken.size() &&
             std::equal(standing.taken.begin(), standing.taken.end(),
                        taken.begin());
    };
    const auto longest =
        std::max_element(standing_.begin(), standing_.end(),
                         [&](const Standing& a, const Standing& b) {
                           return (leads_here(a) ? a.taken.size() + 1 : 0) <
                                  (leads_here(b) ? b.taken.size() + 1 : 0);
                         });
    if (longest != standing_.end() && leads_here(*longest)) {
      standing_.splice(standing_.begin(), standing_, longest);
      Standing& at = standing_.front();
      for (size_t i = at.taken.size(); i < taken.size(); ++i)
        at.run->decide(choices_of({taken[i]}).front());
      at.taken = taken;
    } else {
      if (standing_.size() == kMostRuns) standing_.pop_back();
      standing_.push_front({.taken = taken,
                            .run = std::make_unique<InlineRun>(
                                unoptimised_.clone(), std::string(kPipeline),
                                relocation_, choices_of(taken))});
    }
    const InlineRun& run = *standing_.front().run;
    HONE_RETURN_IF_ERROR(run.status());
    return run.site();
  }

  program::Module unoptimised_;
  program::Relocation relocation_;
  std::list<Standing> standing_;  // the one used last in front
};

}  // namespace

Result<std::unique_ptr<DecisionMaker>> decide_calls(
    program::Module unoptimised, program::Relocation relocation) {
  return std::unique_ptr<DecisionMaker>(
      std::make_unique<CallDecisions>(std::move(unoptimised), relocation));
}

}  // namespace hone::env
