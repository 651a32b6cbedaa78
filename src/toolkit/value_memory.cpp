// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/value_memory.h"

#include <cstdlib>

#include "tensor/plan/planner.h"
#include "tensor/plan/value_steps.h"

namespace hone::toolkit {

using tensor::ElementType;
using tensor::RunValue;
using tensor::Tensor;
using tensor::Type;

ValueMemory::~ValueMemory() { clear_results(); }

void ValueMemory::clear_results() {
  for (hone_value& value : results_) {
    // As hone_value_free() of every model has it.
    if (value.kind == HONE_SEQUENCE)
      std::free(const_cast<hone_value*>(value.items));
    else
      std::free(const_cast<int64_t*>(value.dims));
    value = {};
  }
}

hone_value* ValueMemory::add(const RunValue& value) {
  return &values_.emplace_back(std::vector{convert(value)}).front();
}

hone_value* ValueMemory::add_result() { return &results_.emplace_back(); }

hone_value ValueMemory::convert(const RunValue& value) {
  if (value.kind == RunValue::Kind::Optional) {
    if (!value.items.empty()) return convert(value.items.front());
    return {.kind = HONE_NOTHING};
  }
  if (value.kind == RunValue::Kind::Sequence) {
    std::vector<hone_value> items;
    for (const RunValue& item : value.items) items.push_back(convert(item));
    const auto& kept = values_.emplace_back(std::move(items));
    return {.kind = HONE_SEQUENCE, .count = kept.size(), .items = kept.data()};
  }
  if (!value.tensor) return {.kind = HONE_NOTHING};
  const Tensor& x = *value.tensor;
  const auto& dims = dims_.emplace_back(x.dims());
  hone_value result = {
      .kind = HONE_TENSOR,
      .type = static_cast<hone_type>(tensor::runtime_type(x.type())),
      .rank = static_cast<int32_t>(x.rank()),
      .dims = dims.data(),
      .count = static_cast<size_t>(x.size())};
  if (x.type() == ElementType::Str) {
    auto& texts = texts_.emplace_back();
    for (const std::string& text : x.data<std::string>()) {
      const std::string& kept = words_.emplace_back(text);
      texts.push_back({kept.data(), kept.size()});
    }
    texts.push_back({"", 0});  // so that there is memory
    result.data = texts.data();
    return result;
  }
  const tensor::Literal literal = x.to_literal();
  auto& bytes =
      bytes_.emplace_back(literal.bytes().begin(), literal.bytes().end());
  bytes.resize(bytes.size() + 1);
  result.data = bytes.data();
  return result;
}

ElementType element_of_c(int type) {
  constexpr ElementType kTypes[] = {
      ElementType::F32, ElementType::I32, ElementType::I64, ElementType::U8,
      ElementType::F64, ElementType::I8,  ElementType::I16, ElementType::U16,
      ElementType::U32, ElementType::U64, ElementType::F16, ElementType::BF16,
      ElementType::U8,  ElementType::U4,  ElementType::U2,  ElementType::Str};
  return type >= 0 && type <= HONE_TEXT ? kTypes[type] : ElementType::U8;
}

Result<RunValue> run_value_of(const hone_value& value, const Type& type) {
  if (type.is_optional()) {
    if (value.kind == HONE_NOTHING) return RunValue::optional({}, type.inner());
    HONE_ASSIGN_OR_RETURN(RunValue inner, run_value_of(value, type.inner()));
    return RunValue::optional({std::move(inner)}, type.inner());
  }
  if (value.kind == HONE_NOTHING) return RunValue::optional({});
  if (value.kind == HONE_SEQUENCE) {
    const Type inner = type.is_sequence() ? type.inner() : Type();
    std::vector<RunValue> items;
    for (size_t i = 0; i < value.count; ++i) {
      HONE_ASSIGN_OR_RETURN(items.emplace_back(),
                            run_value_of(value.items[i], inner));
    }
    return RunValue::sequence(std::move(items), inner);
  }
  const tensor::Dims dims(value.dims, value.dims + value.rank);
  if (value.type == HONE_TEXT) {
    Tensor texts(ElementType::Str, dims);
    const auto* const from = static_cast<const hone_text*>(value.data);
    for (int64_t i = 0; i < texts.size(); ++i)
      texts.data<std::string>()[i].assign(from[i].bytes, from[i].length);
    return RunValue(std::move(texts));
  }
  ElementType element = element_of_c(value.type);
  if (type.element && tensor::runtime_type(*type.element) == value.type)
    element = *type.element;
  const auto* const from = static_cast<const std::byte*>(value.data);
  const int64_t bytes =
      tensor::stored_bytes(element, static_cast<int64_t>(value.count));
  HONE_ASSIGN_OR_RETURN(
      const tensor::Literal literal,
      tensor::Literal::own(element, dims, {from, from + bytes}));
  return RunValue(Tensor::from(literal));
}

}  // namespace hone::toolkit
