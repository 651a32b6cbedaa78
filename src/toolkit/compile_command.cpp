// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/compile_command.h"

#include <fmt/format.h>

#include <algorithm>

namespace hone::toolkit {

namespace {

// Flags whose value is the next word.
constexpr std::string_view kWithValue[] = {"-D",
                                           "-I",
                                           "-L",
                                           "-MF",
                                           "-MQ",
                                           "-MT",
                                           "-T",
                                           "-U",
                                           "-Xassembler",
                                           "-Xclang",
                                           "-Xlinker",
                                           "-arch",
                                           "-idirafter",
                                           "-imacros",
                                           "-include",
                                           "-iprefix",
                                           "-iquote",
                                           "-isysroot",
                                           "-isystem",
                                           "-iwithprefix",
                                           "-l",
                                           "-mllvm",
                                           "-target",
                                           "-u",
                                           "-z",
                                           "--param",
                                           "--config",
                                           "--sysroot",
                                           "-Xpreprocessor"};

// What makes another output than an object, or a second one.
constexpr std::string_view kOtherOutput[] = {
    "-###",          "-E",           "-M",        "-MM",       "-S",
    "--analyze",     "--precompile", "-dM",       "-emit-ast", "-emit-llvm",
    "-fsyntax-only", "-v",           "--version", "--help",    "-dumpversion",
    "-dumpmachine"};

constexpr std::string_view kOtherOutputPrefixes[] = {
    "-save-temps",
    "--save-temps",
    "-ftime-trace",
    "-ftime-report",
    "-gsplit-dwarf",
    "-fmodule",
    "-print-",
    "--print-",
    "-foptimization-record",
    "-fsave-optimization-record",
    "-fthinlto",
    "-fembed-bitcode",
    "-fproc-stat-report",
    "-fdump-",
    "--serialize-diag",
    "-mllvm",
    "-Xclang",
    "-cc1",
    "-index-store"};

Error leave_to_stock(std::string reason) {
  return Error(ErrorKind::Unsupported, std::move(reason));
}

bool is_one_of(std::string_view word, std::span<const std::string_view> list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

Status refuse_other_outputs(std::string_view word) {
  if (word.starts_with('@'))
    return leave_to_stock(fmt::format("response file '{}'", word));
  if (word == "-") return leave_to_stock("the source is standard input");
  if (is_one_of(word, kOtherOutput) ||
      std::any_of(std::begin(kOtherOutputPrefixes),
                  std::end(kOtherOutputPrefixes),
                  [&](auto prefix) { return word.starts_with(prefix); }))
    return leave_to_stock(fmt::format("flag '{}'", word));
  return {};
}

bool is_level(std::string_view word) { return word.starts_with("-O"); }

bool is_regular_or_absent(const std::filesystem::path& path) {
  std::error_code error;
  const auto type = std::filesystem::status(path, error).type();
  return type == std::filesystem::file_type::regular ||
         type == std::filesystem::file_type::not_found;
}

class Reader {
 public:
  Reader(std::span<const std::string> words, bool is_cxx)
      : words_(words), is_cxx_(is_cxx) {}

  Result<CompileCommand> read() {
    for (; at_ < words_.size(); ++at_) HONE_RETURN_IF_ERROR(read_word());
    if (!compiles_) return leave_to_stock("no -c");
    if (sources_.size() != 1)
      return leave_to_stock(fmt::format("{} sources", sources_.size()));
    Result<program::Input> source = program::classify_input(sources_.front());
    if (!source.ok()) return std::move(source).error();
    if (!source->is_source())
      return leave_to_stock(
          fmt::format("'{}' is no C or C++ source", sources_.front()));
    command_.source = *std::move(source);
    // clang++ takes .c files for C++.
    if (is_cxx_) command_.source.kind = program::InputKind::Cxx;
    if (command_.object.empty())
      command_.object = command_.source.path.stem().string() + ".o";
    if (!is_regular_or_absent(command_.object))
      return leave_to_stock(
          fmt::format("'{}' is no plain file", command_.object.string()));
    return std::move(command_);
  }

 private:
  Status read_word() {
    const std::string& word = words_[at_];
    HONE_RETURN_IF_ERROR(refuse_other_outputs(word));
    if (word == "-c") {
      compiles_ = true;
    } else if (word == "-o" && at_ + 1 < words_.size()) {
      command_.object = words_[++at_];
    } else if (word.starts_with("-o") && word.size() > 2) {
      command_.object = word.substr(2);
    } else if (word == "-x" || word.starts_with("-x")) {
      return leave_to_stock("flag '-x'");
    } else if (is_level(word)) {
      command_.level = word == "-O" ? "-O1" : word;
    } else if (word.starts_with('-')) {
      command_.writes_dependencies |= word == "-MD" || word == "-MMD";
      command_.flags.push_back(word);
      if (is_one_of(word, kWithValue) && at_ + 1 < words_.size())
        command_.flags.push_back(words_[++at_]);
    } else {
      sources_.push_back(word);
    }
    return {};
  }

  std::span<const std::string> words_;
  bool is_cxx_;
  size_t at_ = 0;
  bool compiles_ = false;
  std::vector<std::string> sources_;
  CompileCommand command_{
      .source = {}, .object = {}, .flags = {}, .level = "-O0"};
};

bool has_flag(std::span<const std::string> flags, std::string_view prefix) {
  return std::any_of(flags.begin(), flags.end(), [&](const auto& flag) {
    return flag.starts_with(prefix);
  });
}

}  // namespace

Result<CompileCommand> read_compile_command(std::span<const std::string> words,
                                            bool is_cxx) {
  return Reader(words, is_cxx).read();
}

std::vector<std::string> dependency_flags(const CompileCommand& command) {
  if (!command.writes_dependencies) return {};
  std::vector<std::string> flags;
  if (!has_flag(command.flags, "-MF")) {
    std::filesystem::path file = command.object;
    flags.insert(flags.end(), {"-MF", file.replace_extension(".d").string()});
  }
  // -MQ writes the name as clang would: quoted for make.
  if (!has_flag(command.flags, "-MT") && !has_flag(command.flags, "-MQ"))
    flags.insert(flags.end(), {"-MQ", command.object.string()});
  return flags;
}

}  // namespace hone::toolkit
