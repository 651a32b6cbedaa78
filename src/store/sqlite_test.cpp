// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is particular to a file.
#include "store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/file.h"
#include "base/test_tools.h"
#include "store/test_tools.h"

namespace hone::store {
namespace {

using ::testing::HasSubstr;

TEST_F(SqliteTest, MemoryKeepsNothing) {
  Result<Store> store = Store::open(":memory:");
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE(store->insert(row_of(1)).ok());
  EXPECT_TRUE(find(*store, 1));
  Result<Store> other = Store::open(":memory:");
  ASSERT_TRUE(other.ok());
  EXPECT_FALSE(find(*other, 1));
  EXPECT_FALSE(std::filesystem::exists(":memory:"));
}

TEST_F(SqliteTest, FolderIsMade) {
  ASSERT_TRUE(Store::open(file("a/b/hone.db")).ok());
  EXPECT_TRUE(std::filesystem::exists(file("a/b/hone.db")));
}

TEST_F(SqliteTest, FileThatIsNoDatabaseIsRefusedUntouched) {
  const std::string text(5000, 'x');
  ASSERT_TRUE(write_file(file(), text).ok());
  expect_error(Store::open(file()), ErrorKind::Malformed,
               "is no store of Hone's");
  EXPECT_EQ(*read_file(file()), text);
}

TEST_F(SqliteTest, DatabaseOfAnotherProgramIsRefusedUntouched) {
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(file().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(
      sqlite3_exec(other, "CREATE TABLE t (x)", nullptr, nullptr, nullptr),
      SQLITE_OK);
  sqlite3_close(other);
  const std::string before = *read_file(file());
  expect_error(Store::open(file()), ErrorKind::Malformed, "--store");
  EXPECT_TRUE(*read_file(file()) == before);
}

TEST_F(SqliteTest, NewerSchemaIsRefusedUntouched) {
  {
    Store store = open();
  }
  sqlite3* raised = nullptr;
  ASSERT_EQ(sqlite3_open(file().c_str(), &raised), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(raised, "PRAGMA user_version = 99", nullptr, nullptr,
                         nullptr),
            SQLITE_OK);
  sqlite3_close(raised);
  const std::string before = *read_file(file());
  expect_error(Store::open(file()), ErrorKind::Unsupported, "newer Hone");
  EXPECT_TRUE(*read_file(file()) == before);
}

TEST_F(SqliteTest, StoreOfTheFirstVersionGetsTheTableOfSteps) {
  {
    Store store = open();
    ASSERT_TRUE(store.insert(row_of(1)).ok());
  }
  sqlite3* older = nullptr;
  ASSERT_EQ(sqlite3_open(file().c_str(), &older), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(older, "DROP TABLE step; PRAGMA user_version = 1",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(older);
  Store store = open();
  const StepRow row = step_of(1, 0);
  EXPECT_TRUE(store.insert_steps({&row, 1}).ok());
  EXPECT_TRUE(find(store, 1));
}

TEST_F(SqliteTest, EmptyFileBecomesAStore) {
  ASSERT_TRUE(write_file(file(), "").ok());
  Store store = open();
  EXPECT_TRUE(store.insert(row_of(1)).ok());
}

TEST_F(SqliteTest, FolderInsteadOfAFileIsRefused) {
  expect_error(Store::open(folder_->path()), ErrorKind::Io, "cannot open it");
}

TEST_F(SqliteTest, PathThatCannotBeMadeIsReportedWithTheOption) {
  ASSERT_TRUE(write_file(file("occupied"), "").ok());
  expect_error(Store::open(file("occupied/hone.db")), ErrorKind::Io, "--store");
  // No folder can be made here, whoever asks.
  expect_error(Store::open("/proc/hone/hone.db"), ErrorKind::Io, "--store");
}

TEST_F(SqliteTest, DefaultPathFollowsTheEnvironment) {
  ::setenv("HOME", "/somewhere", 1);
  ::unsetenv("XDG_DATA_HOME");
  EXPECT_EQ(Store::default_path(), "/somewhere/.local/share/hone/hone.db");
  ::setenv("XDG_DATA_HOME", "/data", 1);
  EXPECT_EQ(Store::default_path(), "/data/hone/hone.db");
  ::setenv("XDG_DATA_HOME", "", 1);
  EXPECT_EQ(Store::default_path(), "/somewhere/.local/share/hone/hone.db");
}

TEST_F(SqliteTest, ReadOnlyFolderIsAnError) {
  namespace fs = std::filesystem;
  fs::permissions(folder_->path(), fs::perms(0555));
  EXPECT_TRUE(ended_well(in_child([&] {
    if (!obey_permissions()) return false;
    const Result<Store> store = Store::open(file());
    return !store.ok() && store.error().kind == ErrorKind::Io &&
           store.error().message.find("cannot open it") != std::string::npos;
  })));
  fs::permissions(folder_->path(), fs::perms(0755));
  // A store that may be read only says so, too.
  {
    Store store = open();
  }
  fs::permissions(file(), fs::perms(0444));
  fs::permissions(folder_->path(), fs::perms(0555));
  EXPECT_TRUE(ended_well(in_child([&] {
    if (!obey_permissions()) return false;
    const Result<Store> store = Store::open(file());
    return !store.ok() && store.error().kind == ErrorKind::Io &&
           store.error().message.find("readonly") != std::string::npos;
  })));
  fs::permissions(folder_->path(), fs::perms(0755));
}

}  // namespace
}  // namespace hone::store
