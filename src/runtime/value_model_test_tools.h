// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values of the runtime as plain C++, and what its steps make of them: slow,
// without counters, numbers of texts or shared memory.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/model/hone_model.h"

namespace hone::runtime {

struct ModelValue {
  int kind = HONE_TENSOR;
  int type = HONE_F32;
  std::vector<int64_t> dims;
  // Their bytes, or texts. One for all where an element is less than a byte.
  std::vector<std::string> elements;
  std::vector<ModelValue> items;

  bool operator==(const ModelValue&) const = default;
};

ModelValue model_integers(std::vector<int64_t> values,
                          std::vector<int64_t> dims);
std::vector<int64_t> integers_of(const ModelValue& tensor);

// How many elements there are; nothing where memory cannot hold as many of
// these sizes, zeros counted as ones.
std::optional<int64_t> element_count(int type, const std::vector<int64_t>&);

// Nothing is an error, everywhere below.
using Maybe = std::optional<ModelValue>;
Maybe concat_items(const ModelValue& sequence, int64_t axis, bool is_new_axis);
Maybe split_tensor(const ModelValue& x, const ModelValue* sizes, int64_t axis,
                   bool keeps_axis);
Maybe concat_texts(const ModelValue& a, const ModelValue& b);
// The pieces, and how many of each text.
std::vector<ModelValue> split_texts(const ModelValue& x,
                                    const std::string& delimiter, int64_t most);
Maybe normalize_texts(const ModelValue& x, bool upper,
                      const std::vector<std::string>& stopwords);
// Without an axis: the texts, their first places, each one's group, how many.
std::vector<ModelValue> unique_texts(const ModelValue& x, bool sorted);
Maybe read_numbers(const ModelValue& texts);
ModelValue write_numbers(const ModelValue& numbers);

// Everything that can be seen of a value, in one text.
std::string describe(const ModelValue& value);
ModelValue model_of(const hone_value& value);

// A value as C programs pass it, every part in a block of its own size.
class CValue {
 public:
  explicit CValue(const ModelValue& value);
  // Makes one part of it wrong, which one by `choice`.
  void break_one(uint32_t choice);
  const hone_value* get() const { return &root_; }

 private:
  void fill(const ModelValue& value, hone_value& to);
  template <typename T>
  T* block(size_t count);

  hone_value root_ = {};
  std::deque<std::unique_ptr<unsigned char[]>> blocks_;
  std::vector<hone_value*> parts_;
};

}  // namespace hone::runtime
