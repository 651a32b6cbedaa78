// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/onnx/tensor_import.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

namespace hone::tensor {

namespace {

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// The low `width` bytes of each number.
template <typename T>
std::vector<std::byte> low_bytes(const std::vector<T>& values, size_t width) {
  std::vector<std::byte> bytes(values.size() * width);
  for (size_t i = 0; i < values.size(); ++i)
    std::memcpy(bytes.data() + i * width, &values[i], width);
  return bytes;
}

Result<std::vector<std::byte>> typed_bytes(const proto::Tensor& tensor,
                                           ElementType type) {
  switch (type) {
    case ElementType::F32:
    case ElementType::C64:
      return low_bytes(tensor.floats, 4);
    case ElementType::F64:
    case ElementType::C128:
      return low_bytes(tensor.doubles, 8);
    case ElementType::I64:
      return low_bytes(tensor.ints64, 8);
    case ElementType::U64:
      return low_bytes(tensor.uints64, 8);
    case ElementType::U32:
      return low_bytes(tensor.uints64, 4);
    default:
      // Small types, in the bits of int32; 4- and 2-bit ones packed in bytes.
      return low_bytes(tensor.ints32,
                       element_bits(type) > 8 ? element_bits(type) / 8 : 1);
  }
}

Result<int64_t> read_number(std::string_view text, std::string_view key) {
  int64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0)
    return Error(ErrorKind::Malformed,
                 fmt::format("external data: {} is '{}'; expected a natural "
                             "number",
                             key, text));
  return value;
}

Result<Literal> import_external(const proto::Tensor& tensor, ElementType type,
                                TensorSource& source) {
  std::string location;
  int64_t offset = 0;
  std::optional<int64_t> length;
  for (const proto::Entry& entry : tensor.external) {
    if (entry.key == "location") location = std::string(entry.value);
    if (entry.key == "offset") {
      HONE_ASSIGN_OR_RETURN(offset, read_number(entry.value, "offset"));
    }
    if (entry.key == "length") {
      HONE_ASSIGN_OR_RETURN(length, read_number(entry.value, "length"));
    }
  }
  const std::filesystem::path relative =
      std::filesystem::path(location).lexically_normal();
  if (source.folder.empty())
    return Error(ErrorKind::Unsupported,
                 "the data are in another file, and a model that comes as "
                 "bytes has no folder to look in; give its file");
  if (location.empty() || relative.is_absolute() ||
      relative.begin()->string() == "..")
    return Error(ErrorKind::Malformed,
                 fmt::format("external data in '{}': expected a file below the "
                             "model's folder",
                             location));
  auto& file = source.files[relative.string()];
  if (!file) {
    auto opened = MappedFile::open(source.folder / relative);
    if (!opened) {
      source.files.erase(relative.string());
      return std::move(opened).error().in("external data");
    }
    file = *std::move(opened);
  }
  const std::string_view bytes = file->bytes();
  const auto total = static_cast<int64_t>(bytes.size());
  if (offset > total || (length && *length > total - offset))
    return Error(ErrorKind::Malformed,
                 fmt::format("external data at {} of '{}', which has {} bytes",
                             offset, location, total));
  // Without a length it is what the type and sizes say.
  const std::optional<int64_t> count = count_elements(tensor.dims);
  const int64_t size = length.value_or(std::min(
      total - offset,
      count && *count < INT64_MAX / 32 ? packed_bytes(type, *count) : total));
  return Literal::view(type, tensor.dims, as_bytes(bytes.substr(offset, size)),
                       file, Literal::Storage::MappedFile);
}

}  // namespace

Result<ElementType> import_element_type(int64_t number) {
  const std::optional<ElementType> type = element_from_onnx(number);
  if (type) return *type;
  return Error(ErrorKind::Unsupported,
               fmt::format("element type {} is none of those known", number));
}

Result<Literal> import_tensor(const proto::Tensor& tensor,
                              TensorSource& source) {
  const auto import = [&]() -> Result<Literal> {
    HONE_ASSIGN_OR_RETURN(const ElementType type,
                          import_element_type(tensor.data_type));
    if (tensor.has_segment)
      return Error(ErrorKind::Unsupported, "its data come in segments");
    if (type == ElementType::Str)
      return Literal::texts(tensor.dims,
                            {tensor.strings.begin(), tensor.strings.end()});
    if (tensor.is_external) return import_external(tensor, type, source);
    if (tensor.raw)
      return Literal::view(
          type, tensor.dims, as_bytes(*tensor.raw), source.owner,
          source.folder.empty() ? Literal::Storage::Memory
                                : Literal::Storage::MappedFile);
    HONE_ASSIGN_OR_RETURN(std::vector<std::byte> bytes,
                          typed_bytes(tensor, type));
    return Literal::own(type, tensor.dims, std::move(bytes));
  };
  Result<Literal> literal = import();
  if (literal) return literal;
  return std::move(literal).error().in(fmt::format("tensor '{}'", tensor.name));
}

Result<Literal> import_sparse(const proto::SparseTensor& sparse,
                              TensorSource& source) {
  HONE_ASSIGN_OR_RETURN(const Literal values,
                        import_tensor(sparse.values, source));
  HONE_ASSIGN_OR_RETURN(const Literal indices,
                        import_tensor(sparse.indices, source));
  const auto fail = [&](std::string_view why) {
    return Error(ErrorKind::Malformed, fmt::format("sparse tensor '{}': {}",
                                                   sparse.values.name, why));
  };
  constexpr int64_t kMost = int64_t{1} << 28;
  const std::optional<int64_t> size = count_elements(sparse.dims);
  const int bits = element_bits(values.type());
  if (!size || *size > kMost) return fail("its sizes make no dense tensor");
  if (bits < 8 || values.type() == ElementType::Str)
    return fail("its elements are not whole bytes");
  const std::optional<std::vector<int64_t>> places = indices.to_integers();
  const auto rank = static_cast<int64_t>(sparse.dims.size());
  const bool flat = indices.dims().size() == 1;
  if (!places || indices.dims().empty() || indices.dims().size() > 2 ||
      indices.dims()[0] != values.size() ||
      (!flat && indices.dims()[1] != rank))
    return fail("its indices do not fit its values");
  const int64_t width = bits / 8;
  std::vector<std::byte> bytes(*size * width);
  for (int64_t i = 0; i < values.size(); ++i) {
    int64_t at = flat ? (*places)[i] : 0;
    for (int64_t axis = 0; !flat && axis < rank; ++axis) {
      const int64_t place = (*places)[i * rank + axis];
      if (place < 0 || place >= sparse.dims[axis])
        return fail("an index is out of range");
      at = at * sparse.dims[axis] + place;
    }
    if (at < 0 || at >= *size) return fail("an index is out of range");
    std::memcpy(bytes.data() + at * width, values.bytes().data() + i * width,
                width);
  }
  return Literal::own(values.type(), sparse.dims, std::move(bytes));
}

Result<Literal> literal_from(const Attribute& value) {
  Literal literal;
  if (const auto* tensor = std::get_if<Literal>(&value)) {
    literal = *tensor;
  } else if (const auto* number = std::get_if<int64_t>(&value)) {
    literal = Literal::integer(*number);
  } else if (const auto* list = std::get_if<std::vector<int64_t>>(&value)) {
    literal = Literal::integers(*list);
  } else if (const auto* real = std::get_if<float>(&value)) {
    literal = Literal::number(*real);
  } else if (const auto* reals = std::get_if<std::vector<float>>(&value)) {
    std::vector<std::byte> bytes(reals->size() * sizeof(float));
    if (!bytes.empty()) std::memcpy(bytes.data(), reals->data(), bytes.size());
    HONE_ASSIGN_OR_RETURN(
        literal,
        Literal::own(ElementType::F32, {static_cast<int64_t>(reals->size())},
                     std::move(bytes)));
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    HONE_ASSIGN_OR_RETURN(literal, Literal::texts({}, {*text}));
  } else if (const auto* texts =
                 std::get_if<std::vector<std::string>>(&value)) {
    HONE_ASSIGN_OR_RETURN(
        literal, Literal::texts({static_cast<int64_t>(texts->size())}, *texts));
  } else {
    return Error(ErrorKind::Unsupported, "its attribute is no constant");
  }
  return literal;
}

}  // namespace hone::tensor
