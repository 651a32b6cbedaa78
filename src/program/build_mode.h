// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the user's compiler flags mean for the code generator.
//
// The driver itself is asked (`clang -###`), so that configuration files,
// targets and defaults count as they would in the user's own build.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "program/input.h"
#include "program/toolchain.h"

namespace hone::program {

// The objective's protocol: what is compared with what.
//
// Product: the user's flags; the baseline is the very file `clang -Oz -c`
//   emits from the source; the objective is loaded bytes.
// ProductNounwind: the same, with -fno-asynchronous-unwind-tables on both.
// Paper: no size attributes (-O1 -Xclang -disable-llvm-passes), the baseline is
//   `opt -passes='default<Oz>'`, the objective is the IR instruction count.
enum class Protocol { Product, ProductNounwind, Paper };

std::string_view protocol_name(Protocol protocol);
Result<Protocol> parse_protocol(std::string_view name);

enum class Relocation { Static, Pic, Other };

struct BuildMode {
  // The user's flags as given, in the order given; without -c and -o.
  std::vector<std::string> flags;
  // Those of them that mean something when bitcode is compiled.
  std::vector<std::string> codegen_flags;
  std::string triple;
  std::string cpu;
  Relocation relocation = Relocation::Static;
  bool pie = false;
  std::string code_model;  // empty: the target's default
  // Bytes from which a global is far away in the medium and large models.
  int64_t large_data_threshold = 0;
  bool function_sections = false;
  bool data_sections = false;
  bool debug = false;
  std::string return_thunk;  // -mfunction-return=, empty when not given
  // Set where the in-process code generator cannot be told all that the flags
  // say; clang itself must then emit every candidate.
  std::string unusual;

  bool is_shared() const { return relocation == Relocation::Pic && !pie; }
};

// Libraries and where they are found; all else about linking is the mode's.
std::vector<std::string> library_flags(const BuildMode& mode);

Json to_json(const BuildMode& mode);
Result<BuildMode> build_mode_from_json(const Json& json);

// `level` is the -O flag of the stock compile ("-Oz", "-O3"), put after the
// user's own. Flags that Hone cannot honour (sanitizers, LTO, profiles, which
// clang implements in its own pass pipeline) are Unsupported, named.
Result<BuildMode> read_build_mode(const Toolchain& tools, const Input& input,
                                  std::vector<std::string> flags,
                                  std::string_view level);

}  // namespace hone::program
