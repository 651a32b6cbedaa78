// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/worker.h"

#include <fmt/format.h>

#include <list>
#include <optional>


#include "base/file.h"
#include "base/subprocess.h"
#include "env/evaluation.h"
#include "env/isolate.h"
#include "program/module.h"

namespace hone::env {

namespace {

using program::Module;
using program::Recipe;

// Optimised bitcode kept for later recipes with the same stages.
constexpr size_t kKeptBytes = size_t{256} << 20;

// The module after a recipe's stages.
struct Optimised {
  Outcome outcome = Outcome::Ok;
  std::string failure;
  std::string bitcode;
  Json facts;  // instructions, state, functions
  double cpu_seconds = 0;
};

class Cache {
 public:
  const Optimised* find(const Hash128& key) {
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      // A killed run is no verdict: the next request tries again.
      if (entry->first != key || entry->second.outcome == Outcome::Killed)
        continue;
      entries_.splice(entries_.begin(), entries_, entry);
      return &entry->second;
    }
    return nullptr;
  }
  const Optimised& add(const Hash128& key, Optimised value) {
    bytes_ += value.bitcode.size();
    entries_.emplace_front(key, std::move(value));
    while (bytes_ > kKeptBytes && entries_.size() > 1) {
      bytes_ -= entries_.back().second.bitcode.size();
      entries_.pop_back();
    }
    return entries_.front().second;
  }

 private:
  std::list<std::pair<Hash128, Optimised>> entries_;
  size_t bytes_ = 0;
};

// Header and bitcode share one answer: a line of JSON, then the bytes.
Result<std::string> optimise(const std::string& bitcode, const Recipe& recipe) {
  HONE_RETURN_IF_ERROR(program::set_llvm_options(recipe.pass_options));
  std::string at = bitcode;
  std::optional<Module> module;
  for (const program::Stage& stage : recipe.stages) {
    // Between stages the module goes through bitcode, as between commands.
    Result<Module> parsed = Module::parse(at, "the module");
    if (!parsed.ok()) return std::move(parsed).error();
    module.emplace(*std::move(parsed));
    HONE_RETURN_IF_ERROR(module->run(stage.pipeline));
    HONE_RETURN_IF_ERROR(module->verify());
    at = module->bitcode();
  }
  if (!module) {
    Result<Module> parsed = Module::parse(at, "the module");
    if (!parsed.ok()) return std::move(parsed).error();
    module.emplace(*std::move(parsed));
  }
  Json functions = Json::array();
  for (const program::FunctionFacts& facts : module->functions())
    functions.push_back(to_json(facts));
  const Json facts = {{"instructions", module->instruction_count()},
                      {"state", hash_bytes(at).hex()},
                      {"functions", functions}};
  return to_text(facts) + "\n" + at;
}

// The sizes as a line of JSON, then the object.
Result<std::string> generate(const std::string& bitcode, const Recipe& recipe,
                             const program::BuildMode& mode) {
  HONE_RETURN_IF_ERROR(program::set_llvm_options(recipe.codegen_options));
  Result<Module> module = Module::parse(bitcode, "the module");
  if (!module.ok()) return std::move(module).error();
  HONE_RETURN_IF_ERROR(module->set_attributes(recipe.attributes));
  HONE_RETURN_IF_ERROR(module->verify());
  HONE_ASSIGN_OR_RETURN(const std::string object,
                        (*std::move(module)).emit_object(mode));
  HONE_ASSIGN_OR_RETURN(const program::ObjectSizes sizes,
                        program::measure_object(object, "the object"));
  return to_text(program::to_json(sizes)) + "\n" + object;
}

Result<std::string> describe_module(const std::string& bitcode) {
  HONE_ASSIGN_OR_RETURN(const Module module,
                        Module::parse(bitcode, "the module"));
  Json functions = Json::array();
  for (const program::FunctionFacts& facts : module.functions())
    functions.push_back(to_json(facts));
  return to_text(Json{{"functions", functions},
                      {"unsafe_knobs", module.unsafe_knobs()}});
}

struct Parts {
  Json head;
  std::string body;
};

Result<Parts> take_apart(const std::string& answer) {
  const size_t end = answer.find('\n');
  HONE_ASSIGN_OR_RETURN(Json head,
                        parse_json(answer.substr(0, end), "an answer"));
  return Parts{std::move(head),
               end == std::string::npos ? "" : answer.substr(end + 1)};
}

class Worker {
 public:
  Result<Json> answer(const std::string& frame) {
    HONE_ASSIGN_OR_RETURN(const Json request, parse_json(frame, "a request"));
    HONE_ASSIGN_OR_RETURN(const std::string verb, json_string(request, "do"));
    HONE_ASSIGN_OR_RETURN(const std::string path,
                          json_string(request, "bitcode"));
    HONE_RETURN_IF_ERROR(load(path));
    limits_.cpu_seconds = request.value("cpu_seconds", 600.0);
    limits_.memory_bytes = request.value("memory", limits_.memory_bytes);
    if (verb == "describe") return describe();
    if (verb == "evaluate") return evaluate(request);
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("a worker cannot '{}'", verb));
  }

 private:
  Status load(const std::string& path) {
    if (path == path_) return {};
    HONE_ASSIGN_OR_RETURN(bitcode_, read_file(path));
    path_ = path;
    input_ = hash_bytes(bitcode_);
    return {};
  }

  Result<Json> describe() {
    const Isolated done =
        run_isolated(limits_, [this] { return describe_module(bitcode_); });
    if (done.outcome != Outcome::Ok)
      return Error(ErrorKind::Malformed, done.failure);
    HONE_ASSIGN_OR_RETURN(Parts parts, take_apart(done.answer));
    return parts.head;
  }

  const Optimised& optimised(const Recipe& recipe) {
    Recipe stages_only;
    stages_only.stages = recipe.stages;
    stages_only.pass_options = recipe.pass_options;
    const std::string parts[] = {input_.hex(),
                                 program::recipe_key(stages_only).hex()};
    const Hash128 key = hash_parts(parts);
    if (const Optimised* found = cache_.find(key)) return *found;
    const Isolated done = run_isolated(
        limits_, [&] { return optimise(bitcode_, recipe); });
    Optimised result{.outcome = done.outcome,
                     .failure = done.failure,
                     .cpu_seconds = done.cpu_seconds};
    if (done.outcome == Outcome::Ok) {
      Result<Parts> parts = take_apart(done.answer);
      HONE_CHECK(parts.ok());
      result.facts = std::move(parts->head);
      result.bitcode = std::move(parts->body);
    }
    return cache_.add(key, std::move(result));
  }

  Result<Json> evaluate(const Json& request) {
    HONE_ASSIGN_OR_RETURN(const Recipe recipe,
                          program::recipe_from_json(request["recipe"]));
    HONE_ASSIGN_OR_RETURN(const program::BuildMode mode,
                          program::build_mode_from_json(request["mode"]));
    const Optimised& state = optimised(recipe);
    Json result = {{"outcome", outcome_name(state.outcome)},
                   {"failure", state.failure},
                   {"instructions", 0},
                   {"state", Hash128().hex()},
                   {"cpu_seconds", state.cpu_seconds},
                   {"sizes", program::to_json(program::ObjectSizes{})},
                   {"functions", Json::array()}};
    if (state.outcome != Outcome::Ok) return result;
    result.update(state.facts);
    if (!request.value("emit", true)) return result;
    const Isolated done = run_isolated(
        limits_, [&] { return generate(state.bitcode, recipe, mode); });
    result["cpu_seconds"] = state.cpu_seconds + done.cpu_seconds;
    result["outcome"] = outcome_name(done.outcome);
    result["failure"] = done.failure;
    if (done.outcome != Outcome::Ok) return result;
    HONE_ASSIGN_OR_RETURN(Parts parts, take_apart(done.answer));
    result["sizes"] = parts.head;
    const std::string object = request.value("object", "");
    if (!object.empty()) HONE_RETURN_IF_ERROR(write_file(object, parts.body));
    return result;
  }

  std::string path_;
  std::string bitcode_;
  Hash128 input_;
  IsolationLimits limits_;
  Cache cache_;
};

}  // namespace

int serve_worker(int input, int output) {
  Worker worker;
  while (true) {
    const Result<std::string> frame = read_frame(input);
    if (!frame.ok()) return 0;
    const Result<Json> answer = worker.answer(*frame);
    const Json sent =
        answer.ok() ? *answer
                    : Json{{"error", error_name(answer.error().kind)},
                           {"message", answer.error().message}};
    if (!write_frame(output, to_text(sent)).ok()) return 1;
  }
}

}  // namespace hone::env
