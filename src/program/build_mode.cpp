// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/build_mode.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/subprocess.h"
#include "base/text.h"

namespace hone::program {

namespace {

constexpr std::string_view kProtocols[] = {"product", "product-nounwind",
                                           "paper"};

bool takes_next_word(std::string_view flag) {
  for (const std::string_view with_value : {"-I",
                                            "-D",
                                            "-U",
                                            "-include",
                                            "-imacros",
                                            "-isystem",
                                            "-iquote",
                                            "-idirafter",
                                            "-iprefix",
                                            "-iwithprefix",
                                            "-isysroot",
                                            "-x",
                                            "-MF",
                                            "-MT",
                                            "-MQ",
                                            "-L",
                                            "-l",
                                            "-u",
                                            "-T",
                                            "-Xlinker",
                                            "-Xclang",
                                            "-Xassembler",
                                            "-Xpreprocessor",
                                            "-mllvm",
                                            "-target",
                                            "-arch",
                                            "--param",
                                            "--config",
                                            "-z"})
    if (flag == with_value) return true;
  return false;
}

// Flags about the source text; they mean nothing, or harm, for bitcode.
bool is_frontend_flag(std::string_view flag) {
  for (const std::string_view prefix : {"-I",
                                        "-D",
                                        "-U",
                                        "-include",
                                        "-imacros",
                                        "-isystem",
                                        "-iquote",
                                        "-idirafter",
                                        "-iprefix",
                                        "-iwithprefix",
                                        "-x",
                                        "-M",
                                        "-std=",
                                        "-W",
                                        "-pedantic",
                                        "-ansi",
                                        "-trigraphs",
                                        "-L",
                                        "-l",
                                        "-u",
                                        "-T",
                                        "-Xlinker",
                                        "-Xpreprocessor",
                                        "-w"})
    if (flag.starts_with(prefix)) {
      // -Wa, reaches the assembler; -Xclang -… is kept apart by its name.
      return !flag.starts_with("-Wa,");
    }
  return false;
}

Status refuse_unsupported(std::span<const std::string> flags) {
  for (const std::string& flag : flags) {
    const auto is = [&flag](std::string_view prefix) {
      return std::string_view(flag).starts_with(prefix);
    };
    std::string_view why;
    if ((is("-fsanitize=") && !is("-fsanitize=shadow-call-stack")) ||
        is("-fsanitize-coverage=") || is("-fmemory-profile"))
      why = "sanitizers are inserted by clang's own pass pipeline";
    else if (is("-flto"))
      why =
          "link-time optimisation leaves no object code to measure; give all "
          "the sources of the program instead";
    else if (is("-fprofile-") || is("--coverage") || is("-fcoverage-mapping") ||
             is("-ftest-coverage") || is("-fcs-profile") ||
             is("-fpseudo-probe-for-profiling"))
      why = "profiles are inserted and read by clang's own pass pipeline";
    else if (flag == "-S" || flag == "-E" || flag == "-emit-llvm" ||
             flag == "-fsyntax-only")
      why = "the output is chosen with --emit";
    else if (is("-fplugin=") || is("-fpass-plugin="))
      why = "plugins of clang would not take part in Hone's pass runs";
    else if (is("-o") && !is("-obj"))
      why = "the output is named with -o before the --";
    if (!why.empty())
      return Error(ErrorKind::Unsupported,
                   fmt::format("flag '{}': {}", flag, why));
  }
  return {};
}

// The words of the last command line of `clang -###`, which quotes each.
std::vector<std::string> quoted_words(std::string_view line) {
  std::vector<std::string> words;
  size_t i = 0;
  while ((i = line.find('"', i)) != std::string_view::npos) {
    std::string word;
    for (++i; i < line.size() && line[i] != '"'; ++i) {
      if (line[i] == '\\' && i + 1 < line.size()) ++i;
      word += line[i];
    }
    words.push_back(word);
    ++i;
  }
  return words;
}

// What LLVM does for AArch64 unless told otherwise. So are descriptors for
// thread-local variables there, and nowhere else.
constexpr std::string_view kAarch64Abi = "aapcs";

void read_cc1(std::span<const std::string> words, BuildMode& mode) {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const std::string next = i + 1 < words.size() ? words[i + 1] : "";
    const auto value = [&word](std::string_view prefix) {
      return word.substr(prefix.size());
    };
    const auto has = [&word](std::string_view prefix) {
      return std::string_view(word).starts_with(prefix);
    };
    if (word == "-triple") {
      mode.triple = next;
    } else if (word == "-target-cpu") {
      mode.cpu = next;
    } else if (word == "-mrelocation-model") {
      mode.relocation = next == "pic"      ? Relocation::Pic
                        : next == "static" ? Relocation::Static
                                           : Relocation::Other;
    } else if (word == "-pic-is-pie") {
      mode.pie = true;
    } else if (has("-mcmodel=")) {
      mode.code_model = value("-mcmodel=");
    } else if (has("-mlarge-data-threshold=")) {
      const std::string bytes = value("-mlarge-data-threshold=");
      (void)std::from_chars(bytes.data(), bytes.data() + bytes.size(),
                            mode.large_data_threshold);
    } else if (word == "-ffunction-sections") {
      mode.function_sections = true;
    } else if (word == "-fdata-sections") {
      mode.data_sections = true;
    } else if (has("-debug-info-kind=")) {
      mode.debug = true;
    } else if (has("-mfunction-return=")) {
      mode.return_thunk = value("-mfunction-return=");
    } else if (word == "-mllvm" || word == "-femulated-tls" ||
               word == "-no-integrated-as" || has("-msplit-dwarf") ||
               has("-split-dwarf") || word == "-fno-use-init-array" ||
               has("-fbasic-block-") || word == "-fstack-size-section" ||
               word == "-mrelax-all" || has("-gz") ||
               word == "-fno-unique-section-names" || has("-mtls-size") ||
               has("-ffp-contract=fast") || word == "-fglobal-isel" ||
               has("-mx86-") || has("-fpatchable-function-entry") ||
               has("-mfloat-abi") || has("-fno-zero-initialized-in-bss") ||
               (word == "-target-abi" && next != kAarch64Abi) ||
               (word == "-enable-tlsdesc" &&
                !mode.triple.starts_with("aarch64"))) {
      mode.unusual = word;
    }
  }
}

}  // namespace

std::string_view protocol_name(Protocol protocol) {
  return kProtocols[static_cast<size_t>(protocol)];
}

Result<Protocol> parse_protocol(std::string_view name) {
  for (size_t i = 0; i < std::size(kProtocols); ++i)
    if (kProtocols[i] == name) return static_cast<Protocol>(i);
  return Error(ErrorKind::InvalidArgument,
               fmt::format("'{}' is no protocol; expected one of {}", name,
                           fmt::join(kProtocols, ", ")));
}

std::vector<std::string> library_flags(const BuildMode& mode) {
  std::vector<std::string> flags;
  for (const std::string& flag : mode.flags)
    if (flag.starts_with("-l") || flag.starts_with("-L")) flags.push_back(flag);
  return flags;
}

Json to_json(const BuildMode& mode) {
  return {{"flags", mode.flags},
          {"codegen_flags", mode.codegen_flags},
          {"triple", mode.triple},
          {"cpu", mode.cpu},
          {"relocation", static_cast<int>(mode.relocation)},
          {"pie", mode.pie},
          {"code_model", mode.code_model},
          {"large_data_threshold", mode.large_data_threshold},
          {"function_sections", mode.function_sections},
          {"data_sections", mode.data_sections},
          {"debug", mode.debug},
          {"return_thunk", mode.return_thunk},
          {"unusual", mode.unusual}};
}

Result<BuildMode> build_mode_from_json(const Json& json) {
  BuildMode mode;
  HONE_ASSIGN_OR_RETURN(mode.flags, json_strings(json, "flags"));
  HONE_ASSIGN_OR_RETURN(mode.codegen_flags,
                        json_strings(json, "codegen_flags"));
  HONE_ASSIGN_OR_RETURN(mode.triple, json_string(json, "triple"));
  HONE_ASSIGN_OR_RETURN(mode.cpu, json_string(json, "cpu"));
  HONE_ASSIGN_OR_RETURN(const int64_t relocation,
                        json_integer(json, "relocation"));
  mode.relocation = relocation == 0   ? Relocation::Static
                    : relocation == 1 ? Relocation::Pic
                                      : Relocation::Other;
  HONE_ASSIGN_OR_RETURN(mode.code_model, json_string(json, "code_model"));
  HONE_ASSIGN_OR_RETURN(mode.large_data_threshold,
                        json_integer(json, "large_data_threshold"));
  HONE_ASSIGN_OR_RETURN(mode.return_thunk, json_string(json, "return_thunk"));
  HONE_ASSIGN_OR_RETURN(mode.unusual, json_string(json, "unusual"));
  HONE_ASSIGN_OR_RETURN(mode.pie, json_boolean(json, "pie"));
  HONE_ASSIGN_OR_RETURN(mode.function_sections,
                        json_boolean(json, "function_sections"));
  HONE_ASSIGN_OR_RETURN(mode.data_sections,
                        json_boolean(json, "data_sections"));
  HONE_ASSIGN_OR_RETURN(mode.debug, json_boolean(json, "debug"));
  return mode;
}

Result<BuildMode> read_build_mode(const Toolchain& tools, const Input& input,
                                  std::vector<std::string> flags,
                                  std::string_view level) {
  std::erase(flags, "-c");
  HONE_RETURN_IF_ERROR(refuse_unsupported(flags));
  BuildMode mode;
  mode.flags = std::move(flags);
  mode.flags.emplace_back(level);
  for (size_t i = 0; i < mode.flags.size(); ++i) {
    const std::string& flag = mode.flags[i];
    const bool pair = takes_next_word(flag) && i + 1 < mode.flags.size();
    if (!is_frontend_flag(flag)) {
      mode.codegen_flags.push_back(flag);
      if (pair) mode.codegen_flags.push_back(mode.flags[i + 1]);
    }
    if (pair) ++i;
  }
  const std::string& driver =
      input.kind == InputKind::Cxx ? tools.clangxx : tools.clang;
  Command command{.argv = {driver}};
  command.argv.insert(command.argv.end(), mode.flags.begin(), mode.flags.end());
  command.argv.insert(command.argv.end(),
                      {"-###", "-c", input.path.string(), "-o", "/dev/null"});
  HONE_ASSIGN_OR_RETURN(const ProcessResult said, run_checked(command));
  const std::vector<std::string> lines = split(trim(said.err), '\n');
  const auto job = std::find_if(lines.begin(), lines.end(), [](auto& line) {
    return line.find("\"-cc1\"") != std::string::npos;
  });
  if (job == lines.end())
    return Error(
        ErrorKind::ToolFailed,
        fmt::format("clang does not compile '{}' with these flags:\n{}",
                    input.path.string(), trim(said.err)));
  read_cc1(quoted_words(*job), mode);
  return mode;
}

}  // namespace hone::program
