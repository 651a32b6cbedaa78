// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Per-function attributes that change size or speed, as written in
// attributes.def, and how plain `opt-22 -passes=forceattrs` is told to set
// them.
//
// forceattrs of opt-22 22.1.8 was asked; it
//  1. reads the file of -forceattrs-csv-path: lines `function,attribute` or
//     `function,key=value`. A line is split at its first comma and the rest at
//     its first `=`, so that values may hold commas. Nothing is quoted: a name
//     with a comma or a line break cannot be written. Declarations are skipped.
//     An attribute that clashes with one the function has (minsize with
//     optnone, noinline with alwaysinline) is refused with a line on stderr and
//     exit status 0; so are unknown words and unknown functions. Trap: any
//     `word=value` becomes a string attribute, known or not
//     ("alignstack=16"); a string attribute with an empty value cannot be set.
//     A string attribute that is already there is overwritten.
//  2. then obeys -force-attribute=function:attribute, split at the first
//     colon, so that a name with a colon is out of reach (commas are fine).
//     Enum attributes only; string attributes, unknown words and clashes are
//     ignored without a word. Without a colon the attribute goes to every
//     function, declarations too. -force-attribute=f:optnone aborts where the
//     result does not verify.
//  3. then obeys -force-remove-attribute likewise. Removal therefore wins,
//     whatever the order of the options. String attributes cannot be removed,
//     only set to the value that means the default ("frame-pointer=none").
// The pass also stands at the head of every default<...> pipeline, which obeys
// the same options; each forceattrs of one process repeats all three steps.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "program/tier.h"

namespace hone::program {

// One choice for one function: {"codegen", "optsize"}.
struct AttributeSetting {
  std::string name;
  std::string value;

  auto operator<=>(const AttributeSetting&) const = default;
};

// One change of a function's attributes.
struct AttributeEdit {
  enum class Kind { Add, Remove, SetString };
  Kind kind;
  std::string_view word;   // attribute, or key of SetString
  std::string_view value;  // of SetString
};

struct AttributeInfo {
  std::string_view name;   // "codegen"
  std::string_view value;  // "optsize"
  Tier tier;
  std::vector<AttributeEdit> edits;
  std::string_view sentence;
};

// Sorted by name and value; rows of one name exclude each other. The span lives
// as long as the process.
std::span<const AttributeInfo> attributes();

const AttributeInfo* find_attribute(std::string_view name,
                                    std::string_view value);

// What forceattrs is told: options for its command line, and lines for its CSV
// file (without line breaks). Many options are best passed in a response file.
struct ForcedAttributes {
  std::vector<std::string> options;
  std::vector<std::string> csv_lines;
};

// Both for one function.
// NotFound for a setting that is not in the table; Unsupported for a name that
// forceattrs cannot be told, and for two settings that contradict each other.
Result<ForcedAttributes> force_attributes(
    std::string_view function, std::span<const AttributeSetting> settings);

}  // namespace hone::program
