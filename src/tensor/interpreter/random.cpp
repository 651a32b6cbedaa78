// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random numbers. Seeds are the bits of the attribute, 0 where it is not given,
// so that a model gives the same numbers every time. The generator is the
// Mersenne twister (Matsumoto and Nishimura, 1998), with 53 bits a number.
#include <cmath>
#include <numbers>
#include <random>

#include "tensor/interpreter/cast.h"
#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

class Source {
 public:
  explicit Source(uint32_t seed) : generator_(seed) {}

  // Uniform in [0, 1).
  double unit() {
    const uint64_t high = generator_() >> 5, low = generator_() >> 6;
    return static_cast<double>(high * 67108864 + low) / 9007199254740992.0;
  }

  // Normal, by Box and Muller.
  double normal() {
    const double radius = std::sqrt(-2 * std::log1p(-unit()));
    return radius * std::cos(2 * std::numbers::pi * unit());
  }

 private:
  std::mt19937 generator_;
};

Source source_of(const Call& call) {
  return Source(
      static_cast<uint32_t>(static_cast<int64_t>(call.number("seed"))));
}

Result<ElementType> type_of(const Call& call, ElementType fallback) {
  if (!call.has_attribute("dtype")) return fallback;
  const std::optional<ElementType> type =
      element_from_onnx(call.integer("dtype"));
  if (!type) return call.error("element type {}", call.integer("dtype"));
  return *type;
}

Status set_as(Call& call, const Tensor& numbers, ElementType type) {
  HONE_ASSIGN_OR_RETURN(Tensor y, cast(call, numbers, type));
  call.set(0, std::move(y));
  return {};
}

template <bool kLike, bool kNormal>
Status random(Call& call) {
  const Dims dims = kLike ? call.in(0).dims() : call.integers("shape");
  HONE_ASSIGN_OR_RETURN(
      const ElementType type,
      type_of(call, kLike ? call.in(0).type() : ElementType::F32));
  if (!is_float(type)) return call.bad_type(type);
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(type, dims));
  Source source = source_of(call);
  const double low = call.number("low"), high = call.number("high");
  const double mean = call.number("mean"), scale = call.number("scale");
  for (double& value : y.data<double>())
    value = narrow(type, kNormal ? mean + scale * source.normal()
                                 : low + (high - low) * source.unit());
  call.set(0, std::move(y));
  return {};
}

Status bernoulli(Call& call) {
  const Tensor& x = call.in(0);
  if (!is_float(x.type())) return call.bad_type(x.type());
  HONE_ASSIGN_OR_RETURN(const ElementType type, type_of(call, x.type()));
  Source source = source_of(call);
  Tensor y = x;
  for (double& value : y.data<double>()) value = source.unit() < value;
  return set_as(call, y, type);
}

// Draws from the distribution whose logarithms a row has.
Status multinomial(Call& call) {
  const Tensor& x = call.in(0);
  const int64_t samples = call.integer("sample_size");
  if (!is_float(x.type()) || x.rank() != 2 || x.dim(1) < 1 || samples < 0)
    return call.error("expected a matrix of logarithms");
  HONE_ASSIGN_OR_RETURN(const ElementType type,
                        type_of(call, ElementType::I32));
  HONE_ASSIGN_OR_RETURN(Tensor y,
                        call.make(ElementType::I64, {x.dim(0), samples}));
  Source source = source_of(call);
  for (int64_t i = 0; i < y.size(); ++i) {
    const auto row = x.data<double>().subspan(i / samples * x.dim(1), x.dim(1));
    double most = row[0], total = 0;
    for (const double value : row) most = std::max(most, value);
    for (const double value : row) total += std::exp(value - most);
    double left = source.unit() * total;
    int64_t choice = 0;
    while (choice + 1 < x.dim(1) && (left -= std::exp(row[choice] - most)) >= 0)
      ++choice;
    y.data<int64_t>()[i] = choice;
  }
  return set_as(call, y, type);
}

Status dropout(Call& call) {
  const Tensor& x = call.in(0);
  const bool training =
      call.has(2) && call.in(2).size() == 1 && call.in(2).number(0) != 0;
  const double ratio =
      call.has(1) && call.in(1).size() == 1 ? call.in(1).number(0) : 0.5;
  HONE_ASSIGN_OR_RETURN(Tensor mask, call.make(ElementType::Bool, x.dims()));
  Tensor y = x;
  Source source(static_cast<uint32_t>(call.integer("seed")));
  for (int64_t i = 0; i < x.size(); ++i) {
    const bool keep = !training || ratio == 0 || source.unit() >= ratio;
    mask.data<int64_t>()[i] = keep;
    if (!training || ratio == 0) continue;
    if (!is_float(x.type())) return call.bad_type(x.type());
    y.data<double>()[i] =
        keep ? narrow(x.type(), x.data<double>()[i] / (1 - ratio)) : 0;
  }
  call.set(0, std::move(y));
  call.set(1, std::move(mask));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::Bernoulli, bernoulli},
    {Op::Dropout, dropout},
    {Op::Multinomial, multinomial},
    {Op::RandomNormal, random<false, true>},
    {Op::RandomNormalLike, random<true, true>},
    {Op::RandomUniform, random<false, false>},
    {Op::RandomUniformLike, random<true, false>},
};

}  // namespace

std::span<const KernelRow> random_kernels() { return kRows; }

}  // namespace hone::tensor
