// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "store/store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>
#include <thread>

#include "base/file.h"
#include "base/random.h"

namespace hone::store {
namespace {

using ::testing::HasSubstr;

template <typename Outcome>
void expect_error(const Outcome& outcome, ErrorKind kind,
                  std::string_view piece) {
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().kind, kind) << outcome.error().message;
  EXPECT_THAT(outcome.error().message, HasSubstr(piece));
}

Row row_of(int number, bool final = true) {
  Row row;
  row.key = hash_bytes(std::to_string(number));
  row.input = hash_bytes("input " + std::to_string(number % 3));
  row.recipe = R"({"stages": []})";
  row.mode = "{}";
  row.compiler = "clang 22";
  row.metric_version = 1;
  row.final = final;
  row.result = "result " + std::to_string(number);
  return row;
}

class StoreTest : public ::testing::Test {
 protected:
  std::filesystem::path file(std::string_view name = "hone.db") const {
    return folder_->path() / name;
  }
  Store open(std::string_view name = "hone.db") {
    Result<Store> store = Store::open(file(name));
    HONE_CHECK(store.ok());
    return *std::move(store);
  }
  static std::optional<Row> find(Store& store, int number) {
    Result<std::optional<Row>> row = store.find(row_of(number).key);
    HONE_CHECK(row.ok());
    return *std::move(row);
  }

  Result<TempDir> folder_ = TempDir::make("hone-store-test");
};

TEST_F(StoreTest, RowComesBackAsItWentIn) {
  Row row = row_of(1);
  row.result = std::string("with \0 and \xff", 12);
  {
    Store store = open();
    ASSERT_TRUE(store.insert(row).ok());
  }
  Store store = open();
  const std::optional<Row> found = find(store, 1);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, row.key);
  EXPECT_EQ(found->input, row.input);
  EXPECT_EQ(found->recipe, row.recipe);
  EXPECT_EQ(found->mode, row.mode);
  EXPECT_EQ(found->compiler, row.compiler);
  EXPECT_EQ(found->metric_version, row.metric_version);
  EXPECT_EQ(found->result, row.result);
  EXPECT_TRUE(found->final);
  EXPECT_FALSE(find(store, 2));
}

TEST_F(StoreTest, FinalRowStaysAndAnotherIsReplaced) {
  Store store = open();
  Row killed = row_of(1, false);
  killed.result = "killed";
  ASSERT_TRUE(store.insert(killed).ok());
  EXPECT_FALSE(find(store, 1)->final);
  ASSERT_TRUE(store.insert(row_of(1)).ok());
  EXPECT_TRUE(find(store, 1)->final);
  EXPECT_EQ(find(store, 1)->result, "result 1");
  ASSERT_TRUE(store.insert(killed).ok());
  EXPECT_TRUE(find(store, 1)->final);
  EXPECT_EQ(find(store, 1)->result, "result 1");
}

TEST_F(StoreTest, InfoCounts) {
  Store store = open();
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(store.insert(row_of(i, i % 5 != 0)).ok());
  const Result<Info> info = store.info();
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->path, file());
  EXPECT_EQ(info->rows, 10);
  EXPECT_EQ(info->inputs, 3);
  EXPECT_EQ(info->not_final, 2);
  EXPECT_GT(info->file_bytes, 4096);
}

TEST_F(StoreTest, MemoryKeepsNothing) {
  Result<Store> store = Store::open(":memory:");
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE(store->insert(row_of(1)).ok());
  EXPECT_TRUE(find(*store, 1));
  Result<Store> other = Store::open(":memory:");
  ASSERT_TRUE(other.ok());
  EXPECT_FALSE(find(*other, 1));
  EXPECT_FALSE(std::filesystem::exists(":memory:"));
}

TEST_F(StoreTest, FolderIsMade) {
  ASSERT_TRUE(Store::open(file("a/b/hone.db")).ok());
  EXPECT_TRUE(std::filesystem::exists(file("a/b/hone.db")));
}

TEST_F(StoreTest, FileThatIsNoDatabaseIsRefusedUntouched) {
  const std::string text(5000, 'x');
  ASSERT_TRUE(write_file(file(), text).ok());
  expect_error(Store::open(file()), ErrorKind::Malformed,
               "is no store of Hone's");
  EXPECT_EQ(*read_file(file()), text);
}

TEST_F(StoreTest, DatabaseOfAnotherProgramIsRefusedUntouched) {
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

TEST_F(StoreTest, NewerSchemaIsRefusedUntouched) {
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

TEST_F(StoreTest, EmptyFileBecomesAStore) {
  ASSERT_TRUE(write_file(file(), "").ok());
  Store store = open();
  EXPECT_TRUE(store.insert(row_of(1)).ok());
}

TEST_F(StoreTest, FolderInsteadOfAFileIsRefused) {
  expect_error(Store::open(folder_->path()), ErrorKind::Io, "cannot open it");
}

TEST_F(StoreTest, PathThatCannotBeMadeIsReportedWithTheOption) {
  ASSERT_TRUE(write_file(file("occupied"), "").ok());
  expect_error(Store::open(file("occupied/hone.db")), ErrorKind::Io, "--store");
  // No folder can be made here, whoever asks.
  expect_error(Store::open("/proc/hone/hone.db"), ErrorKind::Io, "--store");
}

TEST_F(StoreTest, DefaultPathFollowsTheEnvironment) {
  ::setenv("HOME", "/somewhere", 1);
  ::unsetenv("XDG_DATA_HOME");
  EXPECT_EQ(Store::default_path(), "/somewhere/.local/share/hone/hone.db");
  ::setenv("XDG_DATA_HOME", "/data", 1);
  EXPECT_EQ(Store::default_path(), "/data/hone/hone.db");
  ::setenv("XDG_DATA_HOME", "", 1);
  EXPECT_EQ(Store::default_path(), "/somewhere/.local/share/hone/hone.db");
}

TEST_F(StoreTest, GarbageIsWhatCannotBeReused) {
  Store store = open();
  for (int i = 0; i < 200; ++i) {
    Row row = row_of(i);
    row.result = std::string(2000, 'r');
    if (i % 4 == 0) row.compiler = "clang 21";
    if (i % 4 == 1) row.metric_version = 0;
    if (i % 4 == 2) row.final = false;
    ASSERT_TRUE(store.insert(row).ok());
  }
  const int64_t before = store.info()->file_bytes;
  const Result<int64_t> removed = store.collect_garbage("clang 22", 1);
  ASSERT_TRUE(removed.ok());
  EXPECT_EQ(*removed, 150);
  EXPECT_EQ(store.info()->rows, 50);
  EXPECT_LT(store.info()->file_bytes, before / 2);
  EXPECT_FALSE(find(store, 0));
  EXPECT_TRUE(find(store, 3));
}

TEST_F(StoreTest, VisitsEveryRowInOneOrderUntilTold) {
  Store store = open();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(store.insert(row_of(i)).ok());
  std::vector<std::string> first;
  ASSERT_TRUE(store
                  .for_each([&](const Row& row) {
                    first.push_back(row.result);
                    return Status();
                  })
                  .ok());
  EXPECT_EQ(std::set<std::string>(first.begin(), first.end()).size(), 20u);
  size_t visited = 0;
  const Status stopped = store.for_each([&](const Row& row) -> Status {
    EXPECT_EQ(row.result, first[visited]);
    if (++visited == 7) return Error(ErrorKind::Interrupted, "enough");
    return {};
  });
  expect_error(stopped, ErrorKind::Interrupted, "enough");
  EXPECT_EQ(visited, 7u);
}

// --- Exchange ---------------------------------------------------------------

TEST_F(StoreTest, ExportedRowsComeBackByImport) {
  Store store = open();
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(store.insert(row_of(i, i != 7)).ok());
  EXPECT_EQ(*export_rows(store, file("rows.jsonl")), 20);
  Store other = open("other.db");
  ASSERT_TRUE(other.insert(row_of(3)).ok());
  EXPECT_EQ(*import_rows(other, file("rows.jsonl")), 20);
  EXPECT_EQ(other.info()->rows, 20);
  EXPECT_FALSE(find(other, 7)->final);
  EXPECT_EQ(*export_rows(other, file("again.jsonl")), 20);
  EXPECT_EQ(*read_file(file("again.jsonl")), *read_file(file("rows.jsonl")));
}

TEST_F(StoreTest, MalformedLineAddsNothing) {
  Store store = open();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(store.insert(row_of(i)).ok());
  ASSERT_TRUE(export_rows(store, file("rows.jsonl")).ok());
  const std::string rows = *read_file(file("rows.jsonl"));
  Store other = open("other.db");
  const std::pair<std::string, const char*> wrong[] = {
      {"{\"key\": ", "line 6"},
      {"{}", "line 6: expected a string under \"key\""},
      {"[1, 2]", "line 6"},
      {R"({"key": "12", "input": ""})", "line 6: '12' is no hash"}};
  for (const auto& [line, piece] : wrong) {
    ASSERT_TRUE(write_file(file("bad.jsonl"), rows + line + "\n").ok());
    expect_error(import_rows(other, file("bad.jsonl")), ErrorKind::Malformed,
                 piece);
    EXPECT_EQ(other.info()->rows, 0);
  }
  expect_error(import_rows(other, file("none.jsonl")), ErrorKind::NotFound,
               "none.jsonl");
  // Empty lines are no rows.
  ASSERT_TRUE(write_file(file("gaps.jsonl"), "\n" + rows + "\n\n").ok());
  EXPECT_EQ(*import_rows(other, file("gaps.jsonl")), 5);
}

// --- Several at once --------------------------------------------------------

TEST_F(StoreTest, ThreadsShareOneStore) {
  Store store = open();
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread)
      threads.emplace_back([&store, thread] {
        for (int i = 0; i < 50; ++i) {
          HONE_CHECK(store.insert(row_of(thread * 1000 + i)).ok());
          HONE_CHECK(find(store, thread * 1000 + i).has_value());
        }
      });
  }
  EXPECT_EQ(store.info()->rows, 200);
}

// Runs `work` in a child; the child's exit code says whether it went well.
pid_t in_child(const std::function<bool()>& work) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(work() ? 0 : 1);
  return pid;
}

bool ended_well(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(StoreTest, ReadOnlyFolderIsAnError) {
  namespace fs = std::filesystem;
  fs::permissions(folder_->path(), fs::perms(0555));
  EXPECT_TRUE(ended_well(in_child([&] {
    // The superuser may write everywhere.
    if (::geteuid() == 0 && ::setuid(65534) != 0) return false;
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
    if (::geteuid() == 0 && ::setuid(65534) != 0) return false;
    const Result<Store> store = Store::open(file());
    return !store.ok() && store.error().kind == ErrorKind::Io &&
           store.error().message.find("readonly") != std::string::npos;
  })));
  fs::permissions(folder_->path(), fs::perms(0755));
}

TEST_F(StoreTest, ProcessesWriteAtOnce) {
  std::vector<pid_t> writers;
  for (int writer = 0; writer < 3; ++writer)
    writers.push_back(in_child([&] {
      Result<Store> store = Store::open(file());
      if (!store.ok()) return false;
      for (int i = 0; i < 60; ++i)
        if (!store->insert(row_of(writer * 1000 + i)).ok()) return false;
      return true;
    }));
  for (const pid_t writer : writers) EXPECT_TRUE(ended_well(writer));
  Store store = open();
  EXPECT_EQ(store.info()->rows, 180);
}

TEST_F(StoreTest, ProcessesMayCreateTheFileAtOnce) {
  for (int round = 0; round < 15; ++round) {
    const std::filesystem::path path = file(std::to_string(round) + ".db");
    int gate[2];
    ASSERT_EQ(::pipe(gate), 0);
    std::vector<pid_t> openers;
    for (int i = 0; i < 4; ++i)
      openers.push_back(in_child([&] {
        ::close(gate[1]);
        char byte;
        (void)!::read(gate[0], &byte, 1);  // until all are there
        Result<Store> store = Store::open(path);
        if (!store.ok()) {
          std::fprintf(stderr, "%s\n", store.error().message.c_str());
          return false;
        }
        return store->insert(row_of(i)).ok();
      }));
    ::close(gate[0]);
    ::close(gate[1]);
    for (const pid_t opener : openers) EXPECT_TRUE(ended_well(opener));
    Result<Store> store = Store::open(path);
    ASSERT_TRUE(store.ok());
    EXPECT_EQ(store->info()->rows, 4);
  }
}

// A child inserts and reports each row that it was promised; it is killed at a
// moment of chance, and every reported row has to be there.
TEST_F(StoreTest, PromisedRowsSurviveAKillAtAnyMoment) {
  Random random(20265);
  int next = 0;
  int promised_in_all = 0;
  std::set<int> promised;
  for (int round = 0; round < 8; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t writer = in_child([&] {
      ::close(ends[0]);
      Result<Store> store = Store::open(file());
      if (!store.ok()) return false;
      for (int i = next;; ++i) {
        if (!store->insert(row_of(i)).ok()) return false;
        if (::write(ends[1], &i, sizeof i) != sizeof i) return false;
      }
    });
    ::close(ends[1]);
    // Some rows first, then a while that may end in the middle of the next.
    const uint64_t rows = 5 + random.below(40);
    int number = -1;
    for (uint64_t i = 0; i < rows; ++i) {
      ASSERT_EQ(::read(ends[0], &number, sizeof number),
                static_cast<ssize_t>(sizeof number));
      promised.insert(number);
    }
    ::usleep(static_cast<useconds_t>(random.below(3000)));
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    while (::read(ends[0], &number, sizeof number) ==
           static_cast<ssize_t>(sizeof number))
      promised.insert(number);
    ::close(ends[0]);
    Store store = open();
    for (const int row : promised) {
      const std::optional<Row> found = find(store, row);
      ASSERT_TRUE(found) << "row " << row << " of round " << round;
      ASSERT_EQ(found->result, row_of(row).result);
    }
    next = *promised.rbegin() + 10;
    promised_in_all = static_cast<int>(promised.size());
  }
  EXPECT_GT(promised_in_all, 60);
}

}  // namespace
}  // namespace hone::store
