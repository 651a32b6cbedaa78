// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/interpreter/compare.h"

#include <cmath>

namespace hone::tensor {

namespace {

bool fits(double given, double expected, const Tolerance& tolerance) {
  if (std::isnan(expected) || std::isnan(given))
    return std::isnan(expected) && std::isnan(given);
  if (std::isinf(expected) || std::isinf(given)) return given == expected;
  return std::fabs(given - expected) <=
         tolerance.absolute + tolerance.relative * std::fabs(expected);
}

bool element_fits(const Tensor& a, const Tensor& b, int64_t i,
                  const Tolerance& tolerance) {
  switch (element_class(a.type())) {
    case ElementClass::Text:
      return a.data<std::string>()[i] == b.data<std::string>()[i];
    case ElementClass::Complex: {
      const auto x = a.data<std::complex<double>>()[i];
      const auto y = b.data<std::complex<double>>()[i];
      return fits(x.real(), y.real(), tolerance) &&
             fits(x.imag(), y.imag(), tolerance);
    }
    case ElementClass::Float:
      return fits(a.data<double>()[i], b.data<double>()[i], tolerance);
    default:
      return a.integer_at(i) == b.integer_at(i);
  }
}

std::string element_text(const Tensor& x, int64_t i) {
  if (x.type() == ElementType::Str)
    return fmt::format("'{}'", x.data<std::string>()[i]);
  if (is_complex(x.type())) {
    const auto value = x.data<std::complex<double>>()[i];
    return fmt::format("{}+{}i", value.real(), value.imag());
  }
  if (is_float(x.type())) return fmt::format("{}", x.data<double>()[i]);
  return fmt::format("{}", x.integer_at(i));
}

std::string type_text(const Tensor& x) {
  return to_text(Type::of(x.type(), to_shape(x.dims())));
}

}  // namespace

std::optional<Difference> find_difference(const RunValue& given,
                                          const RunValue& expected,
                                          const Tolerance& tolerance) {
  if (given.kind != expected.kind) return Difference{"a value of another kind"};
  if (!given.is_tensor()) {
    if (given.items.size() != expected.items.size())
      return Difference{fmt::format("{} items; expected {}", given.items.size(),
                                    expected.items.size())};
    for (size_t i = 0; i < given.items.size(); ++i)
      if (auto difference =
              find_difference(given.items[i], expected.items[i], tolerance)) {
        difference->text = fmt::format("item {}: {}", i, difference->text);
        return difference;
      }
    return std::nullopt;
  }
  const Tensor& a = *given.tensor;
  const Tensor& b = *expected.tensor;
  if (a.type() != b.type() || a.dims() != b.dims())
    return Difference{
        fmt::format("{}; expected {}", type_text(a), type_text(b))};
  Difference difference;
  for (int64_t i = 0; i < a.size(); ++i) {
    if (element_fits(a, b, i, tolerance)) continue;
    if (difference.elements++ == 0)
      difference.text =
          fmt::format("element {} of {} is {}; expected {}", i, type_text(a),
                      element_text(a, i), element_text(b, i));
  }
  if (difference.elements == 0) return std::nullopt;
  return difference;
}

}  // namespace hone::tensor
