// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/library_calls.h"

#include <algorithm>
#include <array>
#include <vector>

namespace hone::verify {

namespace {

struct Entry {
  LibraryKind kind;
  std::string_view name;
};

constexpr Entry kEntries[] = {
#define HONE_LIBRARY(kind, name) {LibraryKind::kind, name},
#include "verify/library_calls.def"
#undef HONE_LIBRARY
};

constexpr size_t count_wrapped() {
  size_t count = 0;
  for (const Entry& entry : kEntries)
    count += entry.kind == LibraryKind::Wrapped;
  return count;
}

constexpr auto kWrapped = [] {
  std::array<std::string_view, count_wrapped()> names;
  size_t i = 0;
  for (const Entry& entry : kEntries)
    if (entry.kind == LibraryKind::Wrapped) names[i++] = entry.name;
  return names;
}();

// <math.h>, with the suffixes f and l.
constexpr std::string_view kMath[] = {
    "acos",      "acosh",   "asin",      "asinh",    "atan",   "atan2",
    "atanh",     "cbrt",    "ceil",      "copysign", "cos",    "cosh",
    "erf",       "erfc",    "exp",       "exp10",    "exp2",   "expm1",
    "fabs",      "fdim",    "floor",     "fma",      "fmax",   "fmin",
    "fmod",      "frexp",   "hypot",     "ilogb",    "ldexp",  "lgamma",
    "llrint",    "llround", "log",       "log10",    "log1p",  "log2",
    "logb",      "lrint",   "lround",    "modf",     "nan",    "nearbyint",
    "nextafter", "pow",     "remainder", "remquo",   "rint",   "round",
    "roundeven", "scalbln", "scalbn",    "sin",      "sincos", "sinh",
    "sqrt",      "tan",     "tanh",      "tgamma",   "trunc"};

bool is_math(std::string_view name) {
  const auto known = [](std::string_view stem) {
    return std::find(std::begin(kMath), std::end(kMath), stem) !=
           std::end(kMath);
  };
  if (known(name)) return true;
  return name.size() > 1 && (name.back() == 'f' || name.back() == 'l') &&
         known(name.substr(0, name.size() - 1));
}

// The C++ runtime, the unwinder, and the compiler's own arithmetic
// (__udivti3, __mulsc3, …).
bool is_runtime(std::string_view name) {
  constexpr std::string_view kPrefixes[] = {
      "_Unwind_", "_ZNKSt",           "_ZNSt", "_ZSt", "_ZTI", "_ZTS", "_ZTV",
      "__cxa_",   "__gxx_personality"};
  for (const std::string_view prefix : kPrefixes)
    if (name.starts_with(prefix)) return true;
  if (!name.starts_with("__") || name.size() < 6) return false;
  const std::string_view end = name.substr(name.size() - 3);
  for (const std::string_view kind : {"ti3", "ti2", "di3", "di2", "si2", "sc3",
                                      "dc3", "xc3", "tf3", "tf2", "xf3"})
    if (end == kind) return true;
  return name.find("ti") != std::string_view::npos &&
         (name.starts_with("__fix") || name.starts_with("__float"));
}

}  // namespace

LibraryKind library_kind(std::string_view name) {
  for (const Entry& entry : kEntries)
    if (entry.name == name) return entry.kind;
  return is_math(name) || is_runtime(name) ? LibraryKind::Real
                                           : LibraryKind::Unknown;
}

std::span<const std::string_view> wrapped_calls() { return kWrapped; }

}  // namespace hone::verify
