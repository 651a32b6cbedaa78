// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Search proposes, a fresh process decides: whatever a search found in its
// workers is derived anew by plain commands, and it is that file which is
// measured, checked and handed over. A finalist that is larger than promised,
// or that fails a check, is dropped for the next; when none is left, the stock
// file is the answer.
#include "toolkit/optimize.h"

#include <fmt/format.h>

#include <chrono>

#include "base/file.h"
#include "base/text.h"
#include "env/session.h"
#include "search/search.h"
#include "toolkit/check.h"
#include "toolkit/prepare.h"
#include "toolkit/speed.h"

namespace hone::toolkit {

namespace {

namespace fs = std::filesystem;
using program::Recipe;

// Each costs a derivation and a check.
constexpr size_t kFinalists = 8;

// A derivation's single command may take this long.
constexpr double kCommandSeconds = 600;

struct Derived {
  fs::path object;
  program::ObjectSizes sizes;
  std::string script;
  std::string output;  // bytes in the form asked for
};

std::string level_of(const OptimizeRequest& request) {
  return request.goal == Goal::Speed ? "O3" : "Oz";
}

void say(const OptimizeRequest& request, std::string_view stage) {
  if (request.stage) request.stage(stage);
}

// Whether the functions that are frozen are compiled as the stock recipe
// compiles them.
bool keeps_stock_code(const Recipe& recipe, const search::Space& space) {
  if (!recipe.early_attributes.empty() || !recipe.pass_options.empty() ||
      !recipe.codegen_options.empty() || recipe.stages.size() != 1 ||
      !recipe.stages.front().pipeline.starts_with("default<"))
    return false;
  for (const std::string& function : space.frozen)
    if (recipe.attributes.contains(function) ||
        recipe.chosen.contains(function))
      return false;
  return true;
}

class Run {
 public:
  Run(const OptimizeRequest& request, const program::Toolchain& tools,
      Prepared prepared)
      : request_(request), tools_(tools), prepared_(std::move(prepared)) {}

  Result<OptimizeResult> go() {
    begin_report();
    if (request_.recipe) {
      finalists_ = {*request_.recipe};
    } else if (request_.goal == Goal::Speed) {
      say(request_, "timing candidates");
      HONE_ASSIGN_OR_RETURN(
          finalists_,
          propose_faster(tools_, request_, prepared_, result_.report));
      if (finalists_.size() > kFinalists) finalists_.resize(kFinalists);
    } else {
      HONE_RETURN_IF_ERROR(search());
    }
    HONE_RETURN_IF_ERROR(choose());
    return finish();
  }

 private:
  bool paper() const {
    return prepared_.subject.protocol == program::Protocol::Paper;
  }

  void begin_report() {
    OptimizeReport& report = result_.report;
    std::vector<std::string> names;
    for (const fs::path& path : request_.inputs) names.push_back(path.string());
    report.input = join(names, " ");
    report.input_hash = prepared_.subject.input;
    report.compiler = tools_.version;
    report.mode = prepared_.subject.mode;
    report.protocol = prepared_.subject.protocol;
    report.objective =
        paper() ? env::Objective::Instructions : env::Objective::LoadedBytes;
    report.stock = prepared_.stock;
    report.recipe = program::stock_recipe(prepared_.subject.level);
  }

  Status search() {
    say(request_, "compiling the stock pipeline");
    const Result<std::unique_ptr<env::Session>> opened =
        env::Session::open(tools_, prepared_.subject,
                           {.jobs = request_.jobs,
                            .store = request_.store,
                            .failures = request_.failures,
                            .stop = request_.stop});
    // A pipeline that fails must not cost the user's build: stock's file, which
    // clang has made, is what there is.
    if (!opened.ok()) {
      result_.report.search_failure = opened.error().message;
      return {};
    }
    env::Session* session = opened->get();
    HONE_ASSIGN_OR_RETURN(
        search::Space space,
        search::make_space(session->subject(), session->stock(), request_.tier,
                           prepared_.pipeline));
    std::string name = request_.search;
    if (request_.require == Requirement::Tested) {
      HONE_RETURN_IF_ERROR(freeze_unchecked(space));
      // The one search that leaves the passes alone.
      name = "per-function";
    }
    HONE_ASSIGN_OR_RETURN(const search::SearchInfo* strategy,
                          search::find_search(name));
    OptimizeReport& report = result_.report;
    report.stock_instructions = session->stock().instructions;
    search::Trial trial(*session, report.objective, session->stock(),
                        request_.limits, request_.seed, request_.stop,
                        request_.observer);
    if (request_.require == Requirement::Tested)
      trial.admit_only([&space](const Recipe& recipe) {
        return keeps_stock_code(recipe, space);
      });
    say(request_, "searching");
    strategy->run(trial, space);
    report.stop_reason = trial.stop_reason();
    report.compiles = trial.compiles();
    report.from_store = session->counts().from_store;
    report.failed = session->counts().failed;
    finalists_ = trial.finalists(kFinalists);
    // The stock recipe itself may beat the stock file: opt's pipeline is not
    // quite clang's.
    finalists_.push_back(program::stock_recipe(prepared_.subject.level));
    return {};
  }

  Status prepare_gate() {
    if (gate_) return {};
    say(request_, "preparing the checks");
    HONE_ASSIGN_OR_RETURN(gate_, Gate::make(tools_, request_, prepared_));
    return {};
  }

  // Before the search: what cannot be tested keeps the stock code.
  Status freeze_unchecked(search::Space& space) {
    HONE_RETURN_IF_ERROR(prepare_gate());
    for (const verify::FunctionVerdict& function : gate_->baseline())
      if (function.evidence == verify::Evidence::Unchecked)
        space.frozen.insert(function.name);
    return {};
  }

  Result<Derived> derive(const Recipe& recipe, program::OutputForm form) {
    HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
    HONE_RETURN_IF_ERROR(
        hone::copy_file(prepared_.subject.bitcode, folder.path() / "input.bc"));
    HONE_ASSIGN_OR_RETURN(
        program::Derivation derivation,
        program::derive(tools_, recipe, prepared_.subject.mode, form));
    HONE_ASSIGN_OR_RETURN(
        const fs::path made,
        program::execute(derivation, folder.path(), kCommandSeconds));
    Derived derived;
    HONE_ASSIGN_OR_RETURN(derived.output, read_file(made));
    derived.script = derivation.script();
    if (form != program::OutputForm::Object) return derived;
    HONE_ASSIGN_OR_RETURN(
        derived.sizes, program::measure_object(derived.output, "the result"));
    derived.object = prepared_.folder.path() / "candidate.o";
    HONE_RETURN_IF_ERROR(write_file(derived.object, derived.output));
    return derived;
  }

  // The first finalist that is smaller than stock and passes the gate.
  Status choose() {
    if (paper()) return choose_by_instructions();
    for (const Recipe& recipe : finalists_) {
      Result<Derived> derived = derive(recipe, program::OutputForm::Object);
      if (!derived.ok()) {
        reject(recipe, 0, derived.error().message);
        continue;
      }
      if (request_.goal != Goal::Speed &&
          derived->sizes.loaded() >= prepared_.stock.loaded()) {
        reject(recipe, derived->sizes.loaded(),
               "is no smaller than the stock file");
        continue;
      }
      HONE_ASSIGN_OR_RETURN(const CheckOutcome outcome, check(derived->object));
      if (!outcome.accepted) {
        reject(recipe, derived->sizes.loaded(), outcome.why);
        continue;
      }
      if (request_.goal == Goal::Speed && !is_faster(outcome)) {
        reject(recipe, derived->sizes.loaded(),
               fmt::format("cannot be told from the stock build ({:.3f} to "
                           "{:.3f} times its time)",
                           outcome.times->low, outcome.times->high));
        continue;
      }
      accept(recipe, *std::move(derived), outcome);
      return {};
    }
    return {};
  }

  Status choose_by_instructions() {
    for (const Recipe& recipe : finalists_) {
      Result<Derived> derived = derive(recipe, program::OutputForm::Bitcode);
      if (!derived.ok()) {
        reject(recipe, 0, derived.error().message);
        continue;
      }
      Result<Derived> object = derive(recipe, program::OutputForm::Object);
      if (!object.ok()) {
        reject(recipe, 0, object.error().message);
        continue;
      }
      HONE_ASSIGN_OR_RETURN(const CheckOutcome outcome, check(object->object));
      if (!outcome.accepted) {
        reject(recipe, object->sizes.loaded(), outcome.why);
        continue;
      }
      accept(recipe, *std::move(object), outcome);
      return {};
    }
    return {};
  }

  Result<CheckOutcome> check(const fs::path& candidate) {
    HONE_RETURN_IF_ERROR(prepare_gate());
    say(request_, "checking the result");
    return gate_->check(candidate);
  }

  static bool is_faster(const CheckOutcome& outcome) {
    return outcome.times && outcome.times->high < 1;
  }

  void reject(const Recipe& recipe, uint64_t loaded, std::string why) {
    result_.report.rejected.push_back({recipe, loaded, std::move(why)});
  }

  void accept(const Recipe& recipe, Derived derived,
              const CheckOutcome& outcome) {
    OptimizeReport& report = result_.report;
    report.improved = true;
    report.recipe = recipe;
    report.result = derived.sizes;
    report.functions = outcome.functions;
    report.times = outcome.times;
    report.script = std::move(derived.script);
    object_ = derived.object;
    result_.output = std::move(derived.output);
  }

  Result<OptimizeResult> finish() {
    OptimizeReport& report = result_.report;
    if (!report.improved) {
      report.result = prepared_.stock;
      HONE_ASSIGN_OR_RETURN(result_.output, read_file(prepared_.stock_object));
      object_ = prepared_.stock_object;
    }
    if (request_.form != program::OutputForm::Object) {
      HONE_ASSIGN_OR_RETURN(Derived derived,
                            derive(report.recipe, request_.form));
      result_.output = std::move(derived.output);
      report.script = std::move(derived.script);
    }
    const auto image = [&](const fs::path& object) -> std::optional<Sizes> {
      const std::optional<program::ObjectSizes> sizes = measure_image(
          tools_, prepared_.inputs.front(), prepared_.subject.mode, object);
      if (!sizes) return std::nullopt;
      return Sizes{sizes->loaded(), sizes->text_rodata(), sizes->nobits()};
    };
    report.stock_image = image(prepared_.stock_object);
    if (report.stock_image) report.result_image = image(object_);
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_)
            .count();
    return std::move(result_);
  }

  const OptimizeRequest& request_;
  const program::Toolchain& tools_;
  Prepared prepared_;
  std::chrono::steady_clock::time_point begin_ =
      std::chrono::steady_clock::now();
  std::vector<Recipe> finalists_;
  std::unique_ptr<Gate> gate_;
  fs::path object_;  // of what is handed over
  OptimizeResult result_;
};

}  // namespace

Result<OptimizeResult> optimize(const OptimizeRequest& request) {
  if (request.jobs < 1)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("{} jobs; expected at least 1", request.jobs));
  HONE_ASSIGN_OR_RETURN(const search::SearchInfo* known,
                        search::find_search(request.search));
  (void)known;
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  say(request, "compiling the stock file");
  HONE_ASSIGN_OR_RETURN(
      Prepared prepared,
      prepare(tools, request.inputs, request.flags, request.protocol,
              level_of(request), request.stop));
  return Run(request, tools, std::move(prepared)).go();
}

}  // namespace hone::toolkit
