// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/vocabulary.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/file.h"
#include "features/ir2vec.h"

namespace hone::env {

namespace {

constexpr const char* kVariable = "HONE_IR2VEC_VOCABULARY";
constexpr uintmax_t kLargestFile = uintmax_t{64} << 20;

}  // namespace

Result<VocabularyFile> read_vocabulary(const std::filesystem::path& path) {
  std::filesystem::path file = path;
  if (const char* named = std::getenv(kVariable); file.empty() && named)
    file = named;
  if (file.empty()) return VocabularyFile();
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(file, error);
  if (!error && size > kLargestFile)
    return Error(ErrorKind::LimitReached,
                 fmt::format("'{}' has {} bytes; a vocabulary of IR2Vec may "
                             "have {}",
                             file.string(), size, kLargestFile));
  VocabularyFile made;
  HONE_ASSIGN_OR_RETURN(made.text, read_file(file));
  HONE_ASSIGN_OR_RETURN(const features::Ir2VecVocabulary parsed,
                        features::Ir2VecVocabulary::parse(
                            made.text, fmt::format("'{}'", file.string())));
  made.dimension = parsed.dimension();
  return made;
}

Status check_vocabulary(size_t dimension, const ObservationInfo& observation) {
  if (observation.space.kind != SpaceKind::FloatBox || dimension > 0) return {};
  return Error(
      ErrorKind::InvalidArgument,
      fmt::format("'{}' needs a vocabulary, which LLVM's packages do not have; "
                  "name a file such as seedEmbeddingVocab75D.json of LLVM's "
                  "source (docs/reference/observations.md) with --vocabulary, "
                  "vocabulary= or ${}",
                  observation.name, kVariable));
}

void set_dimension(size_t dimension, EnvironmentSpaces& spaces) {
  for (NamedSpace& row : spaces.observations) {
    if (row.space.kind != SpaceKind::FloatBox) continue;
    row.space.names.clear();
    for (size_t i = 0; i < dimension; ++i)
      row.space.names.push_back(fmt::format("{}", i));
  }
}

}  // namespace hone::env
