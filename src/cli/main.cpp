// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Finds the subcommand, parses its flags, runs it, and prints what it answers.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "base/text.h"
#include "cli/command.h"
#include "cli/help.h"

namespace hone::cli {

namespace {

// What a shell reports of a program that SIGPIPE has ended. Commands that run
// other programs ignore the signal, and are to end like those that do not.
constexpr int kReaderGone = 128 + SIGPIPE;

int fail(const Console& console, const Error& error) {
  // Where stdout takes no more, stderr and the exit code still tell.
  if (console.json()) (void)console.print(to_text(error_json(error), 2) + "\n");
  if (console.is_reader_gone()) return kReaderGone;
  console.complain(error.message);
  return exit_code(error.kind);
}

int print_answer(const Console& console, const Answer& answer) {
  const Status printed = console.print(
      console.json() ? to_text(answer.json, 2) + "\n" : answer.text);
  if (console.is_reader_gone()) return kReaderGone;
  if (!printed.ok()) {
    console.complain(printed.error().message);
    return exit_code(printed.error().kind);
  }
  return answer.exit_code;
}

// What --json asks for must hold for the complaint about another flag too.
bool asks_for_json(std::span<const std::string> words) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::find(words.begin(), end, "--json") != end;
}

int run_command(const CommandInfo& info, std::span<const std::string> words) {
  Subcommand command = info.make();
  if (command.raw) return command.run_raw(words);
  ConsoleOptions options;
  add_common_flags(command.flags, options);
  if (Status parsed = parse(command.flags, info.name, words); !parsed.ok()) {
    options.json = asks_for_json(words);
    return fail(Console(options), parsed.error());
  }
  Console console(options);
  if (options.help)
    return print_answer(console, {.text = command_help(info),
                                  .json = {{"help", command_help(info)}}});
  const Result<Answer> answer = command.run(console);
  if (!answer.ok()) return fail(console, answer.error());
  return print_answer(console, *answer);
}

int run(std::string_view program, std::span<const std::string> words) {
  // Links named hone-cc and hone-c++ stand where a compiler's path may not
  // hold a blank.
  if (program.ends_with("hone-cc")) return make_cc().run_raw(words);
  if (program.ends_with("hone-c++")) return make_cxx().run_raw(words);
  ConsoleOptions options{.json = asks_for_json(words)};
  const Console console(options);
  if (words.empty()) {
    console.complain("which command?\n\n" + overview());
    return 2;
  }
  const std::string& first = words.front();
  if (first == "--version" || first == "-V")
    return print_answer(console, {.text = version_text() + "\n",
                                  .json = {{"version", HONE_VERSION}}});
  if (first == "--help" || first == "-h")
    return print_answer(console,
                        {.text = overview(), .json = {{"help", overview()}}});
  if (first.starts_with('-'))
    return fail(console,
                Error(ErrorKind::InvalidArgument,
                      fmt::format("'{}': flags stand after the command; see "
                                  "hone help",
                                  first)));
  const Result<const CommandInfo*> info = find_command(first);
  if (!info.ok()) return fail(console, info.error());
  return run_command(**info, words.subspan(1));
}

}  // namespace

}  // namespace hone::cli

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + std::max(argc, 1));
  return hone::cli::run(argc > 0 ? argv[0] : "hone", words);
}
