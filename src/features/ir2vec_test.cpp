// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "features/ir2vec.h"

#include <gmock/gmock.h>

#include "base/json.h"
#include "base/random.h"
#include "program/test_tools.h"

namespace hone::features {

namespace {

using program::fails_with;
using program::Module;
using program::must;
using program::Scratch;
using ::testing::HasSubstr;

// One function each, so that the module's vector is what LLVM prints of it.
constexpr std::string_view kLoop = R"c(
double dot(const double *a, const float *b, long n) {
  double sum = 0;
  for (long i = 0; i < n; ++i) sum += a[i] > 0.5 ? a[i] * b[i] : -sum;
  return sum;
}
)c";
constexpr std::string_view kCalls = R"c(
struct Pair { int x, y; };
extern int look(struct Pair, int (*)(int));
extern int table[];
int pick(int key, int (*f)(int), struct Pair *pairs) {
  switch (key & 7) {
    case 0: return look(pairs[1], f);
    case 3: return f(table[key] >> 3);
    default: return (unsigned)key < 100u ? pick(key - 1, f, pairs) : -1;
  }
}
)c";

// The names that LLVM's tool lists, each with random numbers large enough for
// many digits of what comes out to be printed.
std::string vocabulary_text(const Scratch& scratch, size_t dimension) {
  scratch.run_well({program::llvm_program("llvm-ir2vec"), "entities", "m.bc",
                    "-o", "names"});
  Json json = {{"Opcodes", Json::object()},
               {"Types", Json::object()},
               {"Arguments", Json::object()}};
  Random random(7);
  for (const std::string& line : split(scratch.read("names"), '\n')) {
    const std::vector<std::string> words = split_blank(line);
    if (words.size() != 2 || words[0] == "Freeze") continue;  // one is missing
    const bool is_type = words[0].ends_with("Ty");
    const bool is_argument = words[0].find("CMP_") != std::string::npos ||
                             words[0] == "Function" || words[0] == "Pointer" ||
                             words[0] == "Constant" || words[0] == "Variable";
    Json& list = json[is_type       ? "Types"
                      : is_argument ? "Arguments"
                                    : "Opcodes"][words[0]] = Json::array();
    for (size_t i = 0; i < dimension; ++i)
      list.push_back((static_cast<double>(random.below(2'000'000)) - 1e6) *
                     1234.56789);
  }
  return to_text(json);
}

// What LLVM prints: "Function: f\n [ 1.00 -2.00 ]".
std::vector<std::string> numbers_of(const std::string& printed) {
  const size_t begin = printed.find('[');
  return split_blank(printed.substr(begin + 1, printed.find(']') - begin - 1));
}

constexpr std::string_view kLeast =
    R"({"Opcodes": {"Ret": [1, 2]}, "Types": {"VoidTy": [3, 4]},
        "Arguments": {"Variable": [5, 6]}})";

Module module_of(const Scratch& scratch, std::string_view source,
                 std::string_view level) {
  scratch.write("m.c", source);
  scratch.run_well({program::tools().clang, std::string(level), "-emit-llvm",
                    "-c", "m.c", "-o", "m.bc"});
  return must(Module::parse(scratch.read("m.bc"), "m.bc"));
}

}  // namespace

TEST(Ir2Vec, EqualsWhatLlvmsToolPrintsToEveryDigit) {
  for (const std::string_view source : {kLoop, kCalls}) {
    for (const std::string_view level : {"-O0", "-O2"}) {
      const Scratch scratch;
      const Module module = module_of(scratch, source, level);
      const std::string text = vocabulary_text(scratch, 9);
      scratch.write("v.json", text);
      const auto vocabulary = must(Ir2VecVocabulary::parse(text, "v.json"));
      ASSERT_EQ(vocabulary.dimension(), 9u);
      for (const auto& [kind, word] :
           {std::pair(Ir2VecKind::Symbolic, "symbolic"),
            std::pair(Ir2VecKind::FlowAware, "flow-aware")}) {
        scratch.run_well({program::llvm_program("llvm-ir2vec"), "embeddings",
                          "--ir2vec-vocab-path=v.json",
                          fmt::format("--ir2vec-kind={}", word), "--level=func",
                          "m.bc", "-o", "printed"});
        std::vector<std::string> ours;
        for (const double number : vocabulary.embed(module, kind))
          ours.push_back(fmt::format("{:.2f}", number));
        EXPECT_EQ(ours, numbers_of(scratch.read("printed")))
            << word << " " << level << source;
        EXPECT_GT(ours[0].size(), 8u) << "few digits: " << ours[0];
      }
    }
  }
}

TEST(Ir2Vec, AModuleIsTheSumOfItsFunctions) {
  const Scratch scratch;
  const auto vocabulary = must(Ir2VecVocabulary::parse(kLeast, "it"));
  const Module two = module_of(
      scratch, "void f(void) {}\nvoid g(void) {}\nvoid h(void);\n", "-O1");
  // ret void: its opcode and half of its type, of two functions.
  EXPECT_EQ(vocabulary.embed(two, Ir2VecKind::Symbolic),
            (std::vector<double>{2 * (1 + 0.5 * 3), 2 * (2 + 0.5 * 4)}));
  const Module none = module_of(scratch, "extern int x;\n", "-O1");
  EXPECT_EQ(vocabulary.embed(none, Ir2VecKind::FlowAware),
            (std::vector<double>{0, 0}));
}

TEST(Ir2Vec, AVocabularyThatIsNoneSaysWhatIsWrong) {
  const auto expect = [](std::string_view text, std::string_view piece) {
    EXPECT_TRUE(fails_with(Ir2VecVocabulary::parse(text, "'v.json'"),
                           ErrorKind::Malformed, piece))
        << text;
  };
  expect("{\"Opcodes\": ", "'v.json'");
  expect("[1, 2]", "it is no object");
  expect("{}", "no lists in \"Opcodes\"");
  expect(R"({"Opcodes": {"Ret": [1]}, "Types": {}})", "no lists in \"Types\"");
  expect(R"({"Opcodes": {"Ret": 1}})", "\"Ret\" in \"Opcodes\" is no list");
  expect(R"({"Opcodes": {"Ret": ["1"]}})", "is no list of numbers");
  expect(R"({"Opcodes": {"Ret": []}})", "has 0 numbers where 1 to 4096");
  expect(R"({"Opcodes": {"Ret": [1], "Br": [1, 2]}})", "where others have 1");
  expect(R"({"Opcodes": {"ret": [1]}, "Types": {"voidTy": [1]},
             "Arguments": {"variable": [1]}})",
         "none of LLVM's names, such as \"Add\"");
  std::string deep(200'000, '[');
  expect(deep, "'v.json'");
  // Whatever is cut off or changed is an answer and not a crash.
  Random random(3);
  for (int i = 0; i < 2000; ++i) {
    std::string text(kLeast);
    for (int n = 0; n < 3; ++n)
      text[random.below(text.size())] = static_cast<char>(random.below(128));
    (void)Ir2VecVocabulary::parse(text.substr(0, random.below(text.size() + 1)),
                                  "it");
  }
}

}  // namespace hone::features
