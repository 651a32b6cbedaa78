// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Words that decide what a server may be asked for: addresses, clang's flags,
// URIs of programs and the token. What is allowed has to be what it looks like.
#include "base/text.h"
#include "service/address.h"
#include "service/dispatch.h"
#include "service/programs.h"

namespace hone::service {

namespace {

void check_address(std::string_view text) {
  const Result<Address> address = parse_address(text);
  if (!address.ok()) return;
  const Result<Address> again = parse_address(address->text());
  HONE_CHECK(again.ok() && again->text() == address->text());
  HONE_CHECK(again->is_local() == address->is_local());
}

// No flag that is allowed loads code, names a file or reaches another tool.
void check_flag(const std::string& flag) {
  if (!check_flags({{flag}}, {}).ok()) return;
  HONE_CHECK(flag.starts_with('-'));
  const bool is_macro = flag.starts_with("-D") || flag.starts_with("-U");
  HONE_CHECK(is_macro || flag.find('/') == std::string::npos);
  for (const char* refused :
       {"-load", "-fplugin", "-include", "-X", "-o", "-mllvm", "-fmodule",
        "-Wl,", "-Wa,", "-Wp,", "-B", "-I", "-specs", "-save", "-MF"})
    HONE_CHECK(!flag.starts_with(refused));
}

}  // namespace

}  // namespace hone::service

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hone::service;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_address(text);
  for (const std::string& flag : hone::split(text, '\n')) check_flag(flag);
  static Programs programs = *Programs::make({});
  (void)programs.resolve(text);
  const size_t half = size / 2;
  HONE_CHECK(is_token(text.substr(0, half), text.substr(half)) ==
             (!text.substr(half).empty() &&
              text.substr(0, half) == text.substr(half)));
  return 0;
}
