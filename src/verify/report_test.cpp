// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/report.h"

#include <gtest/gtest.h>

namespace hone::verify {

namespace {

DifferentialReport sample() {
  DifferentialReport report;
  report.functions = {{.name = "small",
                       .bytes = 20,
                       .evidence = Evidence::TestedVia,
                       .inputs = 8,
                       .via = "large"},
                      {.name = "large",
                       .bytes = 60,
                       .evidence = Evidence::Tested,
                       .inputs = 64,
                       .blocks = 4,
                       .blocks_run = 3},
                      {.name = "odd",
                       .bytes = 20,
                       .evidence = Evidence::Unchecked,
                       .reason = "time limit"}};
  return report;
}

TEST(ReportTest, SharesAreSumsOfBytes) {
  const EvidenceShares shares = sum_shares(sample().functions);
  EXPECT_EQ(shares.total(), 100u);
  EXPECT_EQ(shares.checked(), 80u);
  EXPECT_EQ(shares.tested, 60u);
  EXPECT_EQ(shares.tested_via, 20u);
}

TEST(ReportTest, TheTableHasTheLargestFirstAndTheSharesLast) {
  const std::string text = format_report(sample());
  EXPECT_LT(text.find("large"), text.find("odd"));
  EXPECT_LT(text.find("odd"), text.find("small"));
  EXPECT_NE(text.find("tested via large"), std::string::npos);
  EXPECT_NE(text.find("unchecked: time limit"), std::string::npos);
  EXPECT_NE(text.find("60.0 % tested, 20.0 % tested via, 20.0 % unchecked of "
                      "100 bytes"),
            std::string::npos);
}

TEST(ReportTest, AMismatchIsShownWithItsArguments) {
  DifferentialReport report = sample();
  report.mismatches = {
      {"large", 7, "large(0x1): result: expected 0x2, got 0x3"}};
  EXPECT_NE(format_report(report).find("MISMATCH in large, input 7"),
            std::string::npos);
  EXPECT_EQ(report_json(report)["mismatches"][0]["function"], "large");
}

TEST(ReportTest, JsonHasEveryFunctionOnce) {
  const Json json = report_json(sample());
  EXPECT_EQ(json["functions"].size(), 3u);
  EXPECT_EQ(json["bytes"]["total"], 100);
  EXPECT_EQ(json["functions"][0]["via"], "large");
}

TEST(ReportTest, AnEmptyReportIsNoDivisionByZero) {
  EXPECT_NE(format_report({}).find("- tested"), std::string::npos);
}

}  // namespace

}  // namespace hone::verify
