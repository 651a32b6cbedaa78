// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/flag_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "base/subprocess.h"
#include "base/text.h"
#include "program/toolchain.h"

namespace hone::env {

namespace {

constexpr size_t kMostChoices = 12;  // of a range
constexpr const char* kPlainEnglish = "LC_ALL=C";

// What changes programs or their interfaces, assumes what only an author can
// promise, or needs a profile; what is no choice (opt-info prints); and what is
// broken: with gcc 12's -fno-reorder-functions, exceptions that are thrown by
// the cold part of a function are not caught.
constexpr std::string_view kLeftOut[] = {"allow-store-data-races",
                                         "associative-math",
                                         "branch-probabilities",
                                         "cx-fortran-rules",
                                         "cx-limited-range",
                                         "delete-dead-exceptions",
                                         "delete-null-pointer-checks",
                                         "exceptions",
                                         "fast-math",
                                         "finite-loops",
                                         "finite-math-only",
                                         "float-store",
                                         "fp-int-builtin-inexact",
                                         "handle-exceptions",
                                         "keep-gc-roots-live",
                                         "live-patching",
                                         "live-patching=",
                                         "loop-parallelize-all",
                                         "math-errno",
                                         "no-threadsafe-statics",
                                         "non-call-exceptions",
                                         "nothrow-opt",
                                         "opt-info",
                                         "pack-struct",
                                         "profile-partial-training",
                                         "profile-reorder-functions",
                                         "reciprocal-math",
                                         "reg-struct-return",
                                         "reorder-functions",
                                         "rounding-math",
                                         "rtti",
                                         "save-optimization-record",
                                         "semantic-interposition",
                                         "short-enums",
                                         "short-wchar",
                                         "signaling-nans",
                                         "signed-zeros",
                                         "single-precision-constant",
                                         "stack-check=",
                                         "strict-aliasing",
                                         "strict-enums",
                                         "strict-volatile-bitfields",
                                         "trapping-math",
                                         "trapv",
                                         "trivial-auto-var-init=",
                                         "unconstrained-commons",
                                         "unsafe-math-optimizations",
                                         "excess-precision=",
                                         "fp-contract=",
                                         "wrapv",
                                         "wrapv-pointer"};

constexpr std::string_view kLeftOutParams[] = {
    "analyzer-",      "asan-",       "hwasan-",  "tsan-",
    "openacc-",       "ggc-",        "lto-",     "parloops-",
    "graphite-allow", "logical-op-", "profile-", "use-canonical-types",
    "ssp-",           "stack-clash-"};

bool is_left_out(std::string_view name) {
  return std::find(std::begin(kLeftOut), std::end(kLeftOut), name) !=
         std::end(kLeftOut);
}

bool is_left_out_param(std::string_view name) {
  return std::any_of(
      std::begin(kLeftOutParams), std::end(kLeftOutParams),
      [name](std::string_view prefix) { return name.starts_with(prefix); });
}

constexpr FlagRange kRanges[] = {
#define HONE_FLAG_RANGE(name, low, high) {name, low, high},
#include "env/flag_ranges.def"
#undef HONE_FLAG_RANGE
};

// All of a small range; of a large one its ends, what the compiler takes by
// itself, and powers of two between.
std::vector<int64_t> values_of(int64_t low, int64_t high,
                               std::optional<int64_t> by_default) {
  std::set<int64_t> values = {low, high};
  if (high - low < static_cast<int64_t>(kMostChoices)) {
    for (int64_t value = low; value <= high; ++value) values.insert(value);
    return {values.begin(), values.end()};
  }
  if (by_default && *by_default >= low && *by_default <= high)
    values.insert(*by_default);
  std::vector<int64_t> powers;
  for (int64_t power = 1; power < high; power *= 2)
    if (power > low) powers.push_back(power);
  const size_t room = kMostChoices - values.size();
  const size_t stride = (powers.size() + room - 1) / room;
  for (size_t i = 0; i < powers.size(); i += std::max<size_t>(stride, 1))
    values.insert(powers[i]);
  return {values.begin(), values.end()};
}

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

FlagOption option_with(std::string name, std::string_view spelling,
                       const std::vector<std::string>& values) {
  FlagOption option{.name = std::move(name), .choices = {""}};
  for (const std::string& value : values)
    option.choices.push_back(fmt::format("{}{}", spelling, value));
  return option;
}

// What stands behind the name: "[a|b]", "<low,high>" or nothing.
std::vector<std::string> read_values(std::string_view domain,
                                     std::string_view by_default,
                                     const FlagRange* own) {
  std::optional<FlagRange> range;
  if (own != nullptr) range = *own;
  if (domain.starts_with('[') && domain.ends_with(']'))
    return split(domain.substr(1, domain.size() - 2), '|');
  const size_t comma = domain.find(',');
  if (domain.starts_with('<') && domain.ends_with('>') &&
      comma != std::string_view::npos) {
    const auto low = number(domain.substr(1, comma - 1));
    const auto high =
        number(domain.substr(comma + 1, domain.size() - comma - 2));
    if (low && high) range = {"", *low, *high};
  }
  std::vector<std::string> values;
  if (range)
    for (const int64_t value :
         values_of(range->low, range->high, number(by_default)))
      values.push_back(fmt::format("{}", value));
  return values;
}

// Lines of `gcc -Q --help=…`: "  --param=NAME=<0,1>   \t1".
struct Line {
  std::string name;    // "gcse", "align-loops="
  std::string domain;  // "<0,1>"
  std::string value;   // what holds by default
};

std::vector<Line> read_lines(std::string_view help, std::string_view prefix) {
  std::vector<Line> lines;
  for (const std::string& text : split(help, '\n')) {
    const std::vector<std::string> words = split_blank(text);
    if (words.empty() || !words[0].starts_with(prefix)) continue;
    const std::string word = words[0].substr(prefix.size());
    const size_t equals = std::min(word.find('='), word.size() - 1);
    lines.push_back({.name = word.substr(0, equals + 1),
                     .domain = word.substr(equals + 1),
                     .value = words.size() > 1 ? words[1] : ""});
  }
  return lines;
}

FlagOption levels(const std::vector<std::string>& names) {
  return option_with("O", "-O", names);
}

Result<std::string> ask(const std::string& program,
                        const std::vector<std::string>& words) {
  std::vector<std::string> argv = {program};
  argv.insert(argv.end(), words.begin(), words.end());
  const Result<ProcessResult> said = run({.argv = std::move(argv),
                                          .environment = {kPlainEnglish},
                                          .limits = {.cpu_seconds = 20}});
  if (!said.ok() || !said->ok())
    return Error(ErrorKind::NotFound,
                 fmt::format("'{}' does not run; install a compiler of that "
                             "name to choose its flags",
                             program));
  return said->out;
}

// Not every option that gcc's help calls one to be switched on and off has both
// words: -fstack-protector-strong has no -fno-….
Status drop_unknown_words(FlagSpace& space) {
  std::vector<std::string> argv = {space.program, "-fsyntax-only"};
  for (const FlagOption& option : space.options)
    argv.insert(argv.end(), option.choices.begin() + 1, option.choices.end());
  argv.insert(argv.end(), {"-x", "c", "/dev/null"});
  HONE_ASSIGN_OR_RETURN(const ProcessResult said,
                        run({.argv = std::move(argv),
                             .environment = {kPlainEnglish},
                             .limits = {.cpu_seconds = 20}}));
  for (const std::string& word : read_unknown_words(said.err))
    for (FlagOption& option : space.options) std::erase(option.choices, word);
  std::erase_if(space.options, [](const FlagOption& option) {
    return option.choices.size() < 2;
  });
  return {};
}

Result<FlagSpace> probe_gcc() {
  FlagSpace space{.program = "gcc"};
  HONE_ASSIGN_OR_RETURN(space.version, ask("gcc", {"--version"}));
  HONE_ASSIGN_OR_RETURN(const std::string optimizers,
                        ask("gcc", {"-O2", "-Q", "--help=optimizers"}));
  HONE_ASSIGN_OR_RETURN(const std::string params,
                        ask("gcc", {"-O2", "-Q", "--help=params"}));
  space.options.push_back(levels({"0", "1", "2", "3", "s", "z"}));
  for (auto& options :
       {read_gcc_optimizers(optimizers), read_gcc_params(params)})
    space.options.insert(space.options.end(), options.begin(), options.end());
  HONE_RETURN_IF_ERROR(drop_unknown_words(space));
  return space;
}

Result<FlagSpace> read_clang() {
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  FlagSpace space{.program = tools.clang, .version = tools.version};
  space.options.push_back(levels({"0", "1", "2", "3", "s", "z"}));
  constexpr std::string_view kTable[][3] = {
#define HONE_CLANG_FLAG(name, spelling, values) {name, spelling, values},
#include "env/clang_flags.def"
#undef HONE_CLANG_FLAG
  };
  for (const auto& [name, spelling, values] : kTable) {
    if (!values.empty()) {
      space.options.push_back(
          option_with(std::string(name), spelling, split(values, '|')));
      continue;
    }
    space.options.push_back(
        {.name = std::string(name),
         .choices = {"", std::string(spelling),
                     fmt::format("{}no-{}", spelling.substr(0, 2),
                                 spelling.substr(2))}});
  }
  return space;
}

}  // namespace

std::string_view compiler_name(Compiler compiler) {
  return compiler == Compiler::Gcc ? "gcc" : "clang";
}

const FlagRange* find_flag_range(std::string_view parameter) {
  const auto* const found = std::find_if(
      std::begin(kRanges), std::end(kRanges),
      [parameter](const FlagRange& row) { return row.name == parameter; });
  return found == std::end(kRanges) ? nullptr : found;
}

std::vector<FlagOption> read_gcc_optimizers(std::string_view help) {
  static const std::vector<std::string> kAlignments = {"1",  "2",  "4", "8",
                                                       "16", "32", "64"};
  std::vector<FlagOption> options;
  for (const Line& line : read_lines(help, "-f")) {
    if (is_left_out(line.name)) continue;
    const std::string flag = "-f" + line.name;
    if (!line.name.ends_with('=')) {
      if (line.value == "[enabled]" || line.value == "[disabled]")
        options.push_back(
            {.name = line.name, .choices = {"", flag, "-fno-" + line.name}});
      continue;
    }
    std::vector<std::string> values =
        line.name.starts_with("align-")
            ? kAlignments
            : read_values(line.domain, line.value, nullptr);
    if (!values.empty())
      options.push_back(option_with(line.name, flag, values));
  }
  return options;
}

std::vector<std::string> read_unknown_words(std::string_view complaints) {
  constexpr std::string_view kComplaint = "unrecognized command-line option '";
  std::vector<std::string> words;
  for (size_t at = complaints.find(kComplaint); at != std::string_view::npos;
       at = complaints.find(kComplaint, at)) {
    at += kComplaint.size();
    words.emplace_back(complaints.substr(at, complaints.find('\'', at) - at));
  }
  return words;
}

std::vector<FlagOption> read_gcc_params(std::string_view help) {
  std::vector<FlagOption> options;
  for (const Line& line : read_lines(help, "--param=")) {
    if (!line.name.ends_with('=')) continue;
    const std::string name = line.name.substr(0, line.name.size() - 1);
    if (is_left_out_param(name)) continue;
    const std::vector<std::string> values =
        read_values(line.domain, line.value, find_flag_range(name));
    if (!values.empty())
      options.push_back(option_with(name, "--param=" + line.name, values));
  }
  return options;
}

double FlagSpace::log10_size() const {
  double sum = 0;
  for (const FlagOption& option : options)
    sum += std::log10(static_cast<double>(option.choices.size()));
  return sum;
}

std::vector<std::string> FlagSpace::command_line(
    const std::vector<int64_t>& choices) const {
  std::vector<std::string> words;
  for (size_t i = 0; i < options.size() && i < choices.size(); ++i) {
    const std::string& word =
        options[i].choices[static_cast<size_t>(choices[i])];
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

Result<const FlagSpace*> flag_space(Compiler compiler) {
  static const Result<FlagSpace> gcc = probe_gcc();
  static const Result<FlagSpace> clang = read_clang();
  const Result<FlagSpace>& space = compiler == Compiler::Gcc ? gcc : clang;
  if (!space.ok()) return space.error();
  return &*space;
}

}  // namespace hone::env
