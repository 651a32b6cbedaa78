// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/line_reader.h"

#include <fmt/format.h>
#include <histedit.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cwchar>

#include "cli/env_shell.h"
#include "cli/interrupt.h"

namespace hone::cli {

namespace {

constexpr int kRemembered = 1000;
constexpr size_t kLongestLine = 64 << 10;

// Whether there is something to read, be it the end; not after an interrupt.
// read() alone would miss one that comes just before it.
bool wait_for_input() {
  pollfd polled[] = {
      {.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
      {.fd = interrupt_descriptor(), .events = POLLIN, .revents = 0}};
  while (::poll(polled, 2, -1) < 0 && errno == EINTR) {
  }
  return !is_interrupted();
}

}  // namespace

// What libedit calls back with only has a pointer to this.
struct LineReader::Editor {
  std::string prompt;
  Completer complete;
  EditLine* line = nullptr;
  History* history = nullptr;

  static Editor& of(EditLine* line) {
    void* self = nullptr;
    el_get(line, EL_CLIENTDATA, &self);
    return *static_cast<Editor*>(self);
  }
  static char* show_prompt(EditLine* line) { return of(line).prompt.data(); }

  static unsigned char on_tab(EditLine* line, int) {
    const LineInfo* const info = el_line(line);
    const std::string_view before(
        info->buffer, static_cast<size_t>(info->cursor - info->buffer));
    const std::string_view last = before.substr(before.rfind(' ') + 1);
    const std::vector<std::string> words = of(line).complete(before);
    if (words.empty()) return CC_REFRESH_BEEP;
    std::string rest = common_beginning(words).substr(last.size());
    if (words.size() == 1) rest += ' ';
    if (!rest.empty())
      return el_insertstr(line, rest.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    std::fputc('\n', stdout);
    for (const std::string& word : words) std::puts(word.c_str());
    return CC_REDISPLAY;
  }

  // Keys; what is no character of the locale is left out.
  static int read_key(EditLine*, wchar_t* key) {
    wint_t read = WEOF;
    while (read == WEOF) {
      if (!wait_for_input()) return -1;
      unsigned char byte = 0;
      const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return static_cast<int>(got);
      read = std::btowc(byte);
    }
    *key = static_cast<wchar_t>(read);
    return 1;
  }
};

LineReader::LineReader(std::string prompt, Completer complete) {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) return;
  EditLine* const line = el_init("hone", stdin, stdout, stderr);
  if (line == nullptr) return;
  editor_ = std::make_unique<Editor>(Editor{.prompt = std::move(prompt),
                                            .complete = std::move(complete),
                                            .line = line,
                                            .history = history_init()});
  el_set(line, EL_CLIENTDATA, editor_.get());
  el_set(line, EL_PROMPT, Editor::show_prompt);
  el_set(line, EL_SIGNAL, 1);
  el_set(line, EL_GETCFN, Editor::read_key);
  el_set(line, EL_EDITOR, "emacs");
  HistEvent event;
  history(editor_->history, &event, H_SETSIZE, kRemembered);
  el_set(line, EL_HIST, history, editor_->history);
  el_set(line, EL_ADDFN, "hone-complete", "Completes a word.", Editor::on_tab);
  el_set(line, EL_BIND, "^I", "hone-complete", nullptr);
}

LineReader::~LineReader() {
  if (editor_ == nullptr) return;
  history_end(editor_->history);
  el_end(editor_->line);
}

Result<std::optional<std::string>> LineReader::read_plain() {
  size_t end = ahead_.find('\n');
  while (end == std::string::npos && !at_end_ &&
         ahead_.size() <= kLongestLine) {
    if (!wait_for_input()) return std::optional<std::string>();
    char some[4096];
    const ssize_t got = ::read(STDIN_FILENO, some, sizeof(some));
    if (got < 0 && errno == EINTR) continue;
    at_end_ = got <= 0;
    const size_t before = ahead_.size();
    if (got > 0) ahead_.append(some, static_cast<size_t>(got));
    end = ahead_.find('\n', before);
  }
  if (std::min(end, ahead_.size()) > kLongestLine)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("more than {} bytes without a newline; expected "
                             "a command a line",
                             kLongestLine));
  if (ahead_.empty()) return std::optional<std::string>();
  std::string line = ahead_.substr(0, end);
  ahead_.erase(0, end == std::string::npos ? end : end + 1);
  return std::optional(std::move(line));
}

Result<std::optional<std::string>> LineReader::read() {
  if (editor_ == nullptr) return read_plain();
  forget_interrupts();
  int count = 0;
  const char* const typed = el_gets(editor_->line, &count);
  // libedit hands the signal on to the handler that was there before.
  if (is_interrupted()) {
    std::puts("^C");
    return std::optional(std::string());
  }
  if (typed == nullptr || count <= 0) return std::optional<std::string>();
  std::string text(typed, static_cast<size_t>(count));
  if (text.ends_with('\n')) text.pop_back();
  if (!text.empty()) {
    HistEvent event;
    history(editor_->history, &event, H_ENTER, text.c_str());
  }
  return std::optional(std::move(text));
}

}  // namespace hone::cli
