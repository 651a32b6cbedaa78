// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The vocabulary of IR2Vec that an environment's options name. It is read here,
// so that whoever names a wrong one is told at once; the worker gets its text.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "env/live_spaces.h"

namespace hone::env {

struct VocabularyFile {
  std::string text;      // empty: none is named
  size_t dimension = 0;  // of the vectors; 0 without one
};

// `path`, or what $HONE_IR2VEC_VOCABULARY names where that is empty. The
// errors say which file and what is wrong with it.
Result<VocabularyFile> read_vocabulary(const std::filesystem::path& path);

// InvalidArgument where the observation needs a vocabulary and there is none.
Status check_vocabulary(size_t dimension, const ObservationInfo& observation);

// Sizes the spaces of IR2Vec's vectors.
void set_dimension(size_t dimension, EnvironmentSpaces& spaces);

}  // namespace hone::env
