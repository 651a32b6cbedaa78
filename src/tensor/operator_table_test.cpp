// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/operator_table.h"

#include <gtest/gtest.h>

namespace hone::tensor {
namespace {

TEST(OperatorTable, RowsAreFoundByNameAndDomain) {
  EXPECT_EQ(find_operator("Conv"), Op::Conv);
  EXPECT_EQ(find_operator("", "Conv"), Op::Conv);
  EXPECT_EQ(find_operator("ai.onnx", "Conv"), Op::Conv);
  EXPECT_EQ(find_operator("com.example", "Conv"), std::nullopt);
  EXPECT_EQ(find_operator("Convv"), std::nullopt);
}

TEST(OperatorTable, EveryRowIsInOrderAndReadable) {
  for (const OpInfo& row : operators()) {
    EXPECT_EQ(find_operator(row.name), row.op) << row.name;
    EXPECT_LE(row.first_version, row.newest_version) << row.name;
    EXPECT_GE(row.least_inputs, 0) << row.name;
    std::string_view last;
    for (const AttributeInfo& attribute : attributes_of(row.op)) {
      EXPECT_LT(last, attribute.name) << row.name;
      EXPECT_LE(attribute.kind, AttributeKind::Type)
          << row.name << " " << attribute.name;
      last = attribute.name;
    }
  }
}

TEST(OperatorTable, EveryIdentifierIsItsRowsIndex) {
  size_t rows = 0;
#define HONE_OPERATOR(id, name, domain, ...)      \
  EXPECT_EQ(find_operator(domain, name), Op::id); \
  EXPECT_EQ(operators()[rows].op, Op::id);        \
  EXPECT_EQ(name_of(Op::id), name);               \
  ++rows;
#include "tensor/operators.def"
#undef HONE_OPERATOR
  EXPECT_EQ(rows, operators().size());
}

TEST(OperatorTable, AttributesSayKindAndDefault) {
  const auto axis = find_attribute(Op::Softmax, "axis");
  ASSERT_TRUE(axis);
  EXPECT_EQ(axis->kind, AttributeKind::Int);
  EXPECT_EQ(axis->default_text, "-1");
  EXPECT_TRUE(find_attribute(Op::Concat, "axis")->required);
  EXPECT_FALSE(find_attribute(Op::Conv, "group_size"));
}

}  // namespace
}  // namespace hone::tensor
