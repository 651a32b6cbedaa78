// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/module_observer.h"

#include <fmt/format.h>

#include <algorithm>

#include "features/autophase.h"
#include "features/function_properties.h"
#include "features/instcount.h"
#include "features/tokens.h"
#include "program/object_file.h"

namespace hone::env {

namespace {

using program::Module;

constexpr size_t kMostCompiled = 100'000;
constexpr size_t kLargestKept = 1024;

int64_t loaded_of(const program::ObjectSizes& sizes) {
  return static_cast<int64_t>(sizes.loaded());
}

// In whatever order they were set.
std::string with_options(std::string hash,
                         const std::vector<std::string>& options) {
  if (options.empty()) return hash;
  std::vector<std::string> parts = options;
  std::sort(parts.begin(), parts.end());
  parts.push_back(hash);
  return hash_parts(parts).hex();
}

std::string identity_of(const Module& module,
                        const std::vector<std::string>& options) {
  return with_options(module.hash().hex(), options);
}

// What code is generated from: the order of uses too, which no identity holds.
std::string code_key(const Module& module,
                     const std::vector<std::string>& options) {
  return with_options(hash_bytes(module.bitcode()).hex(), options);
}

}  // namespace

const Value* find_seen(const Seen& seen, Observation what) {
  for (const auto& [known, value] : seen)
    if (known == what) return &value;
  return nullptr;
}

bool is_small(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    return text->size() <= kLargestKept;
  if (const auto* reals = std::get_if<std::vector<double>>(&value))
    return reals->size() * sizeof(double) <= kLargestKept;
  return !std::holds_alternative<std::vector<std::string>>(value);
}

Result<Value> ModuleObserver::observe(const Module& module, Observation what,
                                      const std::vector<std::string>& options) {
  switch (what) {
    case Observation::Autophase:
      return Value(features::autophase(module));
    case Observation::Bitcode:
      return Value(module.bitcode());
    case Observation::FunctionProperties:
      return Value(features::function_properties(module));
    case Observation::InstCount:
      return Value(features::instcount(module));
    case Observation::Ir:
      return Value(module.text());
    case Observation::Ir2Vec:
      return embedded(module, features::Ir2VecKind::Symbolic);
    case Observation::Ir2VecFlow:
      return embedded(module, features::Ir2VecKind::FlowAware);
    case Observation::IrInstructions:
      return Value(module.instruction_count());
    case Observation::State:
      return Value(identity_of(module, options));
    case Observation::Tokens:
      return Value(features::tokens(module));
    default:
      return compiled(module, what, options);
  }
}

Result<Value> ModuleObserver::embedded(const Module& module,
                                       features::Ir2VecKind kind) const {
  // The other side asks for it only where it has sent one.
  if (vocabulary_ == nullptr)
    return Error(ErrorKind::Internal, "a worker without a vocabulary");
  return Value(vocabulary_->embed(module, kind));
}

Result<GeneratedCode> ModuleObserver::code_of(
    const Module& module, const std::vector<std::string>& options) const {
  if (!mode_.unusual.empty())
    return Error(ErrorKind::Unsupported,
                 fmt::format("objects cannot be made in process with {}; "
                             "observe bitcode and call clang",
                             mode_.unusual));
  return options.empty() ? generate_code(module, mode_)
                         : generate_code_apart(module, mode_, options);
}

Result<Value> ModuleObserver::compiled(
    const Module& module, Observation what,
    const std::vector<std::string>& options) {
  HONE_RETURN_IF_ERROR(module.verify());
  if (what == Observation::Object || what == Observation::BuildSeconds) {
    HONE_ASSIGN_OR_RETURN(GeneratedCode code, code_of(module, options));
    return what == Observation::Object ? Value(std::move(code.object))
                                       : Value(code.cpu_seconds);
  }
  const std::string key = code_key(module, options);
  if (const Value* value = find_seen(by_state_[key], what)) return *value;
  HONE_ASSIGN_OR_RETURN(const GeneratedCode code, code_of(module, options));
  HONE_ASSIGN_OR_RETURN(const program::ObjectSizes sizes,
                        program::measure_object(code.object, "the object"));
  Json sections = Json::object();
  for (const program::SectionSize& section : sizes.sections)
    sections[section.name] =
        section.bytes + sections.value(section.name, uint64_t{0});
  if (by_state_.size() > kMostCompiled) by_state_.clear();
  Seen& seen = by_state_[key];
  seen.emplace_back(Observation::LoadedBytes, loaded_of(sizes));
  seen.emplace_back(Observation::SectionBytes, to_text(sections));
  return *find_seen(seen, what);
}

Result<Value> ModuleObserver::baseline(const Module& unoptimised,
                                       program::PassRunner& runner,
                                       Observation what) {
  if (const Value* value = find_seen(baselines_, what)) return *value;
  HONE_ASSIGN_OR_RETURN(Value value, make_baseline(unoptimised, runner, what));
  baselines_.emplace_back(what, value);
  return value;
}

Result<Value> ModuleObserver::make_baseline(const Module& unoptimised,
                                            program::PassRunner& runner,
                                            Observation what) {
  const bool is_o3 = what == Observation::IrInstructionsO3 ||
                     what == Observation::LoadedBytesO3 ||
                     what == Observation::ObjectO3;
  Module module = unoptimised.clone();
  if (is_o3) module.forget_size();
  const Result<bool> ran =
      runner.run(module, is_o3 ? "default<O3>" : "default<Oz>");
  if (!ran.ok()) return ran.error();
  if (what == Observation::IrInstructionsO3 ||
      what == Observation::IrInstructionsOz)
    return Value(module.instruction_count());
  HONE_ASSIGN_OR_RETURN(GeneratedCode code, code_of(module, {}));
  if (what == Observation::ObjectO3 || what == Observation::ObjectOz)
    return Value(std::move(code.object));
  HONE_ASSIGN_OR_RETURN(const program::ObjectSizes sizes,
                        program::measure_object(code.object, "the baseline"));
  return Value(loaded_of(sizes));
}

}  // namespace hone::env
