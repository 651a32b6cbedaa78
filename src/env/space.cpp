// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/space.h"

#include <algorithm>

namespace hone::env {

namespace {

constexpr std::string_view kKinds[] = {"integer",   "float",    "box",
                                       "float-box", "discrete", "text",
                                       "document",  "bytes",    "sequence"};

std::string hexadecimal(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

}  // namespace

std::string_view space_kind_name(SpaceKind kind) {
  return kKinds[static_cast<size_t>(kind)];
}

bool contains(const Space& space, const Value& value) {
  switch (space.kind) {
    case SpaceKind::Integer: {
      const auto* number = std::get_if<int64_t>(&value);
      return number != nullptr && *number >= space.low;
    }
    case SpaceKind::Float: {
      const auto* number = std::get_if<double>(&value);
      return number != nullptr && *number >= static_cast<double>(space.low);
    }
    case SpaceKind::Discrete: {
      const auto* index = std::get_if<int64_t>(&value);
      return index != nullptr && *index >= 0 &&
             *index < static_cast<int64_t>(space.names.size());
    }
    case SpaceKind::Box: {
      const auto* vector = std::get_if<std::vector<int64_t>>(&value);
      return vector != nullptr && vector->size() == space.names.size() &&
             std::all_of(vector->begin(), vector->end(),
                         [&](int64_t x) { return x >= space.low; });
    }
    case SpaceKind::FloatBox: {
      const auto* vector = std::get_if<std::vector<double>>(&value);
      return vector != nullptr && vector->size() == space.names.size();
    }
    case SpaceKind::Text:
    case SpaceKind::Document:
    case SpaceKind::Bytes:
      return std::holds_alternative<std::string>(value);
    case SpaceKind::TokenList:
      return std::holds_alternative<std::vector<std::string>>(value);
  }
  return false;
}

Json to_json(const Space& space) {
  Json json = {{"kind", space_kind_name(space.kind)}};
  if (!space.names.empty()) {
    json["size"] = space.names.size();
    json["names"] = space.names;
  }
  return json;
}

Json to_json(const Space& space, const Value& value) {
  if (space.kind == SpaceKind::Bytes)
    return hexadecimal(std::get<std::string>(value));
  if (space.kind == SpaceKind::Document) {
    Result<Json> document =
        parse_json(std::get<std::string>(value), "an observation");
    if (document.ok()) return *std::move(document);
  }
  return std::visit([](const auto& held) { return Json(held); }, value);
}

double number_of(const Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value))
    return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return 0;
}

}  // namespace hone::env
