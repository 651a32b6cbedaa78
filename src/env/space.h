// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an observation can be and which values an action may have: the typed
// spaces of an environment, and their values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"

namespace hone::env {

enum class SpaceKind {
  Integer,    // int64_t, at least `low`
  Float,      // double, at least `low`
  Box,        // std::vector<int64_t>, one element for each of `names`
  FloatBox,   // std::vector<double>, the same; `low` is not looked at
  Discrete,   // int64_t below `names.size()`
  Text,       // std::string, UTF-8
  Document,   // std::string that is one JSON document
  Bytes,      // std::string
  TokenList,  // std::vector<std::string> of any length
};

std::string_view space_kind_name(SpaceKind kind);

struct Space {
  SpaceKind kind = SpaceKind::Text;
  // Of a box's elements; of the choices of a discrete space.
  std::vector<std::string> names = {};
  int64_t low = 0;
};

struct NamedSpace {
  std::string name;
  Space space;
  std::string sentence;
};

// What an environment offers to choose from.
struct EnvironmentSpaces {
  struct Actions {
    std::string name;
    std::vector<std::string> actions;
    std::string sentence;
  };
  struct Reward {
    std::string name;
    std::string sentence;
  };
  std::vector<Actions> action_spaces;
  std::vector<NamedSpace> observations;
  std::vector<Reward> rewards;
};

using Value = std::variant<int64_t, double, std::string, std::vector<int64_t>,
                           std::vector<std::string>, std::vector<double>>;

bool contains(const Space& space, const Value& value);

Json to_json(const Space& space);
// Bytes as hexadecimal digits, documents as what they hold.
Json to_json(const Space& space, const Value& value);

// For rewards: integers and floats; nothing else has a number.
double number_of(const Value& value);

}  // namespace hone::env
