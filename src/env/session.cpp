// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/session.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "base/file.h"
#include "base/subprocess.h"
#include "env/crew.h"
#include "env/repro.h"
#include "program/derivation.h"

namespace hone::env {

namespace {

using program::Recipe;

// Of what all else hangs on, where a worker is killed: a busy machine is no
// property of the module.
constexpr int kStockTries = 4;

// The kill limit: what the stock evaluation took, and ample headroom, because
// some passes are slow on some modules and a kill is not a verdict.
constexpr double kHeadroom = 10;
constexpr double kLeastCpuSeconds = 20;

Result<Json> ask(Child& worker, const Json& request, double seconds,
                 std::stop_token stop) {
  HONE_RETURN_IF_ERROR(worker.send(to_text(request)));
  HONE_ASSIGN_OR_RETURN(const std::string frame, worker.receive(seconds, stop));
  HONE_ASSIGN_OR_RETURN(Json answer, parse_json(frame, "a worker's answer"));
  if (answer.contains("error"))
    return Error(ErrorKind::Malformed, answer.value("message", ""));
  return answer;
}

Result<Child> spawn_worker() {
  HONE_ASSIGN_OR_RETURN(const std::filesystem::path path, find_worker());
  return Child::spawn({.argv = {path.string()}});
}

Evaluation failed(Outcome outcome, std::string failure) {
  return {.outcome = outcome, .failure = std::move(failure)};
}

}  // namespace

struct Session::State {
  const program::Toolchain* tools = nullptr;
  program::Toolchain tools_storage;
  Subject subject;
  SessionOptions options;
  Evaluation stock;
  bool by_commands = false;
  std::vector<std::optional<Child>> workers;
  std::optional<Crew> crew;  // worker i is talked to by thread i alone
  std::mutex mutex;
  SessionCounts counts;
  std::vector<std::string> reported;  // kinds of failure with a bundle

  double cpu_limit() const {
    return std::max(kLeastCpuSeconds, kHeadroom * subject.stock_cpu_seconds);
  }
  bool emits() const { return subject.protocol != program::Protocol::Paper; }

  store::Row row_for(const Recipe& recipe) const {
    store::Row row;
    row.input = subject.input;
    row.recipe = to_text(program::to_json(recipe));
    Json mode = program::to_json(subject.mode);
    // Flags of the front end have had their effect on the input already.
    mode.erase("flags");
    mode["emit"] = emits();
    mode["by_commands"] = by_commands;
    row.mode = to_text(mode);
    row.compiler = tools->version;
    row.metric_version = kMetricVersion;
    const std::string parts[] = {row.input.hex(), row.recipe, row.mode,
                                 row.compiler,
                                 std::to_string(row.metric_version)};
    row.key = hash_parts(parts);
    return row;
  }

  std::optional<Evaluation> look_up(const store::Row& row) {
    if (options.store == nullptr) return std::nullopt;
    Result<std::optional<store::Row>> found = options.store->find(row.key);
    if (!found.ok() || !*found || !(*found)->final) return std::nullopt;
    const Result<Json> json = parse_json((*found)->result, "a stored result");
    if (!json.ok()) return std::nullopt;
    Result<Evaluation> evaluation = evaluation_from_json(*json);
    if (!evaluation.ok()) return std::nullopt;
    evaluation->from_store = true;
    return *std::move(evaluation);
  }

  Evaluation ask_worker(size_t index, const Recipe& recipe) {
    std::optional<Child>& worker = workers[index];
    if (!worker) {
      Result<Child> spawned = spawn_worker();
      if (!spawned.ok())
        return failed(Outcome::Killed, spawned.error().message);
      worker.emplace(*std::move(spawned));
    }
    const double cpu_seconds = cpu_limit();
    const Json request = {{"do", "evaluate"},
                          {"bitcode", subject.bitcode.string()},
                          {"recipe", program::to_json(recipe)},
                          {"mode", program::to_json(subject.mode)},
                          {"emit", emits()},
                          {"assembly", subject.can_splice},
                          {"cpu_seconds", cpu_seconds}};
    // The worker enforces its limits itself; this one is for a lost worker.
    const Result<Json> answer =
        ask(*worker, request, cpu_seconds * 25, options.stop);
    if (!answer.ok()) {
      worker.reset();
      return failed(Outcome::Killed,
                    fmt::format("killed({})", answer.error().message));
    }
    Result<Evaluation> evaluation = evaluation_from_json(*answer);
    if (!evaluation.ok())
      return failed(Outcome::Crashed, evaluation.error().message);
    return *std::move(evaluation);
  }

  Evaluation by_the_commands(const Recipe& recipe) {
    Result<TempDir> folder = TempDir::make();
    if (!folder.ok()) return failed(Outcome::Killed, folder.error().message);
    if (Status copied =
            hone::copy_file(subject.bitcode, folder->path() / "input.bc");
        !copied.ok())
      return failed(Outcome::Killed, copied.error().message);
    Result<program::Derivation> derivation = program::derive(
        *tools, recipe, subject.mode, program::OutputForm::Object);
    if (!derivation.ok())
      return failed(Outcome::Invalid, derivation.error().message);
    const Result<std::filesystem::path> object = program::execute(
        *derivation, folder->path(), cpu_limit(), options.stop);
    if (!object.ok()) {
      const ErrorKind kind = object.error().kind;
      return failed(kind == ErrorKind::Crashed      ? Outcome::Crashed
                    : kind == ErrorKind::ToolFailed ? Outcome::Invalid
                                                    : Outcome::Killed,
                    object.error().message);
    }
    Result<program::ObjectSizes> sizes = program::measure_object_file(*object);
    if (!sizes.ok()) return failed(Outcome::Malformed, sizes.error().message);
    Evaluation evaluation;
    evaluation.sizes = *std::move(sizes);
    return evaluation;
  }

  Evaluation evaluate_one(size_t index, const Recipe& recipe) {
    const store::Row row = row_for(recipe);
    if (std::optional<Evaluation> known = look_up(row)) {
      const std::lock_guard lock(mutex);
      ++counts.from_store;
      return *std::move(known);
    }
    if (options.stop.stop_requested())
      return failed(Outcome::Killed, "interrupted");
    Evaluation evaluation = run(index, recipe);
    // Once more: a busy machine or a full disk is no property of the recipe.
    if (evaluation.outcome == Outcome::Killed && !options.stop.stop_requested())
      evaluation = run(index, recipe);
    if (options.stop.stop_requested() && evaluation.outcome == Outcome::Killed)
      return evaluation;
    keep(row, recipe, evaluation);
    return evaluation;
  }

  Evaluation run(size_t index, const Recipe& recipe) {
    Evaluation evaluation = ask_worker(index, recipe);
    if (by_commands && evaluation.ok()) {
      Evaluation emitted = by_the_commands(recipe);
      evaluation.outcome = emitted.outcome;
      evaluation.failure = std::move(emitted.failure);
      evaluation.sizes = std::move(emitted.sizes);
    }
    return evaluation;
  }

  // Sets `stock` and `by_commands`; see Session::open.
  Status calibrate() {
    const Recipe recipe = program::stock_recipe(subject.level);
    for (const bool commands : {false, true}) {
      by_commands = commands;
      if (std::optional<Evaluation> known = look_up(row_for(recipe))) {
        stock = *std::move(known);
        subject.stock_cpu_seconds = stock.cpu_seconds;
        return {};
      }
    }
    by_commands = false;
    crew->run([&](size_t index) {
      if (index != 0) return;
      // All else hangs on it, so it gets more tries than a recipe.
      for (int tries = 0; tries < kStockTries; ++tries) {
        stock = run(index, recipe);
        if (stock.outcome != Outcome::Killed || options.stop.stop_requested())
          break;
      }
    });
    if (!stock.ok())
      return Error(ErrorKind::ToolFailed,
                   fmt::format("the stock pipeline fails on '{}': {}",
                               subject.bitcode.string(), stock.failure));
    subject.stock_cpu_seconds = stock.cpu_seconds;
    if (emits()) {
      Evaluation emitted = by_the_commands(recipe);
      if (!emitted.ok())
        return Error(ErrorKind::ToolFailed, std::move(emitted.failure));
      by_commands = !subject.mode.unusual.empty() ||
                    !program::same_sections(emitted.sizes, stock.sizes);
      if (by_commands) stock.sizes = std::move(emitted.sizes);
    }
    keep(row_for(recipe), recipe, stock);
    return {};
  }

  void keep(store::Row row, const Recipe& recipe,
            const Evaluation& evaluation) {
    row.final = evaluation.outcome != Outcome::Killed;
    row.result = to_text(to_json(evaluation));
    // A store that cannot be written costs reuse, not the user's run.
    if (options.store != nullptr) (void)options.store->insert(row);
    const std::lock_guard lock(mutex);
    ++counts.evaluated;
    if (evaluation.ok()) return;
    ++counts.failed;
    if (options.failures.empty() || evaluation.outcome == Outcome::Invalid)
      return;
    const std::string kind = failure_kind(evaluation);
    if (std::find(reported.begin(), reported.end(), kind) != reported.end())
      return;
    reported.push_back(kind);
    (void)write_repro(*tools, subject, recipe, evaluation, options.failures);
  }
};

namespace {

// The executable, or the shared library that this code has been linked into.
std::filesystem::path own_binary() {
  Dl_info binary;
  const uint64_t program = ::getauxval(AT_PHDR);  // lies in the executable
  const uint64_t page = ~uint64_t{0xfff};
  if (::dladdr(reinterpret_cast<void*>(&find_worker), &binary) != 0 &&
      reinterpret_cast<uint64_t>(binary.dli_fbase) != (program & page))
    return binary.dli_fname;
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error);
}

}  // namespace

Result<std::filesystem::path> find_worker() {
  const char* own = std::getenv("HONE_WORKER");
  if (own != nullptr && *own != '\0') return std::filesystem::path(own);
  const std::filesystem::path self = own_binary();
  const auto folder = self.parent_path();
  for (const auto& path : {folder / "hone-worker",
                           folder.parent_path() / "libexec/hone/hone-worker"})
    if (::access(path.c_str(), X_OK) == 0) return path;
  return Error(ErrorKind::NotFound,
               fmt::format("hone-worker is not beside '{}'; install both, or "
                           "set HONE_WORKER",
                           self.string()));
}

namespace {

// By a worker of its own, and by another one where that is killed.
Result<Json> ask_for_description(const Subject& subject) {
  const Json request = {{"do", "describe"},
                        {"bitcode", subject.bitcode.string()}};
  Result<Json> answer = Error(ErrorKind::Crashed, "not asked");
  for (int tries = 0; tries < kStockTries; ++tries) {
    HONE_ASSIGN_OR_RETURN(Child worker, spawn_worker());
    answer = ask(worker, request, 600, {});
    if (answer.ok() || answer.error().kind == ErrorKind::Malformed) break;
  }
  return answer;
}

}  // namespace

Status describe_subject(Subject& subject) {
  HONE_ASSIGN_OR_RETURN(const Json answer, ask_for_description(subject));
  for (const Json& row : answer["functions"]) {
    HONE_ASSIGN_OR_RETURN(program::FunctionFacts facts,
                          function_facts_from_json(row));
    subject.functions.push_back(std::move(facts));
  }
  for (const auto& [knob, why] : answer["unsafe_knobs"].items())
    subject.unsafe_knobs[knob] = why.get<std::string>();
  HONE_ASSIGN_OR_RETURN(const bool assembly,
                        json_boolean(answer, "module_assembly"));
  subject.can_splice = subject.can_splice && !assembly;
  return {};
}

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(const program::Toolchain& tools,
                                               Subject subject,
                                               SessionOptions options) {
  HONE_CHECK(options.jobs > 0);
  auto state = std::make_unique<State>();
  state->tools_storage = tools;
  state->tools = &state->tools_storage;
  state->subject = std::move(subject);
  state->options = std::move(options);
  state->workers.resize(static_cast<size_t>(state->options.jobs));
  state->crew.emplace(state->workers.size());
  // Without the session's own limit yet: the stock compile sets it.
  state->subject.stock_cpu_seconds = 60;
  HONE_RETURN_IF_ERROR(state->calibrate());
  return std::unique_ptr<Session>(new Session(std::move(state)));
}

const Subject& Session::subject() const { return state_->subject; }
const Evaluation& Session::stock() const { return state_->stock; }
bool Session::goes_by_commands() const { return state_->by_commands; }
SessionCounts Session::counts() const { return state_->counts; }

std::vector<Evaluation> Session::evaluate(std::span<const Recipe> recipes) {
  std::vector<Evaluation> evaluations(recipes.size());
  std::atomic<size_t> next = 0;
  state_->crew->run([&](size_t index) {
    for (size_t i = next++; i < recipes.size(); i = next++)
      evaluations[i] = state_->evaluate_one(index, recipes[i]);
  });
  return evaluations;
}

}  // namespace hone::env
