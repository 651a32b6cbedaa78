// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// JSON values (nlohmann's, insertion order kept) without its exceptions.
#pragma once

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace hone {

using Json = nlohmann::ordered_json;

// Malformed text is an error that names what was being read.
Result<Json> parse_json(std::string_view text, std::string_view what);

// Typed access for documents of our own that somebody may have edited.
Result<std::string> json_string(const Json& object, std::string_view key);
Result<int64_t> json_integer(const Json& object, std::string_view key);
Result<double> json_number(const Json& object, std::string_view key);
Result<bool> json_boolean(const Json& object, std::string_view key);
Result<std::vector<std::string>> json_strings(const Json& object,
                                              std::string_view key);

// Text that is no UTF-8 is printed with replacement characters.
std::string to_text(const Json& json, int indent = -1);

}  // namespace hone
