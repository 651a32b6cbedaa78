// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "store/libpq.h"

#include <gtest/gtest.h>

#include <string>

namespace hone::store {
namespace {

TEST(LibpqTest, ALibraryThatIsNotThereIsReportedWithItsPackage) {
  const auto absent = load_libpq("libnonesuch.so.5");
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().kind, ErrorKind::NotFound);
  for (const char* word : {"PostgreSQL", "libnonesuch.so.5", "libpq5"})
    EXPECT_NE(absent.error().message.find(word), std::string::npos)
        << absent.error().message;
}

TEST(LibpqTest, ALibraryWithoutTheFunctionsIsReportedWithTheirName) {
  const auto other = load_libpq("libm.so.6");
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().kind, ErrorKind::Unsupported);
  EXPECT_NE(other.error().message.find("libm.so.6 has no function PQ"),
            std::string::npos)
      << other.error().message;
}

// The table's functions are those of the names that the linker finds.
TEST(LibpqTest, EveryFunctionIsThatOfItsName) {
  const Result<Libpq> table = load_libpq("libpq.so.5");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ(table->PQclear, &::PQclear);
  EXPECT_EQ(table->PQcmdTuples, &::PQcmdTuples);
  EXPECT_EQ(table->PQconnectdbParams, &::PQconnectdbParams);
  EXPECT_EQ(table->PQerrorMessage, &::PQerrorMessage);
  EXPECT_EQ(table->PQexec, &::PQexec);
  EXPECT_EQ(table->PQexecParams, &::PQexecParams);
  EXPECT_EQ(table->PQfinish, &::PQfinish);
  EXPECT_EQ(table->PQgetlength, &::PQgetlength);
  EXPECT_EQ(table->PQgetvalue, &::PQgetvalue);
  EXPECT_EQ(table->PQntuples, &::PQntuples);
  EXPECT_EQ(table->PQreset, &::PQreset);
  EXPECT_EQ(table->PQresultErrorField, &::PQresultErrorField);
  EXPECT_EQ(table->PQresultStatus, &::PQresultStatus);
  EXPECT_EQ(table->PQsetNoticeProcessor, &::PQsetNoticeProcessor);
  EXPECT_EQ(table->PQstatus, &::PQstatus);
}

}  // namespace
}  // namespace hone::store
