// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/context.h"

#include <gtest/gtest.h>

#include <thread>

#include "rewrite/test_tools.h"
#include "term/print.h"

namespace hone::rewrite {
namespace {

class ContextTest : public testing::Test {
 protected:
  void assume(std::string_view text) {
    const Status status = context.assume(text);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  Answer answer(std::string_view text) {
    const auto judgement = context.prove(text);
    HONE_CHECK(judgement.ok());
    return judgement->answer;
  }
  std::string simplified(std::string_view text) {
    const auto term = context.simplify(text);
    return term.ok() ? term::print(context.terms(), *term)
                     : term.error().message;
  }
  bool proves(std::string_view text) {
    return context.proves(*context.parse(text, term::Sort::Bool));
  }

  Context context;
};

TEST_F(ContextTest, EveryQuestionIsAskedUnderTheAssumptions) {
  assume("v in [0,63] && v % 8 == 0");
  EXPECT_EQ(answer("v / 64 == 0"), Answer::True);
  EXPECT_EQ(answer("v == 7"), Answer::False);
  EXPECT_EQ(answer("v == 8"), Answer::Contingent);
  const auto bounds = context.bounds("v / 3");
  ASSERT_TRUE(bounds.ok());
  EXPECT_EQ(bounds->low.value, 0);
  EXPECT_EQ(bounds->high.value, 18);
  EXPECT_EQ(simplified("min(v / 8, 7)"), "v / 8");
}

TEST_F(ContextTest, AScopeTakesItsAssumptionsAlong) {
  assume("n >= 1");
  {
    const Context::Scope loop(context);
    assume("i in [0, n)");
    EXPECT_TRUE(proves("i < n"));
    {
      const Context::Scope branch(context);
      assume("i >= 10");
      EXPECT_TRUE(proves("n > 10"));
    }
    EXPECT_FALSE(proves("n > 10"));
  }
  EXPECT_FALSE(proves("i < n"));
  EXPECT_TRUE(proves("n > 0"));
  EXPECT_EQ(context.assumptions().size(), 1u);
}

TEST_F(ContextTest, ABoolIsSimplifiedByItsProof) {
  assume("i in [0,15] && j in [0,15]");
  EXPECT_EQ(simplified("i * 16 + j < 256"), "true");
  EXPECT_EQ(simplified("i * 16 + j >= 256"), "false");
  EXPECT_EQ(simplified("i * 16 + j + 1 < 256"), "i * 16 + j <= 254");
}

TEST_F(ContextTest, ErrorsSayWhatWasExpected) {
  EXPECT_NE(context.prove("v +").error().message.find("1:4: expected"),
            std::string::npos);
  EXPECT_EQ(context.bounds("v < 3").error().kind, ErrorKind::Malformed);
  assume("v in [0,3]");
  EXPECT_EQ(context.assume("v > 3").error().kind, ErrorKind::InvalidArgument);
  EXPECT_EQ(context.assumptions().size(), 1u);
  EXPECT_EQ(answer("v <= 3"), Answer::True);
}

// What was asked before leaves no trace: a context of many questions answers
// as a fresh one does, models and bounds included.
TEST_F(ContextTest, AnswersDoNotDependOnQuestionsBefore) {
  const char* assumptions[] = {"a in [0, 20)", "b % 4 == 1", "c < a"};
  for (const char* text : assumptions) assume(text);
  RandomTerms random(11);
  for (int i = 0; i < 400; ++i) {
    const term::Term goal =
        random.next(context.terms(), term::Sort::Bool, 2 + i % 3);
    const std::string text = term::print(context.terms(), goal);
    const auto here = context.prove(goal);
    Context fresh;
    for (const char* name : {"p", "q"})
      fresh.terms().variable(name, term::Sort::Bool);
    for (const char* a : assumptions) ASSERT_TRUE(fresh.assume(a).ok());
    const auto there = fresh.prove(text);
    ASSERT_TRUE(here.ok() && there.ok()) << text;
    ASSERT_EQ(here->answer, there->answer) << text;
    ASSERT_EQ(context.proves(goal), here->answer == Answer::True) << text;
    const auto values = [](const term::Context& terms,
                           const std::optional<term::Model>& model) {
      std::map<std::string, std::string> named;
      if (model)
        for (const auto& [variable, value] : *model)
          named.emplace(terms.name(variable), value.text());
      return named;
    };
    EXPECT_EQ(values(context.terms(), here->when_true),
              values(fresh.terms(), there->when_true))
        << text;
    EXPECT_EQ(values(context.terms(), here->when_false),
              values(fresh.terms(), there->when_false))
        << text;
  }
}

TEST(Context, ContextsOnThreadsDoNotMeet) {
  const auto work = [](int64_t size, int& proved) {
    Context context;
    const std::string n = std::to_string(size);
    if (!context.assume("v in [0, " + n + ")").ok()) return;
    for (int64_t i = 1; i < 200; ++i) {
      const auto goal = context.parse("v / " + std::to_string(i) +
                                      " <= " + std::to_string((size - 1) / i));
      proved += goal.ok() && context.proves(*goal);
    }
  };
  int proved[4] = {};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back(work, 100 + 7 * i, std::ref(proved[i]));
  }
  for (const int count : proved) EXPECT_EQ(count, 199);
}

}  // namespace
}  // namespace hone::rewrite
