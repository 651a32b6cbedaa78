// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes that rays can hit.

#ifndef EXAMPLES_RAYTRACER_SHAPE_H_
#define EXAMPLES_RAYTRACER_SHAPE_H_

#include <optional>

#include "geometry.h"

namespace raytracer {

class Material;

struct Hit {
  double distance = kInfinity;
  Vec3 point;
  Vec3 normal;  // of length one, against the ray
  bool outside = true;
  const Material* material = nullptr;
};

class Shape {
 public:
  explicit Shape(const Material* material) : material_(material) {}
  virtual ~Shape() = default;
  Shape(const Shape&) = delete;
  Shape& operator=(const Shape&) = delete;

  // The nearest hit before distance `far`, if there is one.
  virtual std::optional<Hit> hit(const Ray& ray, double far) const = 0;
  // No value for a shape without end.
  virtual std::optional<Box> bounds() const = 0;

 protected:
  Hit make_hit(const Ray& ray, double distance, const Vec3& outward) const;

 private:
  const Material* material_;
};

class Sphere final : public Shape {
 public:
  Sphere(const Vec3& center, double radius, const Material* material)
      : Shape(material), center_(center), radius_(radius) {}
  std::optional<Hit> hit(const Ray& ray, double far) const override;
  std::optional<Box> bounds() const override;

 private:
  Vec3 center_;
  double radius_;
};

// All points whose product with the normal is `offset`.
class Plane final : public Shape {
 public:
  Plane(const Vec3& normal, double offset, const Material* material)
      : Shape(material), normal_(normalized(normal)), offset_(offset) {}
  std::optional<Hit> hit(const Ray& ray, double far) const override;
  std::optional<Box> bounds() const override { return std::nullopt; }

 private:
  Vec3 normal_;
  double offset_;
};

class Triangle final : public Shape {
 public:
  Triangle(const Vec3& a, const Vec3& b, const Vec3& c,
           const Material* material);
  std::optional<Hit> hit(const Ray& ray, double far) const override;
  std::optional<Box> bounds() const override;

 private:
  Vec3 corner_;
  Vec3 edge1_;
  Vec3 edge2_;
  Vec3 normal_;
};

}  // namespace raytracer

#endif  // EXAMPLES_RAYTRACER_SHAPE_H_
