// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/line_reader.h"

#include <fmt/format.h>
#include <histedit.h>
#include <unistd.h>

#include <cstdio>

#include "cli/env_shell.h"

namespace hone::cli {

namespace {

constexpr int kRemembered = 1000;
constexpr size_t kLongestLine = 64 << 10;

// Of a file or pipe.
Result<std::optional<std::string>> read_plain() {
  std::string text;
  for (int c = std::getchar(); c != '\n'; c = std::getchar()) {
    if (c == EOF && text.empty()) return std::optional<std::string>();
    if (c == EOF) break;
    if (text.size() == kLongestLine)
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("more than {} bytes without a newline; expected "
                               "a command a line",
                               kLongestLine));
    text += static_cast<char>(c);
  }
  return std::optional(std::move(text));
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

Result<std::optional<std::string>> LineReader::read() {
  if (editor_ == nullptr) return read_plain();
  int count = 0;
  const char* const typed = el_gets(editor_->line, &count);
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
