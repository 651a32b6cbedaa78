// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Splicing: one object out of several compiles of the same optimised module.
//
// Options of the code generator hold for a whole process, but which one makes
// a function small differs from function to function. All compiles start from
// one module, whose inter-procedural work is done, so that signatures, calling
// conventions, globals and inferred attributes agree, and the body of a
// function may be taken from any of them. That is done on the assembly that
// clang prints, whose functions stand between comments:
//
//     .section .rodata.cst16,…         constants, before the function
//   .LCPI3_0: …
//     .text
//     .globl f                    # -- Begin function f
//   f: … .LBB3_2: … jmp .LBB3_2
//     .section .rodata …               jump tables, after it
//   .LJTI3_0: …
//                                 # -- End function
//
// A block is what lies between the end of the previous function and the end of
// its own. Labels that count functions (.LBB3_2) get a suffix when a block
// comes from another file. Blocks stay with the base where they hold inline
// assembly, where another block refers into them (blockaddress), or where they
// need a private global that the base file does not define alike. A block that
// the machine outliner made, or that calls one, is taken from nowhere else; on
// AArch64 the outliner runs by default.
//
// Never across compiles that differ in -enable-ipra, the machine outliner or
// global merging: those let one function rely on the code of another.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::program {

struct AssemblyBlock {
  std::string function;
  size_t begin = 0;  // line numbers, 1-based
  size_t end = 0;    // inclusive
  // The section directive in force where the block begins.
  std::string section;
  // Bytes it puts into sections of data: jump tables, constants, LSDAs.
  uint64_t data_bytes = 0;
  bool inline_assembly = false;
  // Data elsewhere holds the address of one of its labels.
  bool pinned = false;
};

class Assembly {
 public:
  // Unsupported where the file cannot be cut: assembly of the user's at module
  // level, stacks of sections, or no function markers.
  static Result<Assembly> parse(std::string text);

  std::string_view line(size_t number) const;
  size_t line_count() const { return lines_.size(); }
  const std::vector<AssemblyBlock>& blocks() const { return blocks_; }
  const AssemblyBlock* find(std::string_view function) const;
  // Lines of a block as one text.
  std::string_view text_of(const AssemblyBlock& block) const;
  std::string_view text() const { return text_; }
  // The section directive in force after the last block.
  const std::string& section_after() const { return section_after_; }
  // The lines that define a private global, "" when it defines none.
  std::string_view definition_of(std::string_view symbol) const;

 private:
  void pin_blocks();

  std::string text_;
  std::vector<std::pair<size_t, size_t>> lines_;  // offset, length
  std::vector<AssemblyBlock> blocks_;
  std::string section_after_;
  std::map<std::string, size_t, std::less<>> by_function_;
  std::map<std::string, std::pair<size_t, size_t>, std::less<>> definitions_;
};

// Whether the block of `function` may be taken from `other` into `base`.
bool can_take(const Assembly& base, const Assembly& other,
              std::string_view function);

// A run of lines of one file; file 0 is the base.
struct Segment {
  size_t file = 0;
  size_t begin = 0;
  size_t end = 0;
  std::string section;  // printed first, where not empty
};

// `chosen`: function to index into `others`. Functions that cannot be taken
// keep the base's block.
std::vector<Segment> splice(const Assembly& base,
                            std::span<const Assembly* const> others,
                            const std::map<std::string, size_t>& chosen);

// The spliced text.
std::string render(std::span<const Segment> segments, const Assembly& base,
                   std::span<const Assembly* const> others);

// The same by sed: one shell command that writes `output` from the files named.
std::string sed_command(std::span<const Segment> segments,
                        std::span<const std::string> files,
                        std::string_view output);

}  // namespace hone::program
