// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/onnx/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/random.h"
#include "tensor/graph_text.h"
#include "tensor/onnx/test_tools.h"
#include "tensor/verify_graph.h"

namespace hone::tensor {
namespace {

using ::testing::HasSubstr;

std::string import_text(std::string_view bytes) {
  const Result<Imported> imported = import_onnx_bytes(bytes);
  return imported.ok() ? to_text(imported->graph) : imported.error().message;
}

Message small_graph(const Message& node, int64_t size = 4) {
  return Message()
      .text(2, "g")
      .message(1, node)
      .message(11, value_info("x", {-1, size}))
      .message(12, value_info("y", {-1, size}));
}

std::string raw(std::vector<int64_t> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * 8};
}

TEST(Import, AModelBecomesAGraph) {
  EXPECT_EQ(
      import_text(model(small_graph(node("Relu", {"x"}, {"y"}, "r")), 14)),
      "graph \"g\" (%x: f32[N, 4]) -> (%y) {\n"
      "  %y: f32[N, 4] = Relu(%x) @ \"r\"\n}\n");
}

TEST(Import, AnUnknownOperatorAttributeOrInputNamesItsNode) {
  EXPECT_THAT(import_text(model(
                  small_graph(node("Frobnicate", {"x"}, {"y"}, "n1")), 14)),
              HasSubstr("node 'n1' (Frobnicate): no such operator"));
  EXPECT_THAT(
      import_text(model(small_graph(node("Relu", {"x"}, {"y"}, "n1")
                                        .message(5, int_attribute("axes", 1))),
                        14)),
      HasSubstr("node 'n1' (Relu) has an attribute 'axes'"));
  EXPECT_THAT(
      import_text(model(small_graph(node("Relu", {"z"}, {"y"}, "n1")), 14)),
      HasSubstr("node 'n1' (Relu) reads 'z', which is not defined"));
  EXPECT_THAT(import_text(model(
                  small_graph(node("Relu", {"x", "x"}, {"y"}, "n1")), 14)),
              HasSubstr("has 2 inputs; expected 1"));
}

TEST(Import, VersionsOutsideOfThoseKnownAreRefused) {
  const Message graph = small_graph(node("Relu", {"x"}, {"y"}));
  EXPECT_THAT(import_text(model(graph, 29)), HasSubstr("opset 29"));
  EXPECT_THAT(import_text(model(graph, 6)), HasSubstr("= Relu(%x)"));
  EXPECT_THAT(import_text(model(small_graph(node("Dropout", {"x"}, {"y"})), 6)),
              HasSubstr("since which the operator has changed"));
  EXPECT_THAT(import_text(model(graph, 14, 15)), HasSubstr("IR version 15"));
  EXPECT_THAT(import_text(model(small_graph(node("Gelu", {"x"}, {"y"})), 14)),
              HasSubstr("exists since opset 20"));
}

TEST(Import, WeightsListedAsInputsAreConstants) {
  const Message graph = small_graph(node("Reshape", {"x", "s"}, {"y"}))
                            .message(5, tensor("s", {2}, raw({-1, 4})))
                            .message(11, value_info("s", {2}, 7));
  EXPECT_THAT(import_text(model(graph, 14, 3)),
              HasSubstr("(%x: f32[N, 4]) -> (%y) {\n  %s: i64[2] = const [-1, "
                        "4]\n"));
}

TEST(Import, OldVersionsMeanWhatTheyMeant) {
  // Softmax before 13 works on the matrix that Flatten makes.
  const std::string softmax = import_text(model(
      small_graph(
          node("Softmax", {"x"}, {"y"}).message(5, int_attribute("axis", 1))),
      11));
  EXPECT_THAT(softmax, HasSubstr("Flatten(%x) {axis = 1}"));
  EXPECT_THAT(softmax, HasSubstr("Reshape("));
  // Attributes became inputs.
  EXPECT_THAT(import_text(model(
                  small_graph(node("Squeeze", {"x"}, {"y"})
                                  .message(5, ints_attribute("axes", {0}))),
                  11)),
              HasSubstr("= const [0]\n"));
  // A newer default must not be read into an old node.
  EXPECT_THAT(import_text(model(
                  small_graph(node("Upsample", {"x", "s"}, {"y"}))
                      .message(5, tensor("s", {2}, std::string(8, '\0'), 1)),
                  9)),
              HasSubstr("coordinate_transformation_mode = \"asymmetric\""));
}

TEST(Import, FunctionsAreExpandedWithTheirAttributes) {
  const Message body =
      node("Concat", {"a", "a"}, {"b"})
          .message(5,
                   Message().text(1, "axis").text(21, "where").number(20, 2));
  const Message function = Message()
                               .text(1, "Twice")
                               .text(4, "a")
                               .text(5, "b")
                               .text(6, "where")
                               .message(7, body)
                               .message(9, Message().text(1, "").number(2, 14))
                               .text(10, "my");
  const Message call = node("Twice", {"x"}, {"y"})
                           .text(7, "my")
                           .message(5, int_attribute("where", 1));
  const std::string bytes =
      model(small_graph(call), 14) + Message().message(25, function).bytes() +
      Message().message(8, Message().text(1, "my").number(2, 1)).bytes();
  EXPECT_THAT(import_text(bytes), HasSubstr("= Concat(%x, %x) {axis = 1}"));
}

TEST(Import, BodiesListWhatTheyCapture) {
  const Message branch = Message()
                             .text(2, "t")
                             .message(1, node("Neg", {"x"}, {"r"}))
                             .message(12, value_info("r", {-1, 4}));
  const auto graph_attribute = [&](std::string_view name) {
    return Message().text(1, name).message(6, branch).number(20, 5);
  };
  const Message graph =
      small_graph(node("If", {"c"}, {"y"})
                      .message(5, graph_attribute("then_branch"))
                      .message(5, graph_attribute("else_branch")))
          .message(11, value_info("c", {}, 9));
  EXPECT_THAT(import_text(model(graph, 14)),
              HasSubstr("captures (%x: f32[N, 4] = %x)"));
}

TEST(Import, ExternalDataStayBelowTheModelsFolder) {
  const auto folder = TempDir::make();
  ASSERT_TRUE(folder.ok());
  const auto with_location = [&](std::string_view location, int64_t offset) {
    const Message data =
        Message()
            .number(1, 2)
            .number(2, 7)
            .text(8, "s")
            .message(13, Message().text(1, "location").text(2, location))
            .message(
                13, Message().text(1, "offset").text(2, std::to_string(offset)))
            .number(14, 1);
    const auto path = folder->path() / "m.onnx";
    EXPECT_TRUE(
        write_file(path, model(small_graph(node("Reshape", {"x", "s"}, {"y"}))
                                   .message(5, data),
                               14))
            .ok());
    const Result<Imported> imported = import_onnx(path);
    return imported.ok() ? to_text(imported->graph) : imported.error().message;
  };
  ASSERT_TRUE(write_file(folder->path() / "w.bin", raw({9, -1, 4})).ok());
  EXPECT_THAT(with_location("w.bin", 8), HasSubstr("const [-1, 4]"));
  EXPECT_THAT(with_location("w.bin", 16), HasSubstr("8 bytes of data"));
  EXPECT_THAT(with_location("w.bin", 99), HasSubstr("which has 24 bytes"));
  EXPECT_THAT(with_location("none.bin", 0), HasSubstr("none.bin"));
  EXPECT_THAT(with_location("../w.bin", 0), HasSubstr("below the"));
  EXPECT_THAT(with_location("/etc/passwd", 0), HasSubstr("below the"));
}

// Every mutant is refused, or read into a graph that verifies.
TEST(Import, DamagedModelsAreRefusedOrRead) {
  const Message graph =
      small_graph(node("Conv", {"x", "w"}, {"c"}, "conv")
                      .message(5, ints_attribute("strides", {1, 1})))
          .message(1, node("Softmax", {"c"}, {"y"}))
          .message(5, tensor("w", {1, 1, 1, 1}, "abcd", 1))
          .message(13, value_info("c", {1, -1, 3, 3}));
  const std::string whole = model(graph, 11);
  Random random(1);
  int accepted = 0;
  for (int i = 0; i < 10000; ++i) {
    std::string bytes = whole;
    for (uint64_t edits = 1 + random.below(3); edits > 0; --edits) {
      const size_t at = random.below(bytes.size());
      switch (random.below(4)) {
        case 0:
          bytes.erase(at, 1 + random.below(4));
          break;
        case 1:
          bytes.insert(at, 1 + random.below(3),
                       static_cast<char>(random.below(256)));
          break;
        default:
          bytes[at] = static_cast<char>(random.below(256));
      }
      if (bytes.empty()) break;
    }
    const Result<Imported> imported = import_onnx_bytes(bytes);
    if (!imported.ok()) {
      EXPECT_NE(imported.error().kind, ErrorKind::Internal)
          << imported.error().message;
      continue;
    }
    ++accepted;
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace hone::tensor
