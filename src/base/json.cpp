// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/json.h"

#include <fmt/format.h>

namespace hone {

namespace {

Result<const Json*> member(const Json& object, std::string_view key,
                           bool (*matches)(const Json&),
                           std::string_view expected) {
  if (object.is_object()) {
    const auto found = object.find(key);
    if (found != object.end() && matches(*found)) return &*found;
  }
  return Error(ErrorKind::Malformed,
               fmt::format("expected {} under \"{}\"", expected, key));
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view what) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded())
    return Error(ErrorKind::Malformed, fmt::format("{} is no JSON text", what));
  return json;
}

Result<std::string> json_string(const Json& object, std::string_view key) {
  HONE_ASSIGN_OR_RETURN(
      const Json* value,
      member(
          object, key, [](const Json& j) { return j.is_string(); },
          "a string"));
  return value->get<std::string>();
}

Result<int64_t> json_integer(const Json& object, std::string_view key) {
  HONE_ASSIGN_OR_RETURN(
      const Json* value,
      member(
          object, key, [](const Json& j) { return j.is_number_integer(); },
          "an integer"));
  return value->get<int64_t>();
}

Result<double> json_number(const Json& object, std::string_view key) {
  HONE_ASSIGN_OR_RETURN(
      const Json* value,
      member(
          object, key, [](const Json& j) { return j.is_number(); },
          "a number"));
  return value->get<double>();
}

Result<bool> json_boolean(const Json& object, std::string_view key) {
  HONE_ASSIGN_OR_RETURN(
      const Json* value,
      member(
          object, key, [](const Json& j) { return j.is_boolean(); },
          "true or false"));
  return value->get<bool>();
}

Result<std::vector<std::string>> json_strings(const Json& object,
                                              std::string_view key) {
  const auto is_strings = [](const Json& j) {
    return j.is_array() && std::all_of(j.begin(), j.end(), [](const Json& e) {
             return e.is_string();
           });
  };
  HONE_ASSIGN_OR_RETURN(const Json* value,
                        member(object, key, is_strings, "a list of strings"));
  return value->get<std::vector<std::string>>();
}

std::string to_text(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace hone
