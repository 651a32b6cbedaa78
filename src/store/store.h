// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every evaluation ever made, in one SQLite file: the cache of the searches and
// the training set of the models.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/hash.h"
#include "base/result.h"

namespace hone::store {

// One evaluation. `key` is the hash of everything that determines the result;
// the parts are kept beside it so that the row can be read without Hone.
struct Row {
  Hash128 key;
  Hash128 input;         // of the unoptimised bitcode
  std::string recipe;    // JSON
  std::string mode;      // JSON: triple, CPU, flags that reach the generator
  std::string compiler;  // LLVM build
  int64_t metric_version = 0;
  // A killed evaluation is kept for the record and tried again when asked for.
  bool final = true;
  std::string result;  // JSON
};

struct Info {
  std::filesystem::path path;
  int64_t rows = 0;
  int64_t inputs = 0;
  int64_t not_final = 0;
  int64_t file_bytes = 0;
};

class Store {
 public:
  // $XDG_DATA_HOME/hone/hone.db, or ~/.local/share/hone/hone.db.
  static std::filesystem::path default_path();

  // Creates the file and its folder when absent. ":memory:" keeps nothing.
  // A file of another program, or of a newer Hone, is refused untouched.
  static Result<Store> open(const std::filesystem::path& path);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // May be called from several threads, and several processes may share a file.
  Result<std::optional<Row>> find(const Hash128& key);
  // Durable when it returns, even if the process is killed the moment after.
  // An earlier row of that key stays, unless it was not final.
  Status insert(const Row& row);

  Result<Info> info();
  Status for_each(const std::function<Status(const Row&)>& visit);
  // Removes rows of other compilers and metrics, and those not final; returns
  // how many, and gives the space back.
  Result<int64_t> collect_garbage(const std::string& compiler,
                                  int64_t metric_version);

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// One JSON document a line, for exchange between machines.
Result<int64_t> export_rows(Store& store, const std::filesystem::path& to);
Result<int64_t> import_rows(Store& store, const std::filesystem::path& from);

}  // namespace hone::store
