// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every evaluation and every logged step ever made: the cache of the searches
// and the training set of the models. In an SQLite file, or in a PostgreSQL
// database that many machines share; both keep the same rows in the same way.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

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

// One step of an environment, as an agent took it; a reset is a step at depth 0
// without action and parent. Steps make a tree: episodes that begin alike share
// the rows of their beginning.
struct StepRow {
  Hash128 key;               // step_key() of what stands above `depth`
  Hash128 parent;            // the step before
  std::string environment;   // "llvm"
  std::string benchmark;     // URI
  std::string reward_space;  // "ir-instructions-oz"
  std::string compiler;      // LLVM build
  std::string action;        // in the environment's words
  int64_t depth = 0;         // steps since the reset
  double reward = 0;         // of this step
  bool changed = false;      // whether it changed the program
  std::string observation;   // JSON; what the agent saw after it
};

// The hash of everything that determines a step.
Hash128 step_key(const StepRow& row);

struct Info {
  std::string place;  // without a password
  int64_t rows = 0;   // evaluations
  int64_t inputs = 0;
  int64_t not_final = 0;
  int64_t steps = 0;
  int64_t episodes = 0;  // beginnings of episodes that differ
  int64_t file_bytes = 0;
};

class Backend;

class Store {
 public:
  // $XDG_DATA_HOME/hone/hone.db, or ~/.local/share/hone/hone.db.
  static std::filesystem::path default_path();

  // `place` is a file, which is created with its folder when absent; the URI
  // postgresql://USER@HOST/DATABASE of an existing database, in which a schema
  // `hone` is made when absent; or ":memory:", which keeps nothing.
  // A file of another program, or a store of a newer Hone, is refused
  // untouched.
  static Result<Store> open(const std::string& place);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // May be called from several threads, and several processes may share a
  // store. What is inserted is durable when the call returns, even if the
  // process is killed the moment after; several rows are added all or none.
  Result<std::optional<Row>> find(const Hash128& key);
  // An earlier row of a key stays, unless it was not final.
  Status insert(const Row& row);
  Status insert(std::span<const Row> rows);
  // An earlier row of a key stays.
  Status insert_steps(std::span<const StepRow> rows);

  Result<Info> info();
  // In the order of the keys. `visit` must not use the store.
  Status for_each(const std::function<Status(const Row&)>& visit);
  Status for_each_step(const std::function<Status(const StepRow&)>& visit);
  // Removes rows of other compilers and metrics, and those not final; returns
  // how many, and gives the space back.
  Result<int64_t> collect_garbage(const std::string& compiler,
                                  int64_t metric_version);

 private:
  explicit Store(std::unique_ptr<Backend> backend);
  std::unique_ptr<Backend> backend_;
};

struct RowCounts {
  int64_t evaluations = 0;
  int64_t steps = 0;
};

// One JSON document a line, for exchange between machines and back ends.
Result<RowCounts> export_rows(Store& store, const std::filesystem::path& to);
// All or nothing: every line is read before the first row is added.
Result<RowCounts> import_rows(Store& store, const std::filesystem::path& from);

}  // namespace hone::store
