// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where rays meet shapes.
//
// A sphere gives a quadratic equation for the distance; with half of the linear
// coefficient the twos cancel.  A triangle is solved for the distance and two
// barycentric coordinates at once with Cramer's rule (the method of Moeller and
// Trumbore); the ray hits if both coordinates and their sum lie in [0, 1].

#include "shape.h"

namespace raytracer {

Hit Shape::make_hit(const Ray& ray, double distance,
                    const Vec3& outward) const {
  Hit hit;
  hit.distance = distance;
  hit.point = ray.at(distance);
  hit.outside = dot(ray.direction, outward) < 0;
  hit.normal = hit.outside ? outward : -outward;
  hit.material = material_;
  return hit;
}

std::optional<Hit> Sphere::hit(const Ray& ray, double far) const {
  Vec3 to_center = center_ - ray.origin;
  double a = dot(ray.direction, ray.direction);
  double half_b = dot(ray.direction, to_center);
  double c = dot(to_center, to_center) - radius_ * radius_;
  double discriminant = half_b * half_b - a * c;
  if (discriminant < 0) return std::nullopt;
  double root = std::sqrt(discriminant);
  double distance = (half_b - root) / a;
  if (distance <= kNearest) distance = (half_b + root) / a;
  if (distance <= kNearest || distance >= far) return std::nullopt;
  Vec3 outward = (ray.at(distance) - center_) * (1.0 / radius_);
  return make_hit(ray, distance, normalized(outward));
}

std::optional<Box> Sphere::bounds() const {
  Vec3 extent{radius_, radius_, radius_};
  Box box;
  box.include(center_ - extent);
  box.include(center_ + extent);
  return box;
}

std::optional<Hit> Plane::hit(const Ray& ray, double far) const {
  double slope = dot(normal_, ray.direction);
  if (std::fabs(slope) < 1e-12) return std::nullopt;
  double distance = (offset_ - dot(normal_, ray.origin)) / slope;
  if (distance <= kNearest || distance >= far) return std::nullopt;
  return make_hit(ray, distance, normal_);
}

Triangle::Triangle(const Vec3& a, const Vec3& b, const Vec3& c,
                   const Material* material)
    : Shape(material),
      corner_(a),
      edge1_(b - a),
      edge2_(c - a),
      normal_(normalized(cross(edge1_, edge2_))) {}

std::optional<Hit> Triangle::hit(const Ray& ray, double far) const {
  Vec3 p = cross(ray.direction, edge2_);
  double determinant = dot(edge1_, p);
  if (std::fabs(determinant) < 1e-14) return std::nullopt;
  double inverse = 1.0 / determinant;
  Vec3 from_corner = ray.origin - corner_;
  double u = dot(from_corner, p) * inverse;
  if (u < 0 || u > 1) return std::nullopt;
  Vec3 q = cross(from_corner, edge1_);
  double v = dot(ray.direction, q) * inverse;
  if (v < 0 || u + v > 1) return std::nullopt;
  double distance = dot(edge2_, q) * inverse;
  if (distance <= kNearest || distance >= far) return std::nullopt;
  return make_hit(ray, distance, normal_);
}

std::optional<Box> Triangle::bounds() const {
  Box box;
  box.include(corner_);
  box.include(corner_ + edge1_);
  box.include(corner_ + edge2_);
  // A triangle in a plane of two axes would give a box without volume.
  Vec3 margin{1e-9, 1e-9, 1e-9};
  box.include(box.low - margin);
  box.include(box.high + margin);
  return box;
}

}  // namespace raytracer
