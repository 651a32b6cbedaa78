// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/derivation.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/subprocess.h"
#include "base/text.h"
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

Status add_attributes(const std::map<std::string, Attributes>& attributes,
                      const Toolchain& tools, const std::string& from,
                      Derivation& derivation) {
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
  derivation.files.push_back({"attributes.txt", response_text(words)});
  derivation.files.push_back({"attributes.csv", csv});
  std::vector<std::string> command = {tools.opt, "-passes=forceattrs",
                                      "@attributes.txt"};
  // forceattrs takes an empty file for a missing one.
  if (!csv.empty())
    command.push_back("-forceattrs-csv-path=attributes.csv");
  command.insert(command.end(), {from, "-o", "attributed.bc"});
  derivation.commands.push_back(command);
  return {};
}

void add_emission(const Toolchain& tools, const Recipe& recipe,
                  const BuildMode& mode, OutputForm form,
                  const std::string& from, Derivation& derivation) {
  std::vector<std::string> command = {tools.clang};
  command.insert(command.end(), mode.codegen_flags.begin(),
                 mode.codegen_flags.end());
  command.insert(command.end(), {"-Xclang", "-disable-llvm-passes",
                                 "-Wno-unused-command-line-argument",
                                 form == OutputForm::Object ? "-c" : "-S"});
  for (const std::string& option : recipe.codegen_options)
    command.insert(command.end(), {"-mllvm", option});
  command.insert(command.end(), {from, "-o", derivation.output});
  derivation.commands.push_back(command);
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
  for (const std::vector<std::string>& command : commands)
    text += shell_join(command) + "\n";
  return text;
}

Result<Derivation> derive(const Toolchain& tools, const Recipe& recipe,
                  const BuildMode& mode, OutputForm form) {
  Derivation derivation;
  derivation.output =
      fmt::format("output.{}", kExtensions[static_cast<size_t>(form)]);
  std::string at = "input.bc";
  for (size_t i = 0; i < recipe.stages.size(); ++i) {
    std::vector<std::string> command = {tools.opt};
    command.insert(command.end(), recipe.pass_options.begin(),
                   recipe.pass_options.end());
    const std::string next = fmt::format("stage{}.bc", i + 1);
    command.insert(command.end(), {"-passes=" + recipe.stages[i].pipeline, at,
                                   "-o", next});
    derivation.commands.push_back(command);
    at = next;
  }
  if (!recipe.attributes.empty()) {
    // A command of its own after the stages: `default<…>` contains forceattrs
    // too, and would obey the same options at its head.
    HONE_RETURN_IF_ERROR(
        add_attributes(recipe.attributes, tools, at, derivation));
    at = "attributed.bc";
  }
  if (form == OutputForm::Object || form == OutputForm::Assembly) {
    add_emission(tools, recipe, mode, form, at, derivation);
  } else {
    std::vector<std::string> command = {tools.opt, "-passes=verify", at, "-o",
                                        derivation.output};
    if (form == OutputForm::Ir) command.insert(command.begin() + 1, "-S");
    derivation.commands.push_back(command);
  }
  return derivation;
}

Result<std::filesystem::path> execute(const Derivation& derivation,
                                      const std::filesystem::path& folder,
                                      double cpu_seconds,
                                      std::stop_token stop) {
  for (const Derivation::File& file : derivation.files)
    HONE_RETURN_IF_ERROR(write_file(folder / file.name, file.content));
  for (const std::vector<std::string>& argv : derivation.commands) {
    const Command command{.argv = argv,
                          .directory = folder,
                          .limits = {.cpu_seconds = cpu_seconds},
                          .stop = stop};
    HONE_ASSIGN_OR_RETURN(const ProcessResult ran, run_checked(command));
    (void)ran;
  }
  return folder / derivation.output;
}

}  // namespace hone::program
