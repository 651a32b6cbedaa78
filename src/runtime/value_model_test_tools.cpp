// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/value_model_test_tools.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>

#include "runtime/model/program.h"

namespace hone::runtime {

namespace {

using Dims = std::vector<int64_t>;

std::string bytes_of_integer(int64_t value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

ModelValue texts(std::vector<std::string> words, Dims dims) {
  return {
      .type = HONE_TEXT, .dims = std::move(dims), .elements = std::move(words)};
}

// The element at a place of a tensor, row-major.
size_t offset(const Dims& dims, const Dims& at) {
  size_t place = 0;
  for (size_t i = 0; i < dims.size(); ++i) place = place * dims[i] + at[i];
  return place;
}

// The next place; false behind the last.
bool step_on(const Dims& dims, Dims& at) {
  for (size_t i = dims.size(); i-- > 0;) {
    if (++at[i] < dims[i]) return true;
    at[i] = 0;
  }
  return false;
}

bool is_whole_bytes(int type) { return hone_type_bits(type) % 8 == 0; }

// Elements [from, from + size) of an axis.
ModelValue slice(const ModelValue& x, size_t axis, int64_t from, int64_t size) {
  ModelValue part = {.type = x.type, .dims = x.dims};
  part.dims[axis] = size;
  if (*element_count(x.type, part.dims) == 0) return part;
  Dims at(part.dims.size(), 0);
  do {
    Dims whole = at;
    whole[axis] += from;
    part.elements.push_back(x.elements[offset(x.dims, whole)]);
  } while (step_on(part.dims, at));
  return part;
}

}  // namespace

ModelValue model_integers(std::vector<int64_t> values, Dims dims) {
  ModelValue x = {.type = HONE_I64, .dims = std::move(dims)};
  for (const int64_t value : values)
    x.elements.push_back(bytes_of_integer(value));
  return x;
}

std::vector<int64_t> integers_of(const ModelValue& tensor) {
  std::vector<int64_t> values;
  for (const std::string& element : tensor.elements) {
    int64_t wide = 0;
    int32_t narrow = 0;
    if (tensor.type == HONE_I32) {
      std::memcpy(&narrow, element.data(), sizeof narrow);
      wide = narrow;
    } else {
      std::memcpy(&wide, element.data(), sizeof wide);
    }
    values.push_back(wide);
  }
  return values;
}

std::optional<int64_t> element_count(int type, const Dims& dims) {
  auto bits = static_cast<int64_t>(hone_type_bits(type));
  int64_t count = 1;
  for (const int64_t dim : dims) {
    if (dim < 0 ||
        __builtin_mul_overflow(bits, std::max<int64_t>(dim, 1), &bits))
      return {};
    count = dim == 0 || count == 0 ? 0 : count * dim;
  }
  return count;
}

// --- Sequences ---------------------------------------------------------------

Maybe concat_items(const ModelValue& sequence, int64_t axis, bool is_new) {
  if (sequence.kind != HONE_SEQUENCE || sequence.items.empty()) return {};
  const ModelValue& first = sequence.items[0];
  if (first.kind != HONE_TENSOR || !is_whole_bytes(first.type)) return {};
  const auto rank = static_cast<int64_t>(first.dims.size()) + is_new;
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return {};
  std::vector<ModelValue> parts;
  int64_t length = 0;
  for (ModelValue item : sequence.items) {
    if (item.kind != HONE_TENSOR || item.type != first.type) return {};
    if (item.dims.size() != first.dims.size()) return {};
    if (is_new) item.dims.insert(item.dims.begin() + axis, 1);
    Dims own = item.dims, other = first.dims;
    if (is_new) other.insert(other.begin() + axis, 1);
    own[axis] = other[axis] = 0;
    if (own != other ||
        __builtin_add_overflow(length, item.dims[axis], &length))
      return {};
    parts.push_back(std::move(item));
  }
  ModelValue whole = {.type = first.type, .dims = parts[0].dims};
  whole.dims[axis] = length;
  const auto count = element_count(whole.type, whole.dims);
  if (!count) return {};
  if (*count == 0) return whole;
  Dims at(whole.dims.size(), 0);
  do {
    Dims own = at;
    size_t part = 0;
    while (own[axis] >= parts[part].dims[axis])
      own[axis] -= parts[part++].dims[axis];
    whole.elements.push_back(
        parts[part].elements[offset(parts[part].dims, own)]);
  } while (step_on(whole.dims, at));
  return whole;
}

Maybe split_tensor(const ModelValue& x, const ModelValue* sizes, int64_t axis,
                   bool keeps_axis) {
  if (x.kind != HONE_TENSOR || !is_whole_bytes(x.type)) return {};
  const auto rank = static_cast<int64_t>(x.dims.size());
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return {};
  const int64_t length = x.dims[axis];
  std::vector<int64_t> list;
  constexpr int64_t kMostParts = 1'000'000;  // of an axis that has no end
  if (sizes == nullptr) {
    if (length > kMostParts) return {};
    list.assign(length, 1);
  } else {
    if (sizes->kind != HONE_TENSOR || sizes->dims.size() > 1 ||
        (sizes->type != HONE_I64 && sizes->type != HONE_I32))
      return {};
    list = integers_of(*sizes);
    if (sizes->dims.empty()) {
      const int64_t each = list[0];
      if (each <= 0 || length / each > kMostParts) return {};
      list.clear();
      for (int64_t rest = length; rest > 0; rest -= list.back())
        list.push_back(std::min(each, rest));
    }
  }
  ModelValue sequence = {.kind = HONE_SEQUENCE};
  int64_t at = 0;
  for (const int64_t size : list) {
    if (size < 0 || size > length - at) return {};
    ModelValue part = slice(x, axis, at, size);
    if (sizes == nullptr && !keeps_axis)
      part.dims.erase(part.dims.begin() + axis);
    sequence.items.push_back(std::move(part));
    at += size;
  }
  if (at != length) return {};
  return sequence;
}

// --- Text --------------------------------------------------------------------

Maybe concat_texts(const ModelValue& a, const ModelValue& b) {
  const size_t rank = std::max(a.dims.size(), b.dims.size());
  Dims wide[2], dims;
  const ModelValue* const from[] = {&a, &b};
  for (int k = 0; k < 2; ++k) {
    wide[k].assign(rank - from[k]->dims.size(), 1);
    wide[k].insert(wide[k].end(), from[k]->dims.begin(), from[k]->dims.end());
  }
  for (size_t i = 0; i < rank; ++i) {
    if (wide[0][i] != wide[1][i] && wide[0][i] != 1 && wide[1][i] != 1)
      return {};
    dims.push_back(wide[0][i] == 1 ? wide[1][i] : wide[0][i]);
  }
  ModelValue result = texts({}, dims);
  const auto count = element_count(HONE_TEXT, dims);
  if (!count) return {};
  if (*count == 0) return result;
  Dims at(rank, 0);
  do {
    std::string text;
    for (int k = 0; k < 2; ++k) {
      Dims own = at;
      for (size_t i = 0; i < rank; ++i)
        if (wide[k][i] == 1) own[i] = 0;
      text += from[k]->elements[offset(wide[k], own)];
    }
    result.elements.push_back(text);
  } while (step_on(dims, at));
  return result;
}

namespace {

bool is_blank(char c) { return std::strchr(" \t\n\v\f\r", c) != nullptr && c; }

std::vector<std::string> pieces_of(std::string text, const std::string& between,
                                   int64_t most) {
  std::vector<std::string> pieces;
  const auto strip = [&] {
    text.erase(text.begin(), std::ranges::find_if_not(text, is_blank));
  };
  while (true) {
    if (between.empty()) strip();
    if (between.empty() && text.empty()) return pieces;
    const bool is_last = most >= 0 && std::ssize(pieces) == most;
    const size_t end = is_last           ? std::string::npos
                       : between.empty() ? text.find_first_of(" \t\n\v\f\r")
                                         : text.find(between);
    if (end == std::string::npos) {
      while (between.empty() && is_blank(text.back())) text.pop_back();
      pieces.push_back(text);
      return pieces;
    }
    pieces.push_back(text.substr(0, end));
    text.erase(0, end + between.size());
  }
}

std::string in_case(std::string text, bool upper) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (upper && c >= 'a' && c <= 'z') text[i] -= 32;
    if (!upper && c >= 'A' && c <= 'Z') text[i] += 32;
    if (c != 0xc3 || i + 1 == text.size()) continue;
    const auto next = static_cast<unsigned char>(text[++i]);
    if (next == 0x97 || next == 0xb7) continue;
    if (upper && next >= 0xa0 && next <= 0xbe) text[i] -= 32;
    if (!upper && next >= 0x80 && next <= 0x9e) text[i] += 32;
  }
  return text;
}

}  // namespace

std::vector<ModelValue> split_texts(const ModelValue& x,
                                    const std::string& delimiter,
                                    int64_t most) {
  std::vector<std::vector<std::string>> rows;
  std::vector<int64_t> counts;
  size_t longest = 0;
  for (const std::string& text : x.elements) {
    rows.push_back(pieces_of(text, delimiter, most));
    counts.push_back(std::ssize(rows.back()));
    longest = std::max(longest, rows.back().size());
  }
  Dims dims = x.dims;
  dims.push_back(static_cast<int64_t>(longest));
  ModelValue pieces = texts({}, dims);
  for (std::vector<std::string>& row : rows) {
    row.resize(longest);
    pieces.elements.insert(pieces.elements.end(), row.begin(), row.end());
  }
  return {pieces, model_integers(counts, x.dims)};
}

Maybe normalize_texts(const ModelValue& x, bool upper,
                      const std::vector<std::string>& stopwords) {
  const size_t rank = x.dims.size();
  if (rank != 1 && !(rank == 2 && x.dims[0] == 1)) return {};
  std::vector<std::string> kept;
  for (const std::string& word : x.elements)
    if (std::ranges::find(stopwords, in_case(word, false)) == stopwords.end())
      kept.push_back(in_case(word, upper));
  if (kept.empty()) kept.emplace_back();
  Dims dims(rank, 1);
  dims.back() = std::ssize(kept);
  return texts(std::move(kept), dims);
}

std::vector<ModelValue> unique_texts(const ModelValue& x, bool sorted) {
  std::map<std::string, std::vector<int64_t>> groups;
  for (size_t i = 0; i < x.elements.size(); ++i)
    groups[x.elements[i]].push_back(static_cast<int64_t>(i));
  std::vector<std::string> order;
  for (const auto& [text, places] : groups) order.push_back(text);
  if (!sorted)
    std::ranges::sort(order, {}, [&](const std::string& text) {
      return groups[text].front();
    });
  std::vector<int64_t> first, inverse(x.elements.size()), counts;
  for (size_t i = 0; i < order.size(); ++i) {
    first.push_back(groups[order[i]].front());
    counts.push_back(std::ssize(groups[order[i]]));
    for (const int64_t place : groups[order[i]])
      inverse[place] = static_cast<int64_t>(i);
  }
  const auto found = static_cast<int64_t>(order.size());
  const auto all = static_cast<int64_t>(inverse.size());
  return {texts(std::move(order), {found}), model_integers(first, {found}),
          model_integers(inverse, {all}), model_integers(counts, {found})};
}

Maybe read_numbers(const ModelValue& x) {
  ModelValue y = {.type = HONE_F64, .dims = x.dims};
  for (const std::string& text : x.elements) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || end != text.c_str() + text.size()) return {};
    y.elements.emplace_back(reinterpret_cast<const char*>(&value), 8);
  }
  return y;
}

ModelValue write_numbers(const ModelValue& numbers) {
  ModelValue y = texts({}, numbers.dims);
  for (const std::string& element : numbers.elements) {
    if (numbers.type == HONE_I64) {
      int64_t value;
      std::memcpy(&value, element.data(), 8);
      y.elements.push_back(std::to_string(value));
      continue;
    }
    double value;
    std::memcpy(&value, element.data(), 8);
    char text[40];
    const double size = std::fabs(value);
    // The fewest digits; the same limits for an exponent as Python has them.
    const bool is_plain = value == 0 || (size >= 1e-4 && size < 1e16);
    const auto end = std::to_chars(text, text + sizeof text, value,
                                   is_plain ? std::chars_format::fixed
                                            : std::chars_format::scientific)
                         .ptr;
    y.elements.push_back(std::isnan(value)   ? "NaN"
                         : std::isinf(value) ? (value > 0 ? "INF" : "-INF")
                                             : std::string(text, end));
  }
  return y;
}

// --- As C has them -----------------------------------------------------------

std::string describe(const ModelValue& value) {
  if (value.kind == HONE_NOTHING) return "nothing";
  std::string text;
  if (value.kind == HONE_SEQUENCE) {
    for (const ModelValue& item : value.items) text += describe(item) + ";";
    return "(" + text + ")";
  }
  text = std::to_string(value.type);
  for (const int64_t dim : value.dims) text += "," + std::to_string(dim);
  for (const std::string& element : value.elements)
    text += ":" + std::to_string(element.size()) + element;
  return text;
}

ModelValue model_of(const hone_value& value) {
  ModelValue result = {.kind = value.kind};
  if (value.kind == HONE_SEQUENCE)
    for (size_t i = 0; i < value.count; ++i)
      result.items.push_back(model_of(value.items[i]));
  if (value.kind != HONE_TENSOR) return result;
  result.type = value.type;
  result.dims.assign(value.dims, value.dims + value.rank);
  const auto* const bytes = static_cast<const char*>(value.data);
  const size_t width = hone_type_bits(value.type) / 8;
  if (value.type != HONE_TEXT && width == 0)
    result.elements.emplace_back(
        bytes, (value.count * hone_type_bits(value.type) + 7) / 8);
  else
    for (size_t i = 0; i < value.count; ++i) {
      const auto* const text = static_cast<const hone_text*>(value.data) + i;
      if (value.type == HONE_TEXT)
        result.elements.emplace_back(text->bytes, text->length);
      else
        result.elements.emplace_back(bytes + i * width, width);
    }
  return result;
}

CValue::CValue(const ModelValue& value) { fill(value, root_); }

// Of exactly as many elements, so that a sanitizer sees who reads behind them.
template <typename T>
T* CValue::block(size_t count) {
  blocks_.push_back(std::make_unique<unsigned char[]>(count * sizeof(T)));
  return reinterpret_cast<T*>(blocks_.back().get());
}

void CValue::fill(const ModelValue& value, hone_value& to) {
  parts_.push_back(&to);
  to.kind = static_cast<hone_kind>(value.kind);
  if (value.kind == HONE_NOTHING) return;
  if (value.kind == HONE_SEQUENCE) {
    to.count = value.items.size();
    auto* const items = block<hone_value>(to.count);
    to.items = items;
    for (size_t i = 0; i < to.count; ++i) fill(value.items[i], items[i]);
    return;
  }
  to.type = static_cast<hone_type>(value.type);
  to.rank = static_cast<int32_t>(value.dims.size());
  auto* const dims = block<int64_t>(value.dims.size());
  std::ranges::copy(value.dims, dims);
  to.dims = dims;
  to.count = static_cast<size_t>(*element_count(value.type, value.dims));
  if (value.type == HONE_TEXT) {
    auto* const list = block<hone_text>(value.elements.size());
    to.data = list;
    for (size_t i = 0; i < value.elements.size(); ++i) {
      const std::string& text = value.elements[i];
      auto* const bytes = block<char>(text.size());
      std::ranges::copy(text, bytes);
      list[i] = {bytes, text.size()};
    }
    return;
  }
  std::string all;
  for (const std::string& element : value.elements) all += element;
  auto* const data = block<char>(all.size());
  std::ranges::copy(all, data);
  to.data = data;
}

void CValue::break_one(uint32_t choice) {
  hone_value& part = *parts_[choice / 16 % parts_.size()];
  const auto set_enum = [](auto& field, int value) {
    std::memcpy(&field, &value, sizeof value);
  };
  const bool has_elements = part.kind == HONE_TENSOR && part.count > 0;
  switch (choice % 16) {
    case 0:
      if (part.kind == HONE_TENSOR) return set_enum(part.type, 40);
      break;
    case 1:
      if (part.kind == HONE_TENSOR) return set_enum(part.type, -1);
      break;
    case 2:
      if (part.kind == HONE_TENSOR) return void(part.rank = -1);
      break;
    case 3:
      if (part.kind == HONE_TENSOR) return void(part.rank = 1'000'000'000);
      break;
    case 4:
      if (part.kind == HONE_TENSOR && part.rank > 0)
        return void(part.dims = nullptr);
      break;
    case 5:
      if (part.kind == HONE_TENSOR) return void(++part.count);
      break;
    case 6:
      if (has_elements) return void(part.data = nullptr);
      break;
    case 7:
      if (part.kind == HONE_TENSOR && part.rank > 0)
        return void(const_cast<int64_t*>(part.dims)[0] = -1);
      break;
    case 8:
      if (has_elements && part.type == HONE_TEXT)
        return void(*static_cast<hone_text*>(const_cast<void*>(part.data)) = {
                        nullptr, 3});
      break;
    case 9:
      if (part.kind == HONE_SEQUENCE && part.count > 0)
        return void(part.items = nullptr);
      break;
    case 10:
      if (part.kind == HONE_TENSOR && part.rank > 0) {
        // As many elements as before, if products were allowed to overflow.
        auto* const dims = const_cast<int64_t*>(part.dims);
        return void(dims[0] = static_cast<int64_t>(
                        static_cast<uint64_t>(dims[0]) + (uint64_t{1} << 62)));
      }
      break;
    default:
      break;
  }
  set_enum(part.kind, 7);
}

}  // namespace hone::runtime
