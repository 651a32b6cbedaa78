// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators on text. Case changes are those of ASCII and of Latin letters with
// accents; other scripts stay as they are.
#include <algorithm>
#include <map>

#include "tensor/interpreter/kernels.h"
#include "tensor/interpreter/regular_expression.h"

namespace hone::tensor {

namespace {

using Texts = std::vector<std::string>;

Status need_text(const Call& call, size_t input) {
  if (call.in(input).type() == ElementType::Str) return {};
  return call.bad_type(call.in(input).type());
}

Status string_concat(Call& call) {
  HONE_RETURN_IF_ERROR(need_text(call, 0));
  HONE_RETURN_IF_ERROR(need_text(call, 1));
  const Tensor& a = call.in(0);
  const Tensor& b = call.in(1);
  const Dims* shapes[] = {&a.dims(), &b.dims()};
  HONE_ASSIGN_OR_RETURN(const Dims dims, broadcast(call, shapes));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(ElementType::Str, dims));
  const Dims to_a = broadcast_strides(a.dims(), dims.size());
  const Dims to_b = broadcast_strides(b.dims(), dims.size());
  call.fill(y, [&](std::span<const int64_t> at) {
    return a.data<std::string>()[dot(at, to_a)] +
           b.data<std::string>()[dot(at, to_b)];
  });
  call.set(0, std::move(y));
  return {};
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The pieces between delimiters; runs of blanks where it is empty. After
// `most` cuts (any number: -1) the rest is one piece.
Texts split_text(std::string_view text, std::string_view delimiter,
                 int64_t most) {
  Texts pieces;
  if (!delimiter.empty()) {
    while (most-- != 0) {
      const size_t at = text.find(delimiter);
      if (at == std::string_view::npos) break;
      pieces.emplace_back(text.substr(0, at));
      text.remove_prefix(at + delimiter.size());
    }
    pieces.emplace_back(text);
    return pieces;
  }
  const auto skip = [&] {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  };
  for (skip(); !text.empty(); skip()) {
    if (most-- == 0) {
      while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
      pieces.emplace_back(text);
      break;
    }
    const auto end = std::find_if(text.begin(), text.end(), is_space);
    pieces.emplace_back(text.begin(), end);
    text.remove_prefix(end - text.begin());
  }
  return pieces;
}

Status string_split(Call& call) {
  HONE_RETURN_IF_ERROR(need_text(call, 0));
  const Tensor& x = call.in(0);
  const int64_t most = call.has_attribute("maxsplit")
                           ? std::max<int64_t>(-1, call.integer("maxsplit"))
                           : -1;
  std::vector<Texts> rows;
  size_t longest = 0;
  for (const std::string& text : x.data<std::string>()) {
    rows.push_back(split_text(text, call.text("delimiter"), most));
    longest = std::max(longest, rows.back().size());
  }
  Dims dims = x.dims();
  dims.push_back(static_cast<int64_t>(longest));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(ElementType::Str, dims));
  HONE_ASSIGN_OR_RETURN(Tensor counts, call.make(ElementType::I64, x.dims()));
  for (size_t i = 0; i < rows.size(); ++i) {
    counts.data<int64_t>()[i] = static_cast<int64_t>(rows[i].size());
    std::copy(rows[i].begin(), rows[i].end(),
              y.data<std::string>().begin() + i * longest);
  }
  call.set(0, std::move(y));
  call.set(1, std::move(counts));
  return {};
}

// ASCII, and U+00C0 to U+00DE (in UTF-8 two bytes from 0xC3 0x80 on).
std::string change_case(std::string text, bool upper) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z')
      text[i] = static_cast<char>(c ^ 0x20);
    if (c != 0xc3 || i + 1 == text.size()) continue;
    const auto next = static_cast<unsigned char>(text[i + 1]);
    const bool is_sign = next == 0x97 || next == 0xb7;  // × and ÷
    if (!is_sign &&
        (upper ? next >= 0xa0 && next <= 0xbe : next >= 0x80 && next <= 0x9e))
      text[i + 1] = static_cast<char>(next ^ 0x20);
    ++i;
  }
  return text;
}

Status string_normalizer(Call& call) {
  HONE_RETURN_IF_ERROR(need_text(call, 0));
  const Tensor& x = call.in(0);
  const std::string action = call.text("case_change_action");
  if (action != "NONE" && action != "LOWER" && action != "UPPER")
    return call.error("case_change_action '{}'", action);
  if (x.rank() != 1 && !(x.rank() == 2 && x.dim(0) == 1))
    return call.error("expected a vector, or a matrix of one row");
  const bool sensitive = call.integer("is_case_sensitive") != 0;
  Texts stopwords = call.node().texts("stopwords");
  const auto key = [&](const std::string& text) {
    return sensitive ? text : change_case(text, false);
  };
  for (std::string& word : stopwords) word = key(word);
  Texts kept;
  for (const std::string& text : x.data<std::string>())
    if (std::find(stopwords.begin(), stopwords.end(), key(text)) ==
        stopwords.end())
      kept.push_back(action == "NONE" ? text
                                      : change_case(text, action == "UPPER"));
  if (kept.empty()) kept.emplace_back();
  Dims dims(x.rank(), 1);
  dims.back() = static_cast<int64_t>(kept.size());
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(ElementType::Str, dims));
  std::copy(kept.begin(), kept.end(), y.data<std::string>().begin());
  call.set(0, std::move(y));
  return {};
}

Status regex_full_match(Call& call) {
  HONE_RETURN_IF_ERROR(need_text(call, 0));
  const Tensor& x = call.in(0);
  Result<RegularExpression> expression =
      RegularExpression::parse(call.text("pattern"));
  if (!expression)
    return std::move(expression).error().in(describe(call.node()));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(ElementType::Bool, x.dims()));
  for (int64_t i = 0; i < x.size(); ++i)
    y.data<int64_t>()[i] = expression->matches(x.data<std::string>()[i]);
  call.set(0, std::move(y));
  return {};
}

// Counts n-grams of a pool in each row, with 0 to max_skip_count words left
// out between the words of a gram.
Status tf_idf(Call& call) {
  const Tensor& x = call.in(0);
  const bool is_text = x.type() == ElementType::Str;
  if ((!is_text && !is_integer(x.type())) || x.rank() < 1 || x.rank() > 2)
    return call.error("expected words or numbers, in one row or in rows");
  const std::string mode = call.text("mode");
  if (mode != "TF" && mode != "IDF" && mode != "TFIDF")
    return call.error("mode '{}'", mode);
  const Dims counts = call.integers("ngram_counts");
  const Dims places = call.integers("ngram_indexes");
  const std::vector<float> weights = call.node().numbers("weights");
  Texts pool = call.node().texts("pool_strings");
  for (const int64_t word : call.integers("pool_int64s"))
    pool.push_back(fmt::format("{}", word));
  const int64_t least = call.integer("min_gram_length");
  const int64_t most = call.integer("max_gram_length");
  const int64_t skips = call.integer("max_skip_count");
  // The pool holds the 1-grams, then the 2-grams, …
  std::map<Texts, size_t> grams;
  for (size_t n = 1; n <= counts.size(); ++n) {
    const auto pool_size = static_cast<int64_t>(pool.size());
    const int64_t end = n < counts.size() ? counts[n] : pool_size;
    const auto width = static_cast<int64_t>(n);
    if (counts[n - 1] < 0 || end > pool_size || end < counts[n - 1] ||
        (end - counts[n - 1]) % width != 0)
      return call.error("ngram_counts do not fit the pool");
    for (int64_t at = counts[n - 1]; at < end; at += width) {
      Texts gram(pool.begin() + at, pool.begin() + at + width);
      // Every gram of the pool has a number, used or not.
      grams.emplace(std::move(gram), grams.size());
    }
  }
  int64_t columns = 0;
  for (const int64_t place : places) {
    if (place < 0 || place >= call.limits().elements)
      return call.error("an index of {}", place);
    columns = std::max(columns, place + 1);
  }
  if (grams.size() > places.size() ||
      (!weights.empty() && weights.size() != places.size()))
    return call.error("{} indexes and {} weights for {} grams", places.size(),
                      weights.size(), grams.size());
  const int64_t rows = x.rank() == 2 ? x.dim(0) : 1;
  const int64_t length = x.dims().back();
  HONE_ASSIGN_OR_RETURN(
      Tensor y, call.make(ElementType::F32,
                          x.rank() == 2 ? Dims{rows, columns} : Dims{columns}));
  const auto word = [&](int64_t at) {
    return is_text ? x.data<std::string>()[at]
                   : fmt::format("{}", x.integer_at(at));
  };
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t n = least; n <= most; ++n)
      for (int64_t skip = 0; skip <= (n == 1 ? 0 : skips); ++skip)
        for (int64_t at = 0; at + (n - 1) * (skip + 1) < length; ++at) {
          Texts gram;
          for (int64_t k = 0; k < n; ++k)
            gram.push_back(word(row * length + at + k * (skip + 1)));
          const auto found = grams.find(gram);
          if (found == grams.end()) continue;
          const float weight = weights.empty() ? 1 : weights[found->second];
          double& cell =
              y.data<double>()[row * columns + places[found->second]];
          cell = mode == "TF"    ? cell + 1
                 : mode == "IDF" ? weight
                                 : cell + weight;
        }
  call.set(0, std::move(y));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::RegexFullMatch, regex_full_match},
    {Op::StringConcat, string_concat},
    {Op::StringNormalizer, string_normalizer},
    {Op::StringSplit, string_split},
    {Op::TfIdfVectorizer, tf_idf},
};

}  // namespace

std::span<const KernelRow> text_kernels() { return kRows; }

}  // namespace hone::tensor
