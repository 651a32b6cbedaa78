// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/result.h"

namespace hone {

namespace {

struct ErrorRow {
  std::string_view name;
  int exit_code;
};

constexpr ErrorRow kErrors[] = {
#define HONE_ERROR(identifier, name, exit_code, sentence) {name, exit_code},
#include "base/errors.def"
#undef HONE_ERROR
};

}  // namespace

std::string_view error_name(ErrorKind kind) {
  return kErrors[static_cast<size_t>(kind)].name;
}

int exit_code(ErrorKind kind) {
  return kErrors[static_cast<size_t>(kind)].exit_code;
}

Error Error::in(std::string_view context) && {
  message = std::string(context) + ": " + message;
  return std::move(*this);
}

namespace detail {

void check_failed(const char* file, int line, const char* text) {
  std::fprintf(stderr, "hone: internal error: %s:%d: %s\n", file, line, text);
  std::abort();
}

}  // namespace detail

}  // namespace hone
