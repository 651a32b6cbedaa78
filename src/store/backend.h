// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the rows lie. Each back end is one file, the only one that includes its
// library's headers. Calls may come from several threads at once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/hash.h"
#include "base/result.h"
#include "store/store.h"

namespace hone::store {

// Raised when the tables change. A store of an older version is brought up to
// date when it is opened; one of a newer version is refused.
//   1  evaluation
//   2  step
inline constexpr int kSchemaVersion = 2;

class Backend {
 public:
  virtual ~Backend() = default;
  virtual Result<std::optional<Row>> find(const Hash128& key) = 0;
  virtual Status insert(std::span<const Row> rows) = 0;
  virtual Status insert_steps(std::span<const StepRow> rows) = 0;
  virtual Result<Info> info() = 0;
  virtual Status for_each(const std::function<Status(const Row&)>& visit) = 0;
  virtual Status for_each_step(
      const std::function<Status(const StepRow&)>& visit) = 0;
  virtual Result<int64_t> collect_garbage(const std::string& compiler,
                                          int64_t metric_version) = 0;
};

Result<std::unique_ptr<Backend>> open_sqlite(const std::filesystem::path& path);
Result<std::unique_ptr<Backend>> open_postgresql(const std::string& uri);

}  // namespace hone::store
