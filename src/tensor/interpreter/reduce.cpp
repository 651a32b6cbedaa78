// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reductions along axes, and extremes by their places.
#include <algorithm>
#include <cmath>
#include <limits>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

// Which axes go, and what the results look like.
struct Reduction {
  Dims inner;  // sizes of the axes that go
  Dims inner_strides;
  Dims dims;     // of the result
  Dims strides;  // of x, for the result's axes
  bool is_identity = false;
};

Result<Reduction> plan(const Call& call, const Tensor& x) {
  std::vector<bool> goes(x.rank(), false);
  Dims axes;
  if (call.has(1)) {
    HONE_ASSIGN_OR_RETURN(axes, call.integers_of(1));
  }
  Reduction r;
  if (axes.empty()) {
    r.is_identity = call.integer("noop_with_empty_axes") != 0;
    goes.assign(x.rank(), !r.is_identity);
  }
  for (const int64_t given : axes) {
    HONE_ASSIGN_OR_RETURN(const int64_t axis, call.axis(given, x.rank()));
    goes[axis] = true;
  }
  const Dims dense = dense_strides(x.dims());
  const bool keep = call.integer("keepdims") != 0;
  for (int64_t i = 0; i < x.rank(); ++i) {
    if (goes[i]) {
      r.inner.push_back(x.dim(i));
      r.inner_strides.push_back(dense[i]);
      if (!keep) continue;
    }
    r.dims.push_back(goes[i] ? 1 : x.dim(i));
    r.strides.push_back(goes[i] ? 0 : dense[i]);
  }
  return r;
}

// The elements that one result is made of, in order.
template <typename T, typename F>
void for_each(const Reduction& r, std::span<const T> data, int64_t origin,
              F f) {
  const std::optional<int64_t> count = count_elements(r.inner);
  Dims at(r.inner.size(), 0);
  for (int64_t i = 0; i < count; ++i) {
    f(data[origin + dot(at, r.inner_strides)]);
    next_index(r.inner, at);
  }
}

// One result from the elements that go: F(for_each, count), in wide form.
template <auto F>
Status reduce(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const Reduction r, plan(call, x));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), r.dims));
  const double count = static_cast<double>(*count_elements(r.inner));
  HONE_RETURN_IF_ERROR(on_number(call, x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      const int64_t origin = dot(at, r.strides);
      const auto each = [&](auto f) { for_each<T>(r, x.data<T>(), origin, f); };
      return static_cast<T>(F(each, count, T{}));
    });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

constexpr auto sum = [](auto each, double, auto zero) {
  auto total = zero;
  each([&](auto x) { total += x; });
  return total;
};
constexpr auto mean = [](auto each, double count, auto zero) {
  return sum(each, count, zero) / static_cast<decltype(zero)>(count);
};
constexpr auto sum_of_squares = [](auto each, double, auto zero) {
  auto total = zero;
  each([&](auto x) { total += x * x; });
  return total;
};
constexpr auto l1 = [](auto each, double, auto zero) {
  auto total = zero;
  each([&](auto x) { total += x < 0 ? -x : x; });
  return total;
};
constexpr auto l2 = [](auto each, double count, auto zero) {
  return std::sqrt(static_cast<double>(sum_of_squares(each, count, zero)));
};
constexpr auto log_sum = [](auto each, double count, auto zero) {
  return std::log(static_cast<double>(sum(each, count, zero)));
};
constexpr auto log_sum_exp = [](auto each, double, auto) {
  double most = -std::numeric_limits<double>::infinity();
  each([&](auto x) { most = std::max(most, static_cast<double>(x)); });
  if (std::isinf(most)) return most;
  double total = 0;
  each([&](auto x) { total += std::exp(static_cast<double>(x) - most); });
  return most + std::log(total);
};
constexpr auto product = [](auto each, double, auto zero) {
  auto total = zero + 1;
  each([&](auto x) { total *= x; });
  return total;
};

// The least or largest; of nothing, the other end of the type's range.
template <bool kMax>
Status extreme(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const Reduction r, plan(call, x));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), r.dims));
  const int bits = element_bits(x.type());
  HONE_RETURN_IF_ERROR(on_number(call, x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    T start = 0;
    if constexpr (std::is_same_v<T, double>)
      start = kMax ? -std::numeric_limits<T>::infinity()
                   : std::numeric_limits<T>::infinity();
    else if (x.type() == ElementType::Bool)
      start = !kMax;
    else if (element_class(x.type()) == ElementClass::Int)
      start = kMax ? T(INT64_MIN >> (64 - bits)) : T(INT64_MAX >> (64 - bits));
    else
      start = kMax ? T(0) : T(~uint64_t{0} >> (64 - bits));
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      T best = start;
      for_each<T>(r, x.data<T>(), dot(at, r.strides), [&](T value) {
        const bool is_nan = value != value;
        if (best == best && (is_nan || (kMax ? value > best : value < best)))
          best = value;
      });
      return best;
    });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

template <bool kMax>
Status arg_extreme(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const int64_t axis,
                        call.axis(call.integer("axis"), x.rank()));
  if (x.dim(axis) == 0) return call.error("nothing to choose from");
  const bool last = call.integer("select_last_index") != 0;
  const Dims dense = dense_strides(x.dims());
  Dims dims, strides;
  for (int64_t i = 0; i < x.rank(); ++i) {
    if (i == axis && call.integer("keepdims") == 0) continue;
    dims.push_back(i == axis ? 1 : x.dim(i));
    strides.push_back(dense[i]);
  }
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(ElementType::I64, dims));
  HONE_RETURN_IF_ERROR(on_number(call, x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    const auto data = x.data<T>();
    call.fill(y, [&](std::span<const int64_t> at) -> int64_t {
      const int64_t origin = dot(at, strides);
      int64_t best = 0;
      for (int64_t i = 1; i < x.dim(axis); ++i) {
        const T a = data[origin + i * dense[axis]];
        const T b = data[origin + best * dense[axis]];
        if ((kMax ? a > b : a < b) || (last && a == b)) best = i;
      }
      return best;
    });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

// Running sums or products along an axis.
template <bool kProduct>
Status cumulate(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const int64_t given, call.integer_of(1));
  HONE_ASSIGN_OR_RETURN(const int64_t axis, call.axis(given, x.rank()));
  const bool exclusive = call.integer("exclusive") != 0;
  const bool reverse = call.integer("reverse") != 0;
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), x.dims()));
  const Dims strides = dense_strides(x.dims());
  const int64_t step = reverse ? -strides[axis] : strides[axis];
  HONE_RETURN_IF_ERROR(on_number(call, x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    for (int64_t i = 0; i < x.size(); ++i) {
      // Lines begin where the axis' coordinate is the first one.
      const int64_t at = i / strides[axis] % x.dim(axis);
      if (at != (reverse ? x.dim(axis) - 1 : 0)) continue;
      T total = kProduct ? 1 : 0;
      for (int64_t k = 0; k < x.dim(axis); ++k) {
        const int64_t place = i + k * step;
        const T value = x.data<T>()[place];
        if (exclusive) y.data<T>()[place] = narrow(x.type(), total);
        total = kProduct ? total * value : total + value;
        if (!exclusive) y.data<T>()[place] = narrow(x.type(), total);
      }
    }
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

Status top_k(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const int64_t k, call.integer_of(1));
  HONE_ASSIGN_OR_RETURN(const int64_t axis,
                        call.axis(call.integer("axis"), x.rank()));
  if (k < 0 || k > x.dim(axis))
    return call.error("{} of {} elements", k, x.dim(axis));
  const bool largest = call.integer("largest") != 0;
  Dims dims = x.dims();
  dims[axis] = k;
  HONE_ASSIGN_OR_RETURN(Tensor values, call.make(x.type(), dims));
  HONE_ASSIGN_OR_RETURN(Tensor places, call.make(ElementType::I64, dims));
  const int64_t stride = dense_strides(x.dims())[axis];
  HONE_RETURN_IF_ERROR(on_number(call, x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    const auto data = x.data<T>();
    const int64_t lines = x.dim(axis) == 0 ? 0 : x.size() / x.dim(axis);
    for (int64_t line = 0; line < lines; ++line) {
      const int64_t outer = line / stride, inner = line % stride;
      const int64_t origin = outer * x.dim(axis) * stride + inner;
      Dims order(x.dim(axis));
      for (int64_t i = 0; i < x.dim(axis); ++i) order[i] = i;
      sort_numbers(order, [&](int64_t a, int64_t b) {
        const T left = data[origin + a * stride];
        const T right = data[origin + b * stride];
        // NaN is the largest.
        if (left != left || right != right)
          return largest ? right == right : left == left && right != right;
        return largest ? left > right : left < right;
      });
      for (int64_t i = 0; i < k; ++i) {
        const int64_t to = (outer * k + i) * stride + inner;
        values.data<T>()[to] = data[origin + order[i] * stride];
        places.data<int64_t>()[to] = order[i];
      }
    }
    return {};
  }));
  call.set(0, std::move(values));
  call.set(1, std::move(places));
  return {};
}

// Different elements, or different slices along an axis.
Status unique(Call& call) {
  const bool is_flat = !call.has_attribute("axis");
  const Tensor x =
      is_flat ? call.in(0).reshaped({call.in(0).size()}) : call.in(0);
  HONE_ASSIGN_OR_RETURN(
      const int64_t axis,
      call.axis(is_flat ? 0 : call.integer("axis"), x.rank()));
  const int64_t count = x.dim(axis);
  const int64_t stride = dense_strides(x.dims())[axis];
  const int64_t slice = count == 0 ? 0 : x.size() / count;
  return on_any(x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    if constexpr (std::is_same_v<T, std::complex<double>>) {
      return call.bad_type(x.type());
    } else {
      const auto element = [&](int64_t i, int64_t k) -> const T& {
        return x
            .data<T>()[k / stride * count * stride + i * stride + k % stride];
      };
      // NaN is the largest, and one value.
      const auto below = [](const T& a, const T& b) {
        return a < b || (a == a && b != b);
      };
      const auto less = [&](int64_t a, int64_t b) {
        for (int64_t k = 0; k < slice; ++k) {
          if (below(element(a, k), element(b, k))) return true;
          if (below(element(b, k), element(a, k))) return false;
        }
        return false;
      };
      Dims order(count);
      for (int64_t i = 0; i < count; ++i) order[i] = i;
      sort_numbers(order, less);
      Dims firsts, counts, group(count);
      for (int64_t i = 0; i < count; ++i) {
        if (i == 0 || less(order[i - 1], order[i])) {
          firsts.push_back(order[i]);
          counts.push_back(0);
        }
        ++counts.back();
        group[order[i]] = static_cast<int64_t>(firsts.size()) - 1;
      }
      const auto found = static_cast<int64_t>(firsts.size());
      Dims rank(found);  // of a group in the output
      for (int64_t i = 0; i < found; ++i) rank[i] = i;
      if (call.integer("sorted") == 0)
        std::sort(rank.begin(), rank.end(),
                  [&](int64_t a, int64_t b) { return firsts[a] < firsts[b]; });
      Dims place(found), first_out(found), count_out(found), inverse(count);
      for (int64_t i = 0; i < found; ++i) {
        place[rank[i]] = i;
        first_out[i] = firsts[rank[i]];
        count_out[i] = counts[rank[i]];
      }
      for (int64_t i = 0; i < count; ++i) inverse[i] = place[group[i]];
      Dims dims = x.dims();
      dims[axis] = found;
      HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), dims));
      for (int64_t i = 0; i < found; ++i)
        for (int64_t k = 0; k < slice; ++k)
          y.data<T>()[k / stride * found * stride + i * stride + k % stride] =
              element(first_out[i], k);
      call.set(0, std::move(y));
      call.set(1, Tensor::integers(first_out));
      call.set(2, Tensor::integers(inverse));
      call.set(3, Tensor::integers(count_out));
      return {};
    }
  });
}

constexpr KernelRow kRows[] = {
    {Op::ArgMax, arg_extreme<true>},
    {Op::ArgMin, arg_extreme<false>},
    {Op::CumProd, cumulate<true>},
    {Op::CumSum, cumulate<false>},
    {Op::ReduceL1, reduce<l1>},
    {Op::ReduceL2, reduce<l2>},
    {Op::ReduceLogSum, reduce<log_sum>},
    {Op::ReduceLogSumExp, reduce<log_sum_exp>},
    {Op::ReduceMax, extreme<true>},
    {Op::ReduceMean, reduce<mean>},
    {Op::ReduceMin, extreme<false>},
    {Op::ReduceProd, reduce<product>},
    {Op::ReduceSum, reduce<sum>},
    {Op::ReduceSumSquare, reduce<sum_of_squares>},
    {Op::TopK, top_k},
    {Op::Unique, unique},
};

}  // namespace

std::span<const KernelRow> reduce_kernels() { return kRows; }

}  // namespace hone::tensor
