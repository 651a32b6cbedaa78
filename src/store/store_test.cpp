// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What both back ends promise.
#include "store/store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/file.h"
#include "store/test_tools.h"

namespace hone::store {
namespace {

TEST_P(StoreTest, RowComesBackAsItWentIn) {
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

TEST_P(StoreTest, FinalRowStaysAndAnotherIsReplaced) {
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

TEST_P(StoreTest, InfoCounts) {
  Store store = open();
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(store.insert(row_of(i, i % 5 != 0)).ok());
  const Result<Info> info = store.info();
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->place, place());
  EXPECT_EQ(info->rows, 10);
  EXPECT_EQ(info->inputs, 3);
  EXPECT_EQ(info->not_final, 2);
  EXPECT_GT(info->file_bytes, 4096);
}

TEST_P(StoreTest, GarbageIsWhatCannotBeReused) {
  Store store = open();
  for (int i = 0; i < 200; ++i) {
    Row row = row_of(i);
    row.result.clear();  // a text that cannot be compressed away
    for (int k = 0; k < 120; ++k)
      row.result += hash_bytes(std::to_string(1000 * i + k)).hex();
    if (i % 4 == 0) row.compiler = "clang 21";
    if (i % 4 == 1) row.metric_version = 0;
    if (i % 4 == 2) row.final = false;
    ASSERT_TRUE(store.insert(row).ok());
  }
  StepRow step = step_of(1, 0);
  step.compiler = "clang 21";
  step.key = step_key(step);
  const StepRow steps[] = {step, step_of(1, 0)};
  ASSERT_TRUE(store.insert_steps(steps).ok());
  const int64_t before = store.info()->file_bytes;
  const Result<int64_t> removed = store.collect_garbage("clang 22", 1);
  ASSERT_TRUE(removed.ok());
  EXPECT_EQ(*removed, 151);
  EXPECT_EQ(store.info()->rows, 50);
  EXPECT_EQ(store.info()->episodes, 1);
  EXPECT_LT(store.info()->file_bytes, before / 2);
  EXPECT_FALSE(find(store, 0));
  EXPECT_TRUE(find(store, 3));
}

TEST_P(StoreTest, VisitsEveryRowInOneOrderUntilTold) {
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

TEST_P(StoreTest, ExportedRowsComeBackByImport) {
  Store store = open();
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(store.insert(row_of(i, i != 7)).ok());
  const StepRow steps[] = {step_of(1, 0), step_of(1, 1), step_of(2, 0)};
  ASSERT_TRUE(store.insert_steps(steps).ok());
  const Result<RowCounts> out = export_rows(store, file("rows.jsonl"));
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->evaluations, 20);
  EXPECT_EQ(out->steps, 3);
  Store other = open("other");
  ASSERT_TRUE(other.insert(row_of(3)).ok());
  const Result<RowCounts> in = import_rows(other, file("rows.jsonl"));
  ASSERT_TRUE(in.ok());
  EXPECT_EQ(in->evaluations, 20);
  EXPECT_EQ(in->steps, 3);
  EXPECT_EQ(other.info()->rows, 20);
  EXPECT_FALSE(find(other, 7)->final);
  ASSERT_TRUE(export_rows(other, file("again.jsonl")).ok());
  EXPECT_EQ(*read_file(file("again.jsonl")), *read_file(file("rows.jsonl")));
}

TEST_P(StoreTest, MalformedLineAddsNothing) {
  Store store = open();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(store.insert(row_of(i)).ok());
  ASSERT_TRUE(export_rows(store, file("rows.jsonl")).ok());
  const std::string rows = *read_file(file("rows.jsonl"));
  Store other = open("other");
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
  EXPECT_EQ(import_rows(other, file("gaps.jsonl"))->evaluations, 5);
}

// A file of one back end fills the other, and comes back byte by byte.
TEST_P(StoreTest, RowsMoveToTheOtherBackEndAndBack) {
  Store store = open();
  for (int i = 0; i < 600; ++i) ASSERT_TRUE(store.insert(row_of(i)).ok());
  ASSERT_TRUE(export_rows(store, file("rows.jsonl")).ok());
  Result<Store> other = Store::open(
      is_file() && !server_uri().empty() ? new_database() : ":memory:");
  ASSERT_TRUE(other.ok());
  ASSERT_TRUE(import_rows(*other, file("rows.jsonl")).ok());
  ASSERT_TRUE(export_rows(*other, file("back.jsonl")).ok());
  EXPECT_EQ(*read_file(file("back.jsonl")), *read_file(file("rows.jsonl")));
}

// --- Steps ------------------------------------------------------------------

TEST_P(StoreTest, StepsComeBackAsTheyWentInAndTheFirstStays) {
  Store store = open();
  const StepRow rows[] = {step_of(1, 0), step_of(1, 1), step_of(1, 2)};
  ASSERT_TRUE(store.insert_steps(rows).ok());
  StepRow again = rows[1];
  again.reward = 5;
  ASSERT_TRUE(store.insert_steps({&again, 1}).ok());
  std::vector<StepRow> found;
  ASSERT_TRUE(store
                  .for_each_step([&](const StepRow& row) {
                    found.push_back(row);
                    return Status();
                  })
                  .ok());
  ASSERT_EQ(found.size(), 3u);
  std::ranges::sort(found, {}, &StepRow::depth);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(found[i].key, rows[i].key);
    EXPECT_EQ(found[i].parent, i == 0 ? Hash128() : rows[i - 1].key);
    EXPECT_EQ(found[i].environment, rows[i].environment);
    EXPECT_EQ(found[i].benchmark, rows[i].benchmark);
    EXPECT_EQ(found[i].reward_space, rows[i].reward_space);
    EXPECT_EQ(found[i].compiler, rows[i].compiler);
    EXPECT_EQ(found[i].action, rows[i].action);
    EXPECT_EQ(found[i].reward, rows[i].reward);
    EXPECT_EQ(found[i].changed, rows[i].changed);
    EXPECT_EQ(found[i].observation, rows[i].observation);
  }
  EXPECT_EQ(store.info()->steps, 2);
  EXPECT_EQ(store.info()->episodes, 1);
}

TEST_P(StoreTest, StepWithAKeyThatIsNotItsOwnIsNotImported) {
  Store store = open();
  StepRow row = step_of(1, 0);
  ASSERT_TRUE(store.insert_steps({&row, 1}).ok());
  ASSERT_TRUE(export_rows(store, file("rows.jsonl")).ok());
  std::string text = *read_file(file("rows.jsonl"));
  text.replace(text.find("/p/1.c"), 6, "/p/2.c");
  ASSERT_TRUE(write_file(file("bad.jsonl"), text).ok());
  expect_error(import_rows(store, file("bad.jsonl")), ErrorKind::Malformed,
               "is not the key of this step");
}

}  // namespace
}  // namespace hone::store
