// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Json kSample = {{"text", "a"},           {"whole", 7},
                      {"part", 0.5},           {"yes", true},
                      {"list", {"a", "b"}},    {"mixed", {"a", 1}},
                      {"empty", Json::array()}};

TEST(JsonAccess, ValuesComeWithTheirTypes) {
  EXPECT_EQ(*json_string(kSample, "text"), "a");
  EXPECT_EQ(*json_integer(kSample, "whole"), 7);
  EXPECT_EQ(*json_number(kSample, "part"), 0.5);
  EXPECT_EQ(*json_number(kSample, "whole"), 7);
  EXPECT_TRUE(*json_boolean(kSample, "yes"));
  EXPECT_THAT(*json_strings(kSample, "list"), ElementsAre("a", "b"));
  EXPECT_TRUE(json_strings(kSample, "empty")->empty());
}

template <typename T>
void expect_malformed(const Result<T>& result, std::string_view piece) {
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::Malformed);
  EXPECT_THAT(result.error().message, HasSubstr(piece));
}

TEST(JsonAccess, WrongTypesAreReportedByWhatWasExpected) {
  expect_malformed(json_string(kSample, "whole"),
                   "expected a string under \"whole\"");
  expect_malformed(json_integer(kSample, "part"), "an integer under \"part\"");
  expect_malformed(json_number(kSample, "text"), "a number");
  expect_malformed(json_boolean(kSample, "whole"), "true or false");
  expect_malformed(json_strings(kSample, "mixed"), "a list of strings");
  expect_malformed(json_strings(kSample, "text"), "a list of strings");
  expect_malformed(json_string(kSample, "absent"), "\"absent\"");
  for (const Json& none : {Json(), Json(7), Json("text"), Json::array()})
    expect_malformed(json_string(none, "text"), "\"text\"");
}

TEST(JsonText, MalformedTextIsReportedByItsName) {
  for (const char* text : {"", "{", "{]", "nul", "{\"a\" 1}", "'a'", "1 2"})
    expect_malformed(parse_json(text, "the file 'x'"),
                     "the file 'x' is no JSON text");
}

TEST(JsonText, VeryDeepTextIsReadWithoutHarm) {
  EXPECT_TRUE(
      parse_json(std::string(100'000, '[') + std::string(100'000, ']'), "deep")
          .ok());
  EXPECT_FALSE(parse_json(std::string(1'000'000, '['), "deep").ok());
}

TEST(JsonText, OrderIsKeptAndStrangeBytesAreReplaced) {
  EXPECT_EQ(to_text(*parse_json("{\"b\":1,\"a\":2}", "it")),
            "{\"b\":1,\"a\":2}");
  EXPECT_EQ(to_text(Json{{"a", 1}}, 2), "{\n  \"a\": 1\n}");
  const std::string text =
      to_text(Json("a\xff"
                   "b"));
  EXPECT_TRUE(parse_json(text, "it").ok()) << text;
}

}  // namespace
}  // namespace hone
