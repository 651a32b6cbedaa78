// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The linker as a function. Started as a program, lld takes ten times as long
// over a small model as the link itself: it loads and relocates LLVM's library
// once more.
#pragma once

#include <span>
#include <string>

#include "base/file.h"

namespace hone::codegen {

// Appends to `file` what ld.lld writes when it is given these arguments; they
// name no output. Equal arguments give the bytes that the program gives.
//
// For objects that Hone wrote itself: at some damaged inputs lld ends the
// process, and nothing is between it and the caller here. The output is in
// memory once. One link at a time; others wait. LLVM's command-line options,
// which nothing in a process that links may have set, return to their defaults.
// ToolFailed with what lld says; Io where the file cannot be written.
Status link_in_process(std::span<const std::string> arguments,
                       FileWriter& file);

}  // namespace hone::codegen
