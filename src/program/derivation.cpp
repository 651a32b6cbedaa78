// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/derivation.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "program/assembly.h"
#include "program/attribute_table.h"

namespace hone::program {

namespace {

constexpr std::string_view kForms[] = {"obj", "asm", "ll", "bc"};
constexpr std::string_view kExtensions[] = {"o", "s", "ll", "bc"};

// Words of a response file; opt splits it at blanks and honours quotes.
std::string response_text(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) text += shell_quote(word) + "\n";
  return text;
}

class Deriver {
 public:
  Deriver(const Toolchain& tools, const BuildMode& mode)
      : tools_(tools), mode_(mode) {}

  void run_passes(const std::string& pipeline,
                  std::span<const std::string> options, std::string& at) {
    std::vector<std::string> argv = {tools_.opt};
    // Without it opt skips what clang does for position-independent code.
    if (mode_.relocation == Relocation::Pic)
      argv.push_back("-relocation-model=pic");
    argv.insert(argv.end(), options.begin(), options.end());
    const std::string next = fmt::format("stage{}.bc", ++stages_);
    argv.insert(argv.end(), {"-passes=" + pipeline, at, "-o", next});
    derivation.steps.push_back({argv, ""});
    at = next;
  }

  // A command of its own after the stages: `default<…>` contains forceattrs
  // too, and would obey the same options at its head.
  Status set_attributes(const std::map<std::string, Attributes>& attributes,
                        std::string& at) {
    if (attributes.empty()) return {};
    std::vector<std::string> words;
    std::string csv;
    for (const auto& [function, settings] : attributes) {
      std::vector<AttributeSetting> list;
      for (const auto& [name, value] : settings) list.push_back({name, value});
      HONE_ASSIGN_OR_RETURN(const ForcedAttributes forced,
                            force_attributes(function, list));
      words.insert(words.end(), forced.options.begin(), forced.options.end());
      for (const std::string& line : forced.csv_lines) csv += line + "\n";
    }
    const std::string stem = fmt::format("attributes{}", ++attributes_);
    derivation.files.push_back({stem + ".txt", response_text(words)});
    std::vector<std::string> argv = {tools_.opt, "-passes=forceattrs",
                                     "@" + stem + ".txt"};
    // forceattrs takes an empty file for a missing one.
    if (!csv.empty()) {
      derivation.files.push_back({stem + ".csv", csv});
      argv.push_back("-forceattrs-csv-path=" + stem + ".csv");
    }
    argv.insert(argv.end(), {at, "-o", stem + ".bc"});
    derivation.steps.push_back({argv, ""});
    at = stem + ".bc";
    return {};
  }

  void generate(std::span<const std::string> options, std::string_view how,
                const std::string& from, const std::string& to) {
    std::vector<std::string> argv = {tools_.clang};
    argv.insert(argv.end(), mode_.codegen_flags.begin(),
                mode_.codegen_flags.end());
    argv.insert(argv.end(),
                {"-Xclang", "-disable-llvm-passes",
                 "-Wno-unused-command-line-argument", std::string(how)});
    for (const std::string& option : options)
      argv.insert(argv.end(), {"-mllvm", option});
    argv.insert(argv.end(), {from, "-o", to});
    derivation.steps.push_back({argv, ""});
  }

  // The assembly files of a recipe with alternatives.
  Status generate_all(const Recipe& recipe, const std::string& optimised,
                      const std::string& base) {
    generate(recipe.codegen_options, "-S", base, "base.s");
    derivation.assemblies = {"base.s"};
    std::map<size_t, size_t> place;
    for (const auto& [function, index] : recipe.chosen) {
      if (!place.contains(index)) {
        const Alternative& alternative = recipe.alternatives[index];
        std::string at = optimised;
        if (!alternative.late_pipeline.empty())
          run_passes(alternative.late_pipeline, recipe.pass_options, at);
        HONE_RETURN_IF_ERROR(set_attributes(alternative.attributes, at));
        const std::string name = fmt::format("alternative{}.s", index);
        generate(alternative.codegen_options, "-S", at, name);
        place.emplace(index, derivation.assemblies.size());
        derivation.assemblies.push_back(name);
      }
      derivation.chosen.emplace(function, place.at(index));
    }
    return {};
  }

  Derivation derivation;

 private:
  const Toolchain& tools_;
  const BuildMode& mode_;
  int stages_ = 0;
  int attributes_ = 0;
};

Result<std::string> join_command(const Derivation& derivation,
                                 const std::filesystem::path& folder) {
  std::vector<Assembly> assemblies;
  for (const std::string& name : derivation.assemblies) {
    HONE_ASSIGN_OR_RETURN(std::string text, read_file(folder / name));
    HONE_ASSIGN_OR_RETURN(Assembly assembly, Assembly::parse(std::move(text)));
    assemblies.push_back(std::move(assembly));
  }
  std::vector<const Assembly*> others;
  for (size_t i = 1; i < assemblies.size(); ++i)
    others.push_back(&assemblies[i]);
  std::map<std::string, size_t> chosen;
  for (const auto& [function, file] : derivation.chosen)
    chosen.emplace(function, file - 1);
  return sed_command(splice(assemblies.front(), others, chosen),
                     derivation.assemblies, "output.s");
}

}  // namespace

std::string_view output_form_name(OutputForm form) {
  return kForms[static_cast<size_t>(form)];
}

Result<OutputForm> parse_output_form(std::string_view name) {
  for (size_t i = 0; i < std::size(kForms); ++i)
    if (kForms[i] == name) return static_cast<OutputForm>(i);
  return Error(ErrorKind::InvalidArgument,
               fmt::format("'{}' is no form of output; expected one of {}",
                           name, fmt::join(kForms, ", ")));
}

std::string Derivation::script() const {
  std::string text = "#!/bin/sh\nset -e\n";
  for (const File& file : files)
    text += fmt::format("cat >{} <<'END_OF_FILE'\n{}END_OF_FILE\n", file.name,
                        file.content);
  for (const Step& step : steps)
    text += step.argv.empty() ? step.shell : shell_join(step.argv) + "\n";
  return text;
}

Result<Derivation> derive(const Toolchain& tools, const Recipe& recipe,
                          const BuildMode& mode, OutputForm form) {
  Deriver deriver(tools, mode);
  Derivation& derivation = deriver.derivation;
  derivation.output =
      fmt::format("output.{}", kExtensions[static_cast<size_t>(form)]);
  const bool from_ir = form == OutputForm::Ir || form == OutputForm::Bitcode;
  if (from_ir && !recipe.chosen.empty())
    return Error(ErrorKind::Unsupported,
                 "a result whose functions come from several compiles has no "
                 "single module; ask for obj or asm, or search with "
                 "--search per-function");
  std::string at = "input.bc";
  HONE_RETURN_IF_ERROR(deriver.set_attributes(recipe.early_attributes, at));
  for (const Stage& stage : recipe.stages)
    deriver.run_passes(stage.pipeline, recipe.pass_options, at);
  const std::string optimised = at;
  HONE_RETURN_IF_ERROR(deriver.set_attributes(recipe.attributes, at));
  if (from_ir) {
    std::vector<std::string> argv = {tools.opt, "-passes=verify", at, "-o",
                                     derivation.output};
    if (form == OutputForm::Ir) argv.insert(argv.begin() + 1, "-S");
    derivation.steps.push_back({argv, ""});
  } else if (recipe.chosen.empty()) {
    deriver.generate(recipe.codegen_options,
                     form == OutputForm::Object ? "-c" : "-S", at,
                     derivation.output);
  } else {
    HONE_RETURN_IF_ERROR(deriver.generate_all(recipe, optimised, at));
    derivation.steps.emplace_back();  // the join; see execute
    if (form == OutputForm::Object)
      deriver.generate({}, "-c", "output.s", derivation.output);
  }
  return std::move(derivation);
}

Result<std::filesystem::path> execute(Derivation& derivation,
                                      const std::filesystem::path& folder,
                                      double cpu_seconds,
                                      std::stop_token stop) {
  for (const Derivation::File& file : derivation.files)
    HONE_RETURN_IF_ERROR(write_file(folder / file.name, file.content));
  for (Derivation::Step& step : derivation.steps) {
    if (step.argv.empty()) {
      HONE_ASSIGN_OR_RETURN(step.shell, join_command(derivation, folder));
    }
    const std::vector<std::string> shell = {"sh", "-c",
                                            "set -e\n" + step.shell};
    HONE_ASSIGN_OR_RETURN(
        const ProcessResult ran,
        run_checked({.argv = step.argv.empty() ? shell : step.argv,
                     .directory = folder,
                     .limits = {.cpu_seconds = cpu_seconds},
                     .stop = stop}));
    (void)ran;
  }
  return folder / derivation.output;
}

}  // namespace hone::program
