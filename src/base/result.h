// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Results instead of exceptions: a value, or an error that says what was given,
// what was expected and what to do next.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace hone {

enum class ErrorKind {
#define HONE_ERROR(identifier, name, exit_code, sentence) identifier,
#include "base/errors.def"
#undef HONE_ERROR
};

// The public name, as printed by --json ("not-found").
std::string_view error_name(ErrorKind kind);

// The process exit code that a face returns for it: 1 answered "no", 2 error.
int exit_code(ErrorKind kind);

struct Error {
  Error(ErrorKind kind, std::string message)
      : kind(kind), message(std::move(message)) {}

  // The same error with "context: " before its message.
  Error in(std::string_view context) &&;

  ErrorKind kind;
  std::string message;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

// Success without a value, or an error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

namespace detail {
[[noreturn]] void check_failed(const char* file, int line, const char* text);
}  // namespace detail

}  // namespace hone

#define HONE_CONCAT_INNER(a, b) a##b
#define HONE_CONCAT(a, b) HONE_CONCAT_INNER(a, b)

// HONE_ASSIGN_OR_RETURN(const Tokens tokens, tokenize(text));
#define HONE_ASSIGN_OR_RETURN(declaration, expression)                  \
  HONE_ASSIGN_OR_RETURN_IN(HONE_CONCAT(result_, __LINE__), declaration, \
                           expression)
#define HONE_ASSIGN_OR_RETURN_IN(temporary, declaration, expression) \
  auto temporary = (expression);                                     \
  if (!temporary) return std::move(temporary).error();               \
  declaration = *std::move(temporary)

#define HONE_RETURN_IF_ERROR(expression)                                       \
  do {                                                                         \
    if (auto status = (expression); !status) return std::move(status).error(); \
  } while (false)

// Aborts on a defect of our own; no input may be able to trigger it.
#define HONE_CHECK(condition) \
  ((condition) ? void()       \
               : ::hone::detail::check_failed(__FILE__, __LINE__, #condition))
