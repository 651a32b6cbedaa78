// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "python/model_values.h"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/vector.h>

#include "tensor/plan/planner.h"
#include "toolkit/value_memory.h"

namespace nb = nanobind;

namespace hone::python {

namespace {

// hone_type of an array's elements. Booleans are bytes, as in C.
hone_type type_of(nb::dlpack::dtype dtype) {
  using nb::dlpack::dtype_code;
  const auto is = [&](dtype_code code, int bits) {
    return dtype.code == static_cast<uint8_t>(code) && dtype.bits == bits;
  };
  if (is(dtype_code::Float, 32)) return HONE_F32;
  if (is(dtype_code::Float, 64)) return HONE_F64;
  if (is(dtype_code::Float, 16)) return HONE_F16;
  if (is(dtype_code::Int, 8)) return HONE_I8;
  if (is(dtype_code::Int, 16)) return HONE_I16;
  if (is(dtype_code::Int, 32)) return HONE_I32;
  if (is(dtype_code::Int, 64)) return HONE_I64;
  if (is(dtype_code::UInt, 8) || is(dtype_code::Bool, 8)) return HONE_U8;
  if (is(dtype_code::UInt, 16)) return HONE_U16;
  if (is(dtype_code::UInt, 32)) return HONE_U32;
  if (is(dtype_code::UInt, 64)) return HONE_U64;
  throw nb::type_error("an array of elements that models do not have");
}

nb::object tuple_of(const hone_value& value, nb::object elements) {
  return nb::make_tuple(
      nb::cast(std::vector<int64_t>(value.dims, value.dims + value.rank)),
      std::move(elements));
}

}  // namespace

hone_value* TakenValues::take(nb::handle object) {
  std::vector<hone_value>& root = values_.emplace_back(1);
  fill(object, root[0]);
  return root.data();
}

void TakenValues::fill(nb::handle object, hone_value& to) {
  to = {.kind = HONE_NOTHING};
  if (object.is_none()) return;
  if (nb::isinstance<nb::list>(object)) {
    const auto list = nb::cast<nb::list>(object);
    std::vector<hone_value>& items = values_.emplace_back(list.size() + 1);
    for (size_t i = 0; i < list.size(); ++i) fill(list[i], items[i]);
    to = {.kind = HONE_SEQUENCE, .count = list.size(), .items = items.data()};
    return;
  }
  std::vector<int64_t>& dims = dims_.emplace_back();
  to.kind = HONE_TENSOR;
  if (nb::isinstance<nb::tuple>(object)) {
    const auto [sizes, words] =
        nb::cast<std::pair<std::vector<int64_t>, nb::list>>(object);
    dims = sizes;
    std::vector<hone_text>& texts = texts_.emplace_back();
    for (const nb::handle word : words) {
      const auto bytes = nb::cast<nb::bytes>(word);
      texts.push_back({bytes.c_str(), bytes.size()});
    }
    to.type = HONE_TEXT;
    to.count = texts.size();
    texts.push_back({"", 0});  // so that there is memory
    to.data = texts.data();
  } else {
    const auto array =
        nb::cast<nb::ndarray<nb::ro, nb::device::cpu, nb::c_contig>>(object,
                                                                     false);
    for (size_t i = 0; i < array.ndim(); ++i)
      dims.push_back(static_cast<int64_t>(array.shape(i)));
    to.type = type_of(array.dtype());
    to.count = array.size();
    to.data = array.data();
  }
  to.rank = static_cast<int32_t>(dims.size());
  dims.push_back(0);  // so that there is memory
  to.dims = dims.data();
}

nb::object give_value(const hone_value& value) {
  if (value.kind == HONE_NOTHING) return nb::none();
  if (value.kind == HONE_SEQUENCE) {
    nb::list items;
    for (size_t i = 0; i < value.count; ++i)
      items.append(give_value(value.items[i]));
    return items;
  }
  if (value.type == HONE_TEXT) {
    nb::list words;
    const auto* const texts = static_cast<const hone_text*>(value.data);
    for (size_t i = 0; i < value.count; ++i)
      words.append(nb::bytes(texts[i].bytes, texts[i].length));
    return tuple_of(value, std::move(words));
  }
  const int64_t bytes = tensor::stored_bytes(toolkit::element_of_c(value.type),
                                             static_cast<int64_t>(value.count));
  return tuple_of(value, nb::bytearray(value.data, bytes));
}

}  // namespace hone::python
