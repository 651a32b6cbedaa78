// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scattering.
//
// A diffuse surface sends light in every direction, weighted by the cosine to
// the normal: the normal plus a random direction has just that distribution.
// Metal reflects, spread by its roughness.  Glass refracts by Snell's law or
// reflects; the share reflected grows toward grazing angles (Schlick's
// approximation), and beyond the critical angle all is reflected.

#include "material.h"

namespace raytracer {

std::optional<Scattered> Diffuse::scatter(const Ray&, const Hit& hit,
                                          Sampler& sampler) const {
  Vec3 direction = hit.normal + sampler.direction();
  if (dot(direction, direction) < 1e-12) direction = hit.normal;
  return Scattered{{hit.point, normalized(direction)}, color_};
}

std::optional<Scattered> Metal::scatter(const Ray& in, const Hit& hit,
                                        Sampler& sampler) const {
  Vec3 direction = reflected(in.direction, hit.normal);
  if (roughness_ > 0) direction += sampler.direction() * roughness_;
  if (dot(direction, hit.normal) <= 0) return std::nullopt;
  return Scattered{{hit.point, normalized(direction)}, color_};
}

std::optional<Scattered> Glass::scatter(const Ray& in, const Hit& hit,
                                        Sampler& sampler) const {
  double ratio = hit.outside ? 1.0 / index_ : index_;
  double cosine = -dot(in.direction, hit.normal);
  if (cosine > 1) cosine = 1;
  double sine_square = ratio * ratio * (1 - cosine * cosine);
  bool reflects = sine_square > 1;
  if (!reflects) {
    double base = (1 - ratio) / (1 + ratio);
    double straight = base * base;
    double away = 1 - cosine;
    double share =
        straight + (1 - straight) * (away * away) * (away * away) * away;
    reflects = sampler.uniform() < share;
  }
  Vec3 direction =
      reflects ? reflected(in.direction, hit.normal)
               : in.direction * ratio +
                     hit.normal * (ratio * cosine - std::sqrt(1 - sine_square));
  return Scattered{{hit.point, normalized(direction)}, {1, 1, 1}};
}

std::optional<Scattered> Light::scatter(const Ray&, const Hit&,
                                        Sampler&) const {
  return std::nullopt;
}

}  // namespace raytracer
