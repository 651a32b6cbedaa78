// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows to store, and places to store them in: an SQLite file, and a PostgreSQL
// server that the test program starts for itself.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/types.h>

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/file.h"
#include "store/store.h"

namespace hone::store {

template <typename Outcome>
void expect_error(const Outcome& outcome, ErrorKind kind,
                  std::string_view piece) {
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().kind, kind) << outcome.error().message;
  EXPECT_THAT(outcome.error().message, ::testing::HasSubstr(piece));
}

Row row_of(int number, bool final = true);
// A step of the episode `number`, at that depth.
StepRow step_of(int number, int64_t depth);

std::optional<Row> find(Store& store, int number);

// Runs `work` in a child; the child's exit code says whether it went well.
pid_t in_child(const std::function<bool()>& work);
bool ended_well(pid_t pid);

// Of the one server of this process; empty where PostgreSQL is not installed.
std::string server_uri();
// A new database there.
std::string new_database();
// Kills the server in the middle of whatever it does, and starts it again.
void crash_server();

// Runs its cases on each back end. `place(name)` is a place of the case's own.
class StoreTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override;
  bool is_file() const { return GetParam() == "Sqlite"; }
  std::string place(const std::string& name = "hone");
  Store open(const std::string& name = "hone");
  std::filesystem::path file(std::string_view name) const {
    return folder_->path() / name;
  }

 private:
  Result<TempDir> folder_ = TempDir::make("hone-store-test");
  std::map<std::string, std::string> places_;
};

class SqliteTest : public ::testing::Test {
 protected:
  std::filesystem::path file(std::string_view name = "hone.db") const {
    return folder_->path() / name;
  }
  Store open(std::string_view name = "hone.db");

  Result<TempDir> folder_ = TempDir::make("hone-store-test");
};

}  // namespace hone::store
