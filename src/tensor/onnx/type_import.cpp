// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/onnx/type_import.h"

#include <fmt/format.h>

#include <cctype>

#include "tensor/onnx/tensor_import.h"

namespace hone::tensor {

namespace {

std::string clean_symbol(std::string_view name) {
  std::string symbol;
  for (const char c : name)
    symbol += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  if (std::isdigit(static_cast<unsigned char>(symbol.front())))
    symbol = "d" + symbol;
  return symbol;
}

// Exporters write names, and sums and products of names.
Dim read_symbol(std::string_view name) {
  if (name.find('?') == std::string_view::npos)
    if (Result<Dim> dim = parse_dim(name); dim && !dim->is_constant())
      return *dim;
  return Dim::symbol(clean_symbol(name));
}

Result<Type> read_type(const proto::Type& from, int64_t& unknowns, int depth) {
  switch (from.kind) {
    case proto::Type::Kind::None:
      return Type();
    case proto::Type::Kind::Other:
      return Error(ErrorKind::Unsupported,
                   "a map, sparse or opaque type; expected a tensor, a "
                   "sequence or an optional");
    case proto::Type::Kind::Sequence:
    case proto::Type::Kind::Optional: {
      if (depth >= static_cast<int>(kDeepestType))
        return Error(ErrorKind::Unsupported, "a type of many containers");
      Type inner;
      if (from.item) {
        HONE_ASSIGN_OR_RETURN(inner,
                              read_type(*from.item, unknowns, depth + 1));
      }
      return inner.wrapped(from.kind == proto::Type::Kind::Sequence
                               ? Wrap::Sequence
                               : Wrap::Optional);
    }
    case proto::Type::Kind::Tensor:
      break;
  }
  Type type;
  if (from.element == 0) return type;
  HONE_ASSIGN_OR_RETURN(type.element, import_element_type(from.element));
  if (!from.has_shape) return type;
  type.shape.emplace();
  for (const proto::Type::Dim& dim : from.dims) {
    if (dim.value && *dim.value >= 0) {
      type.shape->push_back(*dim.value);
    } else if (!dim.name.empty()) {
      type.shape->push_back(read_symbol(dim.name));
    } else {
      type.shape->push_back(Dim::symbol(fmt::format("?{}", unknowns++)));
    }
  }
  return type;
}

}  // namespace

Result<Type> import_type(const proto::Type& from, int64_t& unknowns) {
  return read_type(from, unknowns, 0);
}

}  // namespace hone::tensor
