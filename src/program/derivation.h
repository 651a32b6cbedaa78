// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A recipe as commands: what is printed to the user is what is executed.
#pragma once

#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "program/build_mode.h"
#include "program/recipe.h"
#include "program/toolchain.h"

namespace hone::program {

enum class OutputForm { Object, Assembly, Ir, Bitcode };

std::string_view output_form_name(OutputForm form);
Result<OutputForm> parse_output_form(std::string_view name);

// Plain opt and clang commands, run one after another in one folder that holds
// `input.bc` and the files listed here.
struct Derivation {
  struct File {
    std::string name;
    std::string content;
  };
  struct Step {
    std::vector<std::string> argv;
    // Where there is no argv: the shell command that joins parts of several
    // assembly files into output.s, written by execute().
    std::string shell;
  };
  std::vector<File> files;
  std::vector<Step> steps;
  // Functions chosen here are taken from other assembly files than the first.
  std::vector<std::string> assemblies;
  std::map<std::string, size_t> chosen;  // index into assemblies, from 1
  std::string output;                    // name of the result in that folder

  // A POSIX shell script that does all of it without Hone. The lines that join
  // assembly files are known once execute() has seen those.
  std::string script() const;
};

// Unsupported where a function's name cannot be given to forceattrs.
Result<Derivation> derive(const Toolchain& tools, const Recipe& recipe,
                          const BuildMode& mode, OutputForm form);

// Runs a derivation in `folder`, each command with that limit on CPU time;
// returns the path of its output, and completes the derivation's script.
Result<std::filesystem::path> execute(Derivation& derivation,
                                      const std::filesystem::path& folder,
                                      double cpu_seconds,
                                      std::stop_token stop = {});

}  // namespace hone::program
