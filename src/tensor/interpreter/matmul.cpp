// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products of matrices, and Einstein sums.
#include <algorithm>
#include <cmath>
#include <map>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

// Batches of matrices, with NumPy's rules for vectors: the operands' strides
// under the sizes of the result before vectors lose their axis.
struct Product {
  Dims dims;  // batch…, rows, columns
  Dims a_strides, b_strides;
  int64_t depth = 0;
  int64_t a_step = 0, b_step = 0;  // along the depth
  Dims result;                     // dims, without axes that vectors lacked
};

Result<Product> plan_product(const Call& call, Dims a, Dims b) {
  if (a.empty() || b.empty()) return call.error("a product with a scalar");
  const bool a_vector = a.size() == 1, b_vector = b.size() == 1;
  if (a_vector) a.insert(a.begin(), 1);
  if (b_vector) b.push_back(1);
  const int64_t rows = a[a.size() - 2], columns = b.back();
  Product p;
  p.depth = a.back();
  if (b[b.size() - 2] != p.depth)
    return call.error("a product of {} and {}", to_text(to_shape(a)),
                      to_text(to_shape(b)));
  const Dims a_batch(a.begin(), a.end() - 2), b_batch(b.begin(), b.end() - 2);
  const Dims* shapes[] = {&a_batch, &b_batch};
  HONE_ASSIGN_OR_RETURN(p.dims, broadcast(call, shapes));
  const size_t batch = p.dims.size();
  p.a_strides = broadcast_strides(a_batch, batch);
  p.b_strides = broadcast_strides(b_batch, batch);
  for (int64_t& stride : p.a_strides) stride *= rows * p.depth;
  for (int64_t& stride : p.b_strides) stride *= p.depth * columns;
  p.result = p.dims;
  if (!a_vector) p.result.push_back(rows);
  if (!b_vector) p.result.push_back(columns);
  p.dims.insert(p.dims.end(), {rows, columns});
  p.a_strides.insert(p.a_strides.end(), {p.depth, 0});
  p.b_strides.insert(p.b_strides.end(), {0, 1});
  p.a_step = 1;
  p.b_step = columns;
  return p;
}

Status mat_mul(Call& call) {
  const Tensor& a = call.in(0);
  const Tensor& b = call.in(1);
  if (a.type() != b.type()) return call.error("operands of two types");
  HONE_ASSIGN_OR_RETURN(const Product p,
                        plan_product(call, a.dims(), b.dims()));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(a.type(), p.dims));
  HONE_RETURN_IF_ERROR(on_number(call, a.type(), [&](auto form) -> Status {
    using T = decltype(form);
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      const T* x = a.data<T>().data() + dot(at, p.a_strides);
      const T* w = b.data<T>().data() + dot(at, p.b_strides);
      T sum = 0;
      for (int64_t k = 0; k < p.depth; ++k)
        sum += x[k * p.a_step] * w[k * p.b_step];
      return sum;
    });
    return {};
  }));
  call.set(0, y.reshaped(p.result));
  return {};
}

Status gemm(Call& call) {
  const Tensor& a = call.in(0);
  const Tensor& b = call.in(1);
  if (a.rank() != 2 || b.rank() != 2 || a.type() != b.type())
    return call.error("expected two matrices of one type");
  const bool trans_a = call.integer("transA") != 0;
  const bool trans_b = call.integer("transB") != 0;
  const int64_t depth = a.dim(trans_a ? 0 : 1);
  if (b.dim(trans_b ? 1 : 0) != depth)
    return call.error("the matrices' inner sizes are {} and {}", depth,
                      b.dim(trans_b ? 1 : 0));
  const Dims dims = {a.dim(trans_a ? 1 : 0), b.dim(trans_b ? 0 : 1)};
  const double alpha = call.number("alpha"), beta = call.number("beta");
  Dims to_c(2, 0);
  if (call.has(2)) {
    const Tensor& c = call.in(2);
    const Dims* shapes[] = {&dims, &c.dims()};
    HONE_ASSIGN_OR_RETURN(const Dims wide, broadcast(call, shapes));
    if (wide != dims || c.type() != a.type())
      return call.error("C does not fit the product");
    to_c = broadcast_strides(c.dims(), 2);
  }
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(a.type(), dims));
  const int64_t a_row = trans_a ? 1 : a.dim(1), a_step = trans_a ? a.dim(1) : 1;
  const int64_t b_column = trans_b ? b.dim(1) : 1;
  const int64_t b_step = trans_b ? 1 : b.dim(1);
  HONE_RETURN_IF_ERROR(on_number(call, a.type(), [&](auto form) -> Status {
    using T = decltype(form);
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      const T* x = a.data<T>().data() + at[0] * a_row;
      const T* w = b.data<T>().data() + at[1] * b_column;
      T sum = 0;
      for (int64_t k = 0; k < depth; ++k) sum += x[k * a_step] * w[k * b_step];
      const T c = call.has(2) ? call.in(2).data<T>()[dot(at, to_c)] : T(0);
      return static_cast<T>(alpha * static_cast<double>(sum) +
                            (call.has(2) ? beta * static_cast<double>(c) : 0));
    });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

// A zero point or scale: one for all, or one for each row (of a) or column.
struct Quantization {
  const Tensor* values = nullptr;
  Dims strides;  // under the product's sizes

  double at(std::span<const int64_t> index) const {
    return values
               ? values->number(values->size() == 1 ? 0 : dot(index, strides))
               : 0;
  }
};

Result<Quantization> quantization(const Call& call, size_t input,
                                  const Product& p, bool by_row) {
  Quantization q;
  if (!call.has(input)) return q;
  q.values = &call.in(input);
  if (q.values->size() == 1) return q;
  Dims dims = q.values->dims();
  const size_t rank = p.dims.size();
  if (dims.size() == 1) {
    q.strides.assign(rank, 0);
    q.strides[by_row ? rank - 2 : rank - 1] = 1;
    if (dims[0] == p.dims[by_row ? rank - 2 : rank - 1]) return q;
  } else if (dims.size() <= rank) {
    q.strides = broadcast_strides(dims, rank);
    const Dims* shapes[] = {&dims, &p.dims};
    HONE_ASSIGN_OR_RETURN(const Dims wide, broadcast(call, shapes));
    if (wide == p.dims) return q;
  }
  return call.error("input {} fits neither rows nor columns", input);
}

double product_at(const Product& p, const Tensor& a, const Tensor& b,
                  double a_zero, double b_zero, std::span<const int64_t> at) {
  const int64_t from_a = dot(at, p.a_strides), from_b = dot(at, p.b_strides);
  double sum = 0;
  for (int64_t k = 0; k < p.depth; ++k)
    sum += (a.number(from_a + k * p.a_step) - a_zero) *
           (b.number(from_b + k * p.b_step) - b_zero);
  return sum;
}

Status mat_mul_integer(Call& call) {
  const Tensor& a = call.in(0);
  const Tensor& b = call.in(1);
  if (!is_integer(a.type()) || !is_integer(b.type()))
    return call.bad_type(a.type());
  HONE_ASSIGN_OR_RETURN(const Product p,
                        plan_product(call, a.dims(), b.dims()));
  HONE_ASSIGN_OR_RETURN(const Quantization a_zero,
                        quantization(call, 2, p, true));
  HONE_ASSIGN_OR_RETURN(const Quantization b_zero,
                        quantization(call, 3, p, false));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(ElementType::I32, p.dims));
  call.fill(y, [&](std::span<const int64_t> at) -> int64_t {
    return static_cast<int64_t>(
        product_at(p, a, b, a_zero.at(at), b_zero.at(at), at));
  });
  call.set(0, y.reshaped(p.result));
  return {};
}

Status qlinear_mat_mul(Call& call) {
  const Tensor& a = call.in(0);
  const Tensor& b = call.in(3);
  const Tensor& zero = call.in(7);
  if (!is_integer(a.type()) || !is_integer(b.type()) ||
      !is_integer(zero.type()))
    return call.unsupported("elements that are no integers");
  HONE_ASSIGN_OR_RETURN(const Product p,
                        plan_product(call, a.dims(), b.dims()));
  HONE_ASSIGN_OR_RETURN(const Quantization a_scale,
                        quantization(call, 1, p, true));
  HONE_ASSIGN_OR_RETURN(const Quantization a_zero,
                        quantization(call, 2, p, true));
  HONE_ASSIGN_OR_RETURN(const Quantization b_scale,
                        quantization(call, 4, p, false));
  HONE_ASSIGN_OR_RETURN(const Quantization b_zero,
                        quantization(call, 5, p, false));
  HONE_ASSIGN_OR_RETURN(const Quantization y_scale,
                        quantization(call, 6, p, true));
  HONE_ASSIGN_OR_RETURN(const Quantization y_zero,
                        quantization(call, 7, p, true));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(zero.type(), p.dims));
  const bool is_signed = element_class(zero.type()) == ElementClass::Int;
  const int bits = element_bits(zero.type());
  const double low = is_signed ? -std::ldexp(1, bits - 1) : 0;
  const double high = std::ldexp(1, is_signed ? bits - 1 : bits) - 1;
  call.fill(y, [&](std::span<const int64_t> at) -> int64_t {
    const double sum = product_at(p, a, b, a_zero.at(at), b_zero.at(at), at);
    const double real = sum * a_scale.at(at) * b_scale.at(at);
    return static_cast<int64_t>(std::clamp(
        std::nearbyint(real / y_scale.at(at)) + y_zero.at(at), low, high));
  });
  call.set(0, y.reshaped(p.result));
  return {};
}

// By elimination with the largest pivot.
Status det(Call& call) {
  const Tensor& x = call.in(0);
  if (!is_float(x.type())) return call.bad_type(x.type());
  const int64_t rank = x.rank();
  if (rank < 2 || x.dim(rank - 1) != x.dim(rank - 2))
    return call.error("expected square matrices");
  const int64_t n = x.dim(rank - 1);
  HONE_ASSIGN_OR_RETURN(
      Tensor y,
      call.make(x.type(), Dims(x.dims().begin(), x.dims().end() - 2)));
  for (int64_t i = 0; i < y.size(); ++i) {
    const auto from = x.data<double>().subspan(i * n * n, n * n);
    std::vector<double> m(from.begin(), from.end());
    double result = 1;
    for (int64_t k = 0; k < n && result != 0; ++k) {
      int64_t pivot = k;
      for (int64_t r = k + 1; r < n; ++r)
        if (std::fabs(m[r * n + k]) > std::fabs(m[pivot * n + k])) pivot = r;
      if (pivot != k) {
        for (int64_t c = 0; c < n; ++c)
          std::swap(m[k * n + c], m[pivot * n + c]);
        result = -result;
      }
      result *= m[k * n + k];
      for (int64_t r = k + 1; r < n && result != 0; ++r) {
        const double factor = m[r * n + k] / m[k * n + k];
        for (int64_t c = k; c < n; ++c) m[r * n + c] -= factor * m[k * n + c];
      }
    }
    y.data<double>()[i] = narrow(x.type(), result);
  }
  call.set(0, std::move(y));
  return {};
}

// One operand's letters; "..." become the letters '0', '1', … from the back,
// so that they broadcast.
Result<std::string> letters_of(const Call& call, std::string_view term,
                               int64_t rank) {
  std::string letters;
  const size_t dots = term.find("...");
  if (dots == std::string_view::npos) {
    letters = std::string(term);
  } else {
    const int64_t extra = rank - static_cast<int64_t>(term.size()) + 3;
    if (extra < 0 || extra > 10) return call.error("'{}' does not fit", term);
    letters = std::string(term.substr(0, dots));
    for (int64_t i = extra; i > 0; --i)
      letters += static_cast<char>('0' + i - 1);
    letters += term.substr(dots + 3);
  }
  if (static_cast<int64_t>(letters.size()) != rank)
    return call.error("'{}' for a tensor of rank {}", term, rank);
  for (const char c : letters)
    if (!std::isalnum(static_cast<unsigned char>(c)))
      return call.error("'{}' in the equation", c);
  return letters;
}

Status einsum(Call& call) {
  std::string equation = call.text("equation");
  std::erase(equation, ' ');
  const size_t arrow = equation.find("->");
  std::vector<std::string> terms;
  std::map<char, int64_t> sizes;
  std::map<char, int> uses;
  std::string_view left = std::string_view(equation).substr(0, arrow);
  for (size_t i = 0; i < call.inputs(); ++i) {
    if (call.in(i).type() != call.in(0).type())
      return call.error("operands of two types");
    const size_t comma = left.find(',');
    HONE_ASSIGN_OR_RETURN(
        const std::string letters,
        letters_of(call, left.substr(0, comma), call.in(i).rank()));
    for (int64_t axis = 0; axis < call.in(i).rank(); ++axis) {
      const int64_t size = call.in(i).dim(axis);
      auto [place, is_new] = sizes.emplace(letters[axis], size);
      if (!is_new && place->second == 1) place->second = size;
      if (place->second != size && size != 1)
        return call.error("two sizes for '{}'", letters[axis]);
      ++uses[letters[axis]];
    }
    terms.push_back(letters);
    const bool is_last = comma == std::string_view::npos;
    if (is_last != (i + 1 == call.inputs()))
      return call.error("the equation has another number of operands");
    left = is_last ? "" : left.substr(comma + 1);
  }
  std::string output;
  for (char c = '9'; c >= '0'; --c)
    if (sizes.contains(c)) output += c;
  if (arrow == std::string::npos) {
    for (const auto& [letter, count] : uses)
      if (count == 1 && !std::isdigit(static_cast<unsigned char>(letter)))
        output += letter;
  } else {
    std::string right = equation.substr(arrow + 2);
    if (const size_t dots = right.find("..."); dots != std::string::npos)
      right.replace(dots, 3, output);
    output = right;
  }
  Dims dims, inner;
  std::string order = output;
  for (const char c : output) {
    if (!sizes.contains(c)) return call.error("'{}' is only in the output", c);
    dims.push_back(sizes[c]);
  }
  for (const auto& [letter, size] : sizes)
    if (output.find(letter) == std::string::npos) {
      order += letter;
      inner.push_back(size);
    }
  // Strides of each operand over output letters, then summed letters.
  std::vector<Dims> outer_strides, inner_strides;
  for (size_t i = 0; i < terms.size(); ++i) {
    const Dims dense = dense_strides(call.in(i).dims());
    Dims strides(order.size(), 0);
    for (size_t axis = 0; axis < terms[i].size(); ++axis)
      if (call.in(i).dim(axis) != 1)
        strides[order.find(terms[i][axis])] += dense[axis];
    outer_strides.emplace_back(strides.begin(), strides.begin() + dims.size());
    inner_strides.emplace_back(strides.begin() + dims.size(), strides.end());
  }
  const std::optional<int64_t> steps = count_elements(inner);
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(call.in(0).type(), dims));
  HONE_RETURN_IF_ERROR(on_number(call, y.type(), [&](auto form) -> Status {
    using T = decltype(form);
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      T sum = 0;
      Dims k(inner.size(), 0);
      for (int64_t step = 0; step < steps; ++step) {
        T product = 1;
        for (size_t i = 0; i < terms.size(); ++i)
          product *= call.in(i).template data<T>()[dot(at, outer_strides[i]) +
                                                   dot(k, inner_strides[i])];
        sum += product;
        next_index(inner, k);
      }
      return sum;
    });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::Det, det},
    {Op::Einsum, einsum},
    {Op::Gemm, gemm},
    {Op::MatMul, mat_mul},
    {Op::MatMulInteger, mat_mul_integer},
    {Op::QLinearMatMul, qlinear_mat_mul},
};

}  // namespace

std::span<const KernelRow> matmul_kernels() { return kRows; }

}  // namespace hone::tensor
