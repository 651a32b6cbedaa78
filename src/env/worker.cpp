// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/worker.h"

#include <fmt/format.h>

#include <list>
#include <map>
#include <memory>
#include <optional>

#include "base/file.h"
#include "base/subprocess.h"
#include "env/evaluation.h"
#include "env/isolate.h"
#include "program/assembly.h"
#include "program/module.h"

namespace hone::env {

namespace {

using program::Assembly;
using program::Module;
using program::Recipe;

// Bytes of intermediate results kept for later recipes, of each kind.
constexpr size_t kKeptBytes = size_t{256} << 20;

// What a child made: the bitcode after a recipe's stages, or the assembly of
// one compile of it.
struct Product {
  Outcome outcome = Outcome::Ok;
  std::string failure;
  Json facts;
  std::string text;
  double cpu_seconds = 0;
};

Result<std::pair<Json, std::string>> take_apart(const std::string& answer) {
  const size_t end = answer.find('\n');
  HONE_ASSIGN_OR_RETURN(Json head,
                        parse_json(answer.substr(0, end), "an answer"));
  return std::pair(std::move(head), end == std::string::npos
                                        ? std::string()
                                        : answer.substr(end + 1));
}

Product product_of(const Isolated& done) {
  Product product{.outcome = done.outcome,
                  .failure = done.failure,
                  .cpu_seconds = done.cpu_seconds};
  if (done.outcome != Outcome::Ok) return product;
  Result<std::pair<Json, std::string>> parts = take_apart(done.answer);
  HONE_CHECK(parts.ok());
  product.facts = std::move(parts->first);
  product.text = std::move(parts->second);
  return product;
}

// The most recently used products, up to a number of bytes.
class Cache {
 public:
  std::shared_ptr<const Product> find(const Hash128& key) {
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      // A killed run is no verdict: the next request tries again.
      if (entry->first != key || entry->second->outcome == Outcome::Killed)
        continue;
      entries_.splice(entries_.begin(), entries_, entry);
      return entries_.front().second;
    }
    return nullptr;
  }
  std::shared_ptr<const Product> add(const Hash128& key, Product product) {
    bytes_ += product.text.size();
    entries_.emplace_front(key, std::make_shared<Product>(std::move(product)));
    while (bytes_ > kKeptBytes && entries_.size() > 1) {
      bytes_ -= entries_.back().second->text.size();
      entries_.pop_back();
    }
    return entries_.front().second;
  }

 private:
  std::list<std::pair<Hash128, std::shared_ptr<const Product>>> entries_;
  size_t bytes_ = 0;
};

// Header and bitcode share one answer: a line of JSON, then the bytes.
Result<std::string> optimise(const std::string& bitcode, const Recipe& recipe,
                             program::Relocation relocation) {
  HONE_RETURN_IF_ERROR(program::set_llvm_options(recipe.pass_options));
  std::string at = bitcode;
  std::optional<Module> module;
  if (!recipe.early_attributes.empty()) {
    HONE_ASSIGN_OR_RETURN(Module early, Module::parse(at, "the module"));
    HONE_RETURN_IF_ERROR(early.set_attributes(recipe.early_attributes));
    HONE_RETURN_IF_ERROR(early.verify());
    at = early.bitcode();
  }
  for (const program::Stage& stage : recipe.stages) {
    // Between stages the module goes through bitcode, as between commands.
    Result<Module> parsed = Module::parse(at, "the module");
    if (!parsed.ok()) return std::move(parsed).error();
    module.emplace(*std::move(parsed));
    HONE_RETURN_IF_ERROR(module->run(stage.pipeline, relocation));
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

// Sizes of the object that an assembly text makes, with each function's data.
Result<program::ObjectSizes> measure_assembly(const std::string& assembly,
                                              const program::BuildMode& mode) {
  HONE_ASSIGN_OR_RETURN(const std::string object,
                        program::assemble(assembly, mode));
  HONE_ASSIGN_OR_RETURN(program::ObjectSizes sizes,
                        program::measure_object(object, "the object"));
  const Result<Assembly> parsed = Assembly::parse(assembly);
  if (!parsed.ok()) return sizes;
  for (program::FunctionSize& function : sizes.functions)
    if (const program::AssemblyBlock* block = parsed->find(function.name))
      function.data = block->data_bytes;
  return sizes;
}

// The sizes as a line of JSON, then the assembly they were measured from.
Result<std::string> generate(const std::string& bitcode, const Recipe& recipe,
                             const program::BuildMode& mode, bool as_assembly) {
  HONE_RETURN_IF_ERROR(program::set_llvm_options(recipe.codegen_options));
  Result<Module> module = Module::parse(bitcode, "the module");
  if (!module.ok()) return std::move(module).error();
  HONE_RETURN_IF_ERROR(module->set_attributes(recipe.attributes));
  HONE_RETURN_IF_ERROR(module->verify());
  if (!as_assembly) {
    HONE_ASSIGN_OR_RETURN(const std::string object,
                          (*std::move(module)).emit_object(mode));
    HONE_ASSIGN_OR_RETURN(const program::ObjectSizes sizes,
                          program::measure_object(object, "the object"));
    return to_text(program::to_json(sizes)) + "\n";
  }
  HONE_ASSIGN_OR_RETURN(const std::string assembly,
                        (*std::move(module)).emit_assembly(mode));
  HONE_ASSIGN_OR_RETURN(const program::ObjectSizes sizes,
                        measure_assembly(assembly, mode));
  return to_text(program::to_json(sizes)) + "\n" + assembly;
}

Result<std::string> describe_module(const std::string& bitcode) {
  HONE_ASSIGN_OR_RETURN(const Module module,
                        Module::parse(bitcode, "the module"));
  Json functions = Json::array();
  for (const program::FunctionFacts& facts : module.functions())
    functions.push_back(to_json(facts));
  return to_text(Json{{"functions", functions},
                      {"unsafe_knobs", module.unsafe_knobs()},
                      {"module_assembly", module.has_module_assembly()}});
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
    return product_of(done).facts;
  }

  std::shared_ptr<const Product> optimised(const Recipe& recipe,
                                           const program::BuildMode& mode) {
    Recipe stages_only;
    stages_only.early_attributes = recipe.early_attributes;
    stages_only.stages = recipe.stages;
    stages_only.pass_options = recipe.pass_options;
    const std::string parts[] = {input_.hex(),
                                 program::recipe_key(stages_only).hex()};
    const Hash128 key = hash_parts(parts);
    if (auto found = optimised_.find(key)) return found;
    return optimised_.add(key, product_of(run_isolated(limits_, [&] {
                            return optimise(bitcode_, recipe, mode.relocation);
                          })));
  }

  // One compile of a recipe without alternatives.
  std::shared_ptr<const Product> generated(const Recipe& recipe,
                                           const program::BuildMode& mode,
                                           bool as_assembly) {
    const std::shared_ptr<const Product> state = optimised(recipe, mode);
    if (state->outcome != Outcome::Ok) return state;
    // Keyed by the state, not by the recipe: pipelines that end in the same
    // module share their compiles.
    Recipe code;
    code.attributes = recipe.attributes;
    code.codegen_options = recipe.codegen_options;
    const std::string parts[] = {
        state->facts.value("state", ""), program::recipe_key(code).hex(),
        to_text(program::to_json(mode)), as_assembly ? "s" : "o"};
    const Hash128 key = hash_parts(parts);
    if (auto found = generated_.find(key)) return found;
    return generated_.add(key, product_of(run_isolated(limits_, [&] {
                            return generate(state->text, recipe, mode,
                                            as_assembly);
                          })));
  }

  Product composed(const Recipe& recipe, const program::BuildMode& mode) {
    Recipe base = recipe;
    base.alternatives.clear();
    base.chosen.clear();
    Product result;
    std::vector<Assembly> assemblies;
    std::map<size_t, size_t> place;  // alternative to index of `others`
    const auto compile = [&](const Recipe& one) {
      const std::shared_ptr<const Product> made =
          generated(one, mode, /*as_assembly=*/true);
      result.outcome = made->outcome;
      result.failure = made->failure;
      if (made->outcome != Outcome::Ok) return false;
      Result<Assembly> parsed = Assembly::parse(made->text);
      if (!parsed.ok()) {
        result.outcome = Outcome::Invalid;
        result.failure = parsed.error().message;
        return false;
      }
      assemblies.push_back(*std::move(parsed));
      return true;
    };
    if (!compile(base)) return result;
    std::map<std::string, size_t> chosen;
    for (const auto& [function, index] : recipe.chosen) {
      if (!place.contains(index)) {
        if (!compile(program::recipe_of(recipe, recipe.alternatives[index])))
          return result;
        place.emplace(index, assemblies.size() - 2);
      }
      chosen.emplace(function, place.at(index));
    }
    std::vector<const Assembly*> others;
    for (size_t i = 1; i < assemblies.size(); ++i)
      others.push_back(&assemblies[i]);
    const std::string text =
        program::render(program::splice(assemblies.front(), others, chosen),
                        assemblies.front(), others);
    return product_of(run_isolated(limits_, [&]() -> Result<std::string> {
      HONE_ASSIGN_OR_RETURN(const program::ObjectSizes sizes,
                            measure_assembly(text, mode));
      return to_text(program::to_json(sizes)) + "\n";
    }));
  }

  Result<Json> evaluate(const Json& request) {
    HONE_ASSIGN_OR_RETURN(const Recipe recipe,
                          program::recipe_from_json(request["recipe"]));
    HONE_ASSIGN_OR_RETURN(const program::BuildMode mode,
                          program::build_mode_from_json(request["mode"]));
    const std::shared_ptr<const Product> state = optimised(recipe, mode);
    Json result = {{"outcome", outcome_name(state->outcome)},
                   {"failure", state->failure},
                   {"instructions", 0},
                   {"state", Hash128().hex()},
                   {"cpu_seconds", state->cpu_seconds},
                   {"sizes", program::to_json(program::ObjectSizes{})},
                   {"functions", Json::array()}};
    if (state->outcome != Outcome::Ok) return result;
    result.update(state->facts);
    if (!request.value("emit", true)) return result;
    const bool as_assembly = request.value("assembly", false);
    const Product code = recipe.chosen.empty()
                             ? *generated(recipe, mode, as_assembly)
                             : composed(recipe, mode);
    result["cpu_seconds"] = state->cpu_seconds + code.cpu_seconds;
    result["outcome"] = outcome_name(code.outcome);
    result["failure"] = code.failure;
    if (code.outcome == Outcome::Ok) result["sizes"] = code.facts;
    return result;
  }

  std::string path_;
  std::string bitcode_;
  Hash128 input_;
  IsolationLimits limits_;
  Cache optimised_;
  Cache generated_;
};

}  // namespace

int serve_worker(int input, int output) {
  Worker worker;
  while (true) {
    const Result<std::string> frame = read_frame(input);
    if (!frame.ok()) return 0;
    const Result<Json> answer = worker.answer(*frame);
    const Json sent = answer.ok()
                          ? *answer
                          : Json{{"error", error_name(answer.error().kind)},
                                 {"message", answer.error().message}};
    if (!write_frame(output, to_text(sent)).ok()) return 1;
  }
}

}  // namespace hone::env
