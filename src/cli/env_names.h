// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the words of `hone env` can name, for shell completion. Only an
// environment knows which of its own kind it has, so these are all of them.
#pragma once

#include <string>
#include <vector>

namespace hone::cli {

std::vector<std::string> environment_names();
std::vector<std::string> action_space_names();
std::vector<std::string> reward_names();  // and "none"
std::vector<std::string> observation_names();
// "generator://hone/", "file://": each data set's up to what its user names.
std::vector<std::string> uri_beginnings();

}  // namespace hone::cli
