// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace hone::cli {

namespace {

std::string styled(Style style, std::string_view text) {
  switch (style) {
    case Style::Plain:
      return std::string(text);
    case Style::Bold:
      return fmt::format("\x1b[1m{}\x1b[0m", text);
    case Style::Dim:
      return fmt::format("\x1b[2m{}\x1b[0m", text);
    case Style::Good:
      return fmt::format("\x1b[32m{}\x1b[0m", text);
    case Style::Bad:
      return fmt::format("\x1b[31m{}\x1b[0m", text);
  }
  return {};
}

// errno; 0 where all is written.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

// Where stderr takes no more, nobody is left to be told.
void write_stderr(std::string_view text) {
  (void)write_all(STDERR_FILENO, text);
}

}  // namespace

Console::Console(const ConsoleOptions& options)
    : options_(options),
      out_is_terminal_(::isatty(STDOUT_FILENO) == 1),
      err_is_terminal_(::isatty(STDERR_FILENO) == 1) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool is_dumb = term != nullptr && std::string_view(term) == "dumb";
  if (is_dumb) err_is_terminal_ = false;  // a line cannot be redrawn there
  colour_ = !options.no_color && !is_dumb &&
            (no_color == nullptr || *no_color == '\0');
}

int Console::width() const {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return 80;
}

std::string Console::out_styled(Style style, std::string_view text) const {
  return styled(colour_ && out_is_terminal_ ? style : Style::Plain, text);
}

std::string Console::err_styled(Style style, std::string_view text) const {
  return styled(colour_ && err_is_terminal_ ? style : Style::Plain, text);
}

Status Console::print(std::string_view text) const {
  const int code = write_all(STDOUT_FILENO, text);
  if (code == 0) return {};
  is_reader_gone_ = code == EPIPE;
  return Error(ErrorKind::Io,
               fmt::format("cannot write to stdout: {}", std::strerror(code)));
}

void Console::note(std::string_view line) const {
  if (!options_.quiet) write_stderr(std::string(line) + "\n");
}

void Console::redraw(std::string_view line) const {
  write_stderr(fmt::format("\r\x1b[2K{}", line));
}

void Console::complain(std::string_view message) const {
  write_stderr(
      fmt::format("{} {}\n", err_styled(Style::Bold, "hone:"), message));
}

size_t text_width(std::string_view text) {
  size_t width = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = std::min(text.find('m', i), text.size());
    } else if ((text[i] & 0xC0) != 0x80) {
      ++width;
    }
  }
  return width;
}

}  // namespace hone::cli
