// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/assembly.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/text.h"

namespace hone::program {

namespace {

constexpr std::string_view kBegin = "-- Begin function ";
constexpr std::string_view kEnd = "-- End function";
constexpr std::string_view kModuleAssembly =
    "Start of file scope inline assembly";

// Functions that the machine outliner makes: their numbers mean something else
// in each compile.
constexpr std::string_view kOutlined = "OUTLINED_FUNCTION_";

// Labels whose number counts functions, or labels within one.
constexpr std::string_view kNumbered[] = {
    ".LBB",     ".LCPI",       ".LJTI",       ".Lfunc_begin",
    ".Ltmp",    ".Lfunc_end",  ".Lexception", ".Lttbaseref",
    ".Lttbase", ".Lcst_begin", ".Lcst_end",   "GCC_except_table"};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' ||
         c == '$';
}

bool is_number_char(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) || c == '_';
}

// The length of a numbered label at the start of `text`, else 0.
size_t numbered_label(std::string_view text) {
  for (const std::string_view prefix : kNumbered) {
    if (!text.starts_with(prefix)) continue;
    size_t end = prefix.size();
    while (end < text.size() && is_number_char(text[end])) ++end;
    if (end > prefix.size()) return end;
  }
  return 0;
}

std::string with_suffix(std::string_view text, size_t file) {
  const std::string suffix = fmt::format("_v{}", file);
  std::string renamed;
  renamed.reserve(text.size() + text.size() / 8);
  for (size_t i = 0; i < text.size();) {
    const bool may_begin = text[i] == '.' || text[i] == 'G';
    const size_t length = may_begin ? numbered_label(text.substr(i)) : 0;
    if (length == 0) {
      renamed += text[i++];
      continue;
    }
    renamed += text.substr(i, length);
    renamed += suffix;
    i += length;
  }
  return renamed;
}

// Calls `visit` with each word that begins with ".L".
template <typename Visit>
void for_each_private_symbol(std::string_view text, Visit visit) {
  for (size_t i = text.find(".L"); i != std::string_view::npos;
       i = text.find(".L", i)) {
    const bool inside = i > 0 && is_word(text[i - 1]);
    size_t end = i;
    while (end < text.size() && is_word(text[end])) ++end;
    if (!inside) visit(text.substr(i, end - i));
    i = end;
  }
}

std::string_view directive_of(std::string_view line) {
  const size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  const size_t end = line.find_first_of(" \t", begin);
  return line.substr(begin, end == std::string_view::npos ? end : end - begin);
}

bool is_section_switch(std::string_view directive) {
  return directive == ".section" || directive == ".text" ||
         directive == ".data" || directive == ".bss";
}

uint64_t data_size(std::string_view directive, std::string_view line) {
  if (directive == ".byte" || directive == ".uleb128" ||
      directive == ".sleb128")
    return 1;
  // Arm's names first; x86 has .word too, of two bytes, but clang prints
  // .short.
  if (directive == ".hword" || directive == ".short") return 2;
  if (directive == ".word" || directive == ".long") return 4;
  if (directive == ".xword" || directive == ".quad") return 8;
  if (directive == ".zero") {
    uint64_t size = 0;
    for (const char c : line.substr(line.find(directive) + directive.size()))
      if (std::isdigit(static_cast<unsigned char>(c)))
        size = size * 10 + static_cast<uint64_t>(c - '0');
      else if (c != ' ' && c != '\t')
        break;
    return size;
  }
  return 0;
}

// The line without its comment, which begins with '#' on x86 and "//" on Arm.
std::string_view without_comment(std::string_view line) {
  return line.substr(0, std::min(line.find(" #"), line.find(" //")));
}

// "name" of a line "name:" that begins in the first column.
std::string_view label_of(std::string_view line) {
  if (line.empty() || std::isspace(static_cast<unsigned char>(line[0])))
    return {};
  const size_t colon = line.find(':');
  return colon == std::string_view::npos ? std::string_view()
                                         : line.substr(0, colon);
}

}  // namespace

Result<Assembly> Assembly::parse(std::string text) {
  Assembly assembly;
  assembly.text_ = std::move(text);
  const std::string_view all = assembly.text_;
  for (size_t begin = 0; begin < all.size();) {
    const size_t end = std::min(all.find('\n', begin), all.size());
    assembly.lines_.emplace_back(begin, end - begin);
    begin = end + 1;
  }
  std::string section = "\t.text";
  AssemblyBlock block;
  bool in_header = true;
  bool in_text = true;
  bool in_function = false;
  for (size_t number = 1; number <= assembly.lines_.size(); ++number) {
    const std::string_view line = assembly.line(number);
    const std::string_view directive = directive_of(line);
    for (const std::string_view unsupported :
         {".pushsection", ".popsection", ".previous", ".subsection",
          ".include"})
      if (directive == unsupported)
        return Error(ErrorKind::Unsupported,
                     fmt::format("the assembly uses {}", directive));
    if (in_header && is_section_switch(directive)) {
      in_header = false;
      block = {.begin = number, .section = section};
    }
    if (is_section_switch(directive)) {
      section = without_comment(line);
      in_text = section.find("text") != std::string::npos;
    } else if (!in_text) {
      block.data_bytes += data_size(directive, line);
    }
    if (line.find(kModuleAssembly) != std::string_view::npos)
      return Error(ErrorKind::Unsupported,
                   "the module has assembly of its own");
    if (line.find("#APP") != std::string_view::npos ||
        line.find("//APP") != std::string_view::npos)
      block.inline_assembly = true;
    if (const size_t at = line.find(kBegin); at != std::string_view::npos) {
      if (in_header) block = {.begin = number, .section = section};
      in_header = false;
      block.function = trim(line.substr(at + kBegin.size()));
      in_function = true;
    }
    if (line.find(kEnd) != std::string_view::npos && in_function) {
      block.end = number;
      assembly.by_function_.emplace(block.function, assembly.blocks_.size());
      assembly.blocks_.push_back(std::move(block));
      block = {.begin = number + 1, .section = section};
      in_function = false;
    }
  }
  if (assembly.blocks_.empty())
    return Error(ErrorKind::Unsupported, "the assembly holds no function");
  assembly.section_after_ = block.section;
  // Private globals stand after the last function; a definition runs up to the
  // next label.
  std::string open;
  for (size_t number = assembly.blocks_.back().end + 1;
       number <= assembly.lines_.size(); ++number) {
    const std::string_view label = label_of(assembly.line(number));
    if (!label.empty()) {
      open = label;
      assembly.definitions_[open] = {number, number};
    } else if (!open.empty()) {
      assembly.definitions_[open].second = number;
    }
  }
  assembly.pin_blocks();
  return assembly;
}

void Assembly::pin_blocks() {
  std::set<std::string_view> referred;
  for (size_t number = blocks_.back().end + 1; number <= lines_.size();
       ++number)
    for_each_private_symbol(line(number), [&](std::string_view symbol) {
      if (numbered_label(symbol) == symbol.size()) referred.insert(symbol);
    });
  if (referred.empty()) return;
  for (AssemblyBlock& block : blocks_)
    for (size_t number = block.begin; number <= block.end; ++number)
      block.pinned |= referred.contains(label_of(line(number)));
}

std::string_view Assembly::line(size_t number) const {
  const auto [offset, length] = lines_[number - 1];
  return std::string_view(text_).substr(offset, length);
}

const AssemblyBlock* Assembly::find(std::string_view function) const {
  const auto found = by_function_.find(function);
  return found == by_function_.end() ? nullptr : &blocks_[found->second];
}

std::string_view Assembly::text_of(const AssemblyBlock& block) const {
  const size_t begin = lines_[block.begin - 1].first;
  const auto [offset, length] = lines_[block.end - 1];
  return std::string_view(text_).substr(begin, offset + length - begin);
}

std::string_view Assembly::definition_of(std::string_view symbol) const {
  const auto found = definitions_.find(symbol);
  if (found == definitions_.end()) return {};
  // Up to its .size line: what follows belongs to the next symbol.
  const auto [begin, end] = found->second;
  size_t last = begin;
  while (last < end && directive_of(line(last)) != ".size") ++last;
  const size_t from = lines_[begin - 1].first;
  const auto [offset, length] = lines_[last - 1];
  return std::string_view(text_).substr(from, offset + length - from);
}

bool can_take(const Assembly& base, const Assembly& other,
              std::string_view function) {
  const AssemblyBlock* ours = base.find(function);
  const AssemblyBlock* theirs = other.find(function);
  if (ours == nullptr || theirs == nullptr || ours->inline_assembly ||
      theirs->inline_assembly || ours->pinned || theirs->pinned)
    return false;
  const std::string_view text = other.text_of(*theirs);
  if (text.find(kOutlined) != std::string_view::npos) return false;
  bool fits = true;
  std::set<std::string_view> defined;
  for (size_t number = theirs->begin; number <= theirs->end; ++number)
    if (const std::string_view label = label_of(other.line(number));
        !label.empty())
      defined.insert(label);
  for_each_private_symbol(text, [&](std::string_view symbol) {
    if (defined.contains(symbol)) return;
    if (numbered_label(symbol) == symbol.size()) {
      // A comment may name a block of this function; code may not name one
      // of another.
      fits = false;
      return;
    }
    const std::string_view definition = other.definition_of(symbol);
    fits =
        fits && !definition.empty() && definition == base.definition_of(symbol);
  });
  return fits;
}

std::vector<Segment> splice(const Assembly& base,
                            std::span<const Assembly* const> others,
                            const std::map<std::string, size_t>& chosen) {
  std::vector<Segment> segments;
  const auto add_base = [&](size_t begin, size_t end, std::string section) {
    if (begin > end) return;
    if (!segments.empty() && segments.back().file == 0 &&
        segments.back().end + 1 == begin) {
      segments.back().end = end;
      return;
    }
    segments.push_back({0, begin, end, std::move(section)});
  };
  add_base(1, base.blocks().front().begin - 1, "");
  for (const AssemblyBlock& block : base.blocks()) {
    const auto choice = chosen.find(block.function);
    if (choice == chosen.end() || choice->second >= others.size() ||
        !can_take(base, *others[choice->second], block.function)) {
      add_base(block.begin, block.end, block.section);
      continue;
    }
    const AssemblyBlock& taken = *others[choice->second]->find(block.function);
    segments.push_back(
        {choice->second + 1, taken.begin, taken.end, taken.section});
  }
  // Data there may rely on the section of the last function's jump table.
  add_base(base.blocks().back().end + 1, base.line_count(),
           base.section_after());
  return segments;
}

std::string render(std::span<const Segment> segments, const Assembly& base,
                   std::span<const Assembly* const> others) {
  std::string text;
  for (const Segment& segment : segments) {
    if (!segment.section.empty()) text += segment.section + "\n";
    const Assembly& from = segment.file == 0 ? base : *others[segment.file - 1];
    std::string lines;
    for (size_t number = segment.begin; number <= segment.end; ++number) {
      lines += from.line(number);
      lines += '\n';
    }
    text += segment.file == 0 ? lines : with_suffix(lines, segment.file);
  }
  return text;
}

std::string sed_command(std::span<const Segment> segments,
                        std::span<const std::string> files,
                        std::string_view output) {
  std::vector<std::string> prefixes;
  for (const std::string_view prefix : kNumbered) {
    std::string escaped(prefix);
    if (escaped.starts_with('.')) escaped = "\\" + escaped;
    prefixes.push_back(escaped);
  }
  std::string text = "{\n";
  for (const Segment& segment : segments) {
    if (!segment.section.empty())
      text += fmt::format("printf '%s\\n' {}\n", shell_quote(segment.section));
    text += fmt::format("sed -n '{},{}p' {}", segment.begin, segment.end,
                        files[segment.file]);
    if (segment.file != 0)
      text += fmt::format(" | sed -E 's/({})[0-9_]+/&_v{}/g'",
                          join(prefixes, "|"), segment.file);
    text += '\n';
  }
  return text + fmt::format("}} >{}\n", output);
}

}  // namespace hone::program
