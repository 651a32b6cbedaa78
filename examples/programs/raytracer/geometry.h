// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vectors, rays, boxes and the sampler.
//
// The picture must be the same to the last bit for every compiler and level of
// optimization.  Additions, multiplications, divisions and square roots are
// exact to the bit by IEEE 754, so it is enough to use nothing else (no sine,
// no power) and to keep compilers from fusing a multiplication and an addition
// into one operation with a different rounding.

#ifndef EXAMPLES_RAYTRACER_GEOMETRY_H_
#define EXAMPLES_RAYTRACER_GEOMETRY_H_

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace raytracer {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Hits nearer than this are the surface a ray has just left.
inline constexpr double kNearest = 1e-4;

struct Vec3 {
  double x = 0;
  double y = 0;
  double z = 0;

  constexpr double operator[](int axis) const {
    return axis == 0 ? x : axis == 1 ? y : z;
  }
  constexpr Vec3& operator+=(const Vec3& other) {
    x += other.x;
    y += other.y;
    z += other.z;
    return *this;
  }
  constexpr bool operator==(const Vec3&) const = default;
};

constexpr Vec3 operator+(Vec3 a, const Vec3& b) { return a += b; }
constexpr Vec3 operator-(const Vec3& a, const Vec3& b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
constexpr Vec3 operator-(const Vec3& a) { return {-a.x, -a.y, -a.z}; }
constexpr Vec3 operator*(const Vec3& a, double s) {
  return {a.x * s, a.y * s, a.z * s};
}
constexpr Vec3 operator*(double s, const Vec3& a) { return a * s; }
// Colors are multiplied component by component.
constexpr Vec3 operator*(const Vec3& a, const Vec3& b) {
  return {a.x * b.x, a.y * b.y, a.z * b.z};
}
constexpr double dot(const Vec3& a, const Vec3& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
constexpr Vec3 cross(const Vec3& a, const Vec3& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double length(const Vec3& a) { return std::sqrt(dot(a, a)); }
inline Vec3 normalized(const Vec3& a) { return a * (1.0 / length(a)); }
constexpr Vec3 reflected(const Vec3& v, const Vec3& normal) {
  return v - normal * (2.0 * dot(v, normal));
}

template <typename Operation>
constexpr Vec3 combine(const Vec3& a, const Vec3& b, Operation operation) {
  return {operation(a.x, b.x), operation(a.y, b.y), operation(a.z, b.z)};
}
constexpr Vec3 smallest(const Vec3& a, const Vec3& b) {
  return combine(a, b, [](double p, double q) { return q < p ? q : p; });
}
constexpr Vec3 largest(const Vec3& a, const Vec3& b) {
  return combine(a, b, [](double p, double q) { return p < q ? q : p; });
}

struct Ray {
  Vec3 origin;
  Vec3 direction;

  constexpr Vec3 at(double t) const { return origin + direction * t; }
};

struct Box {
  Vec3 low{kInfinity, kInfinity, kInfinity};
  Vec3 high{-kInfinity, -kInfinity, -kInfinity};

  constexpr void include(const Vec3& point) {
    low = smallest(low, point);
    high = largest(high, point);
  }
  constexpr void include(const Box& box) {
    low = smallest(low, box.low);
    high = largest(high, box.high);
  }
  constexpr Vec3 center() const { return (low + high) * 0.5; }
  constexpr int widest_axis() const {
    Vec3 size = high - low;
    if (size.x >= size.y && size.x >= size.z) return 0;
    return size.y >= size.z ? 1 : 2;
  }
  // Whether the ray passes the box before distance `far`.  `inverse` holds the
  // inverse of each component of the direction.
  constexpr bool is_hit(const Ray& ray, const Vec3& inverse, double far) const {
    double near = kNearest;
    for (int axis = 0; axis < 3; axis++) {
      double a = (low[axis] - ray.origin[axis]) * inverse[axis];
      double b = (high[axis] - ray.origin[axis]) * inverse[axis];
      // Written so that the NaN of zero times infinity changes nothing.
      double enter = a < b ? a : b;
      double leave = a < b ? b : a;
      if (enter > near) near = enter;
      if (leave < far) far = leave;
      if (near > far) return false;
    }
    return true;
  }
};

// A small generator (a permuted linear congruential one).  Each pixel has its
// own stream, so the picture does not depend on the order of the pixels.
class Sampler {
 public:
  explicit constexpr Sampler(std::uint64_t stream)
      : state_(0), increment_(2 * stream + 1) {
    next();
    state_ += 0x853C49E6748FEA9B;
    next();
  }

  constexpr std::uint32_t next() {
    std::uint64_t old = state_;
    state_ = old * 6364136223846793005u + increment_;
    auto mixed = static_cast<std::uint32_t>(((old >> 18) ^ old) >> 27);
    auto turn = static_cast<std::uint32_t>(old >> 59);
    return mixed >> turn | mixed << (-turn & 31u);
  }
  // In [0, 1).
  constexpr double uniform() { return next() * (1.0 / 4294967296.0); }
  constexpr double between(double low, double high) {
    return low + (high - low) * uniform();
  }
  // A direction of length one, all equally likely.
  Vec3 direction() {
    for (;;) {
      // Braces fix the order of the three draws.
      Vec3 v{between(-1, 1), between(-1, 1), between(-1, 1)};
      double square = dot(v, v);
      if (square > 1e-12 && square <= 1) return v * (1.0 / std::sqrt(square));
    }
  }

 private:
  std::uint64_t state_;
  std::uint64_t increment_;
};

}  // namespace raytracer

#endif  // EXAMPLES_RAYTRACER_GEOMETRY_H_
