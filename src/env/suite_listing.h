// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The programs of a test suite's checkout: the other direction of
// find_program() in suites.h.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "env/suites.h"

namespace hone::env {

// Paths as in their URIs, sorted: each folder where the suite has programs and
// one source defines main(), each such source where several do, each source of
// a suite of single ones. Sources are read and not compiled, so that some may
// not build. NotFound as find_checkout().
Result<std::vector<std::string>> list_programs(const Suite& suite,
                                               std::filesystem::path root);

}  // namespace hone::env
