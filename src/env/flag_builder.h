// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One preprocessed source and what a compiler makes of it under different
// options. The compiler is a process with limits: what it does not survive is
// an error of the kind Rejected.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "env/benchmark.h"
#include "env/flag_space.h"
#include "program/object_file.h"

namespace hone::env {

struct FlagBuild {
  std::string object;
  program::ObjectSizes sizes;
  double seconds = 0;  // of the compiler's CPU time
};

class FlagBuilder {
 public:
  // Preprocesses the benchmark once, by the compiler itself; `-O` options of
  // the benchmark are dropped, being what is to be chosen.
  static Result<std::shared_ptr<FlagBuilder>> open(const FlagSpace& space,
                                                   std::string_view uri,
                                                   double cpu_seconds);

  const std::string& uri() const { return uri_; }  // absolute
  // Whether it has read what that URI names now.
  bool is_of(std::string_view absolute_uri) const {
    return uri_ == absolute_uri && stamp_.is_current();
  }
  const std::string& source() const { return source_; }

  // How an object becomes a program.
  std::vector<std::string> linker() const;
  std::vector<std::string> libraries() const;

  // Builds are kept, so that a way back costs nothing: some megabytes of them.
  Result<std::shared_ptr<const FlagBuild>> build(
      const std::vector<std::string>& words);
  Result<std::string> assembly(const std::vector<std::string>& words);
  Result<double> build_seconds(const std::vector<std::string>& words);
  size_t kept_bytes() const { return kept_bytes_; }

 private:
  FlagBuilder(std::string program, TempDir folder)
      : program_(std::move(program)), folder_(std::move(folder)) {}
  Result<std::string> preprocessed(const std::filesystem::path& source) const;
  Result<std::string> compile(const std::vector<std::string>& words,
                              std::string_view mode, double& seconds);
  const std::filesystem::path& folder() const { return folder_.path(); }
  bool is_cxx() const { return input_.ends_with(".ii"); }

  std::string program_;
  TempDir folder_;
  std::string uri_;
  SourceStamp stamp_;
  std::string source_;
  std::string input_;  // "input.i" or "input.ii"
  std::vector<std::string> flags_;
  double cpu_seconds_ = 60;
  std::unordered_map<std::string, std::shared_ptr<const FlagBuild>> builds_;
  size_t kept_bytes_ = 0;
};

}  // namespace hone::env
