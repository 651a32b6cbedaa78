// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is particular to a server.
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <atomic>
#include <thread>
#include <vector>

#include "store/store.h"
#include "store/test_tools.h"

namespace hone::store {
namespace {

TEST(PostgresqlTest, ServerThatDoesNotAnswerIsReportedWithoutThePassword) {
  const Result<Store> store =
      Store::open("postgresql://me:secret@/hone?host=/nowhere/at/all");
  expect_error(store, ErrorKind::Io, "postgresql://me:***@/hone");
  EXPECT_EQ(store.error().message.find("secret"), std::string::npos);
  expect_error(Store::open("postgresql:///hone?password=secret&host=/nowhere"),
               ErrorKind::Io, "?password=***&host");
}

TEST(PostgresqlTest, UriThatIsMalformedIsReported) {
  expect_error(Store::open("postgresql://h/d?nonesuch=1"), ErrorKind::Io,
               "nonesuch");
}

TEST(PostgresqlTest, DatabaseThatIsNotThereIsReported) {
  if (server_uri().empty()) GTEST_SKIP() << "no PostgreSQL server";
  std::string uri = server_uri();
  uri.replace(uri.find("/postgres?"), 10, "/nonesuch?");
  expect_error(Store::open(uri), ErrorKind::Io, "\"nonesuch\" does not exist");
}

TEST(PostgresqlTest, StoreOfANewerHoneIsRefused) {
  if (server_uri().empty()) GTEST_SKIP() << "no PostgreSQL server";
  const std::string uri = new_database();
  ASSERT_TRUE(Store::open(uri).ok());
  PGconn* raised = PQconnectdb(uri.c_str());
  PQclear(PQexec(raised, "UPDATE hone.about SET version = 99"));
  PQfinish(raised);
  expect_error(Store::open(uri), ErrorKind::Unsupported, "newer Hone");
}

// The server dies in the middle of transactions and is started again: writers
// wait for it, and nothing that was promised is gone.
TEST(PostgresqlTest, PromisedRowsSurviveTheServer) {
  if (server_uri().empty()) GTEST_SKIP() << "no PostgreSQL server";
  Result<Store> opened = Store::open(server_uri());
  ASSERT_TRUE(opened.ok());
  Store& store = *opened;
  std::atomic<int> promised = 0;
  std::atomic<bool> enough = false;
  std::jthread writer([&] {
    for (int i = 0; !enough; ++i) {
      std::vector<Row> rows;
      for (int k = 0; k < 10; ++k) rows.push_back(row_of(i * 10 + k));
      const Status status = store.insert(rows);
      ASSERT_TRUE(status.ok()) << status.error().message;
      promised = i * 10 + 10;
    }
  });
  while (promised < 50) std::this_thread::yield();
  crash_server();
  const int before = promised;
  while (promised < before + 50) std::this_thread::yield();
  enough = true;
  writer.join();
  for (int row = 0; row < promised; ++row) ASSERT_TRUE(find(store, row)) << row;
  EXPECT_EQ(store.info()->rows, promised);
}

}  // namespace
}  // namespace hone::store
