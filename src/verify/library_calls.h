// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which undefined functions are the C and C++ libraries' own.
#pragma once

#include <span>
#include <string_view>

namespace hone::verify {

enum class LibraryKind { Unknown, Real, Wrapped };

LibraryKind library_kind(std::string_view name);

// All names of kind Wrapped: a compiler may call any of them unasked.
std::span<const std::string_view> wrapped_calls();

}  // namespace hone::verify
