// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What surfaces do with light.

#ifndef EXAMPLES_RAYTRACER_MATERIAL_H_
#define EXAMPLES_RAYTRACER_MATERIAL_H_

#include <optional>

#include "shape.h"

namespace raytracer {

struct Scattered {
  Ray ray;
  Vec3 attenuation;
};

class Material {
 public:
  Material() = default;
  virtual ~Material() = default;
  Material(const Material&) = delete;
  Material& operator=(const Material&) = delete;

  // No value if the ray is absorbed.
  virtual std::optional<Scattered> scatter(const Ray& in, const Hit& hit,
                                           Sampler& sampler) const = 0;
  virtual Vec3 emitted() const { return {}; }
};

class Diffuse final : public Material {
 public:
  explicit Diffuse(const Vec3& color) : color_(color) {}
  std::optional<Scattered> scatter(const Ray& in, const Hit& hit,
                                   Sampler& sampler) const override;

 private:
  Vec3 color_;
};

class Metal final : public Material {
 public:
  Metal(const Vec3& color, double roughness)
      : color_(color), roughness_(roughness) {}
  std::optional<Scattered> scatter(const Ray& in, const Hit& hit,
                                   Sampler& sampler) const override;

 private:
  Vec3 color_;
  double roughness_;
};

class Glass final : public Material {
 public:
  explicit Glass(double index) : index_(index) {}
  std::optional<Scattered> scatter(const Ray& in, const Hit& hit,
                                   Sampler& sampler) const override;

 private:
  double index_;
};

class Light final : public Material {
 public:
  explicit Light(const Vec3& color) : color_(color) {}
  std::optional<Scattered> scatter(const Ray& in, const Hit& hit,
                                   Sampler& sampler) const override;
  Vec3 emitted() const override { return color_; }

 private:
  Vec3 color_;
};

}  // namespace raytracer

#endif  // EXAMPLES_RAYTRACER_MATERIAL_H_
