// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Path tracing: a ray goes from the camera through a random place in its pixel
// and is scattered from surface to surface until it is absorbed, reaches the
// sky, or has been scattered often enough.  What it gathers on the way is one
// sample; the mean of the samples is the color of the pixel.

#include "render.h"

namespace raytracer {
namespace {

std::vector<const Shape*> shapes_of(const Scene& scene) {
  std::vector<const Shape*> shapes;
  shapes.reserve(scene.shapes.size());
  for (const auto& shape : scene.shapes) shapes.push_back(shape.get());
  return shapes;
}

// The square root is close to the curve of displays and exact everywhere.
std::uint8_t to_byte(double value) {
  if (!(value > 0)) return 0;
  if (value >= 1) return 255;
  return static_cast<std::uint8_t>(std::sqrt(value) * 255.999);
}

}  // namespace

Renderer::Renderer(const Scene& scene)
    : scene_(scene), tree_(shapes_of(scene)) {
  const Camera& camera = scene.camera;
  forward_ = normalized(camera.to - camera.from);
  Vec3 side = cross(forward_, Vec3{0, 1, 0});
  // A camera that looks straight up or down has no natural right.
  if (length(side) < 1e-9) side = Vec3{1, 0, 0};
  right_ = normalized(side);
  up_ = cross(right_, forward_);
  double pixel = camera.width / scene.width;
  right_ = right_ * pixel;
  up_ = up_ * pixel;
}

Ray Renderer::camera_ray(double x, double y) const {
  Vec3 direction = forward_ + right_ * (x - 0.5 * scene_.width) +
                   up_ * (0.5 * scene_.height - y);
  return {scene_.camera.from, normalized(direction)};
}

Vec3 Renderer::sky(const Vec3& direction) const {
  double t = 0.5 * (direction.y + 1);
  return scene_.sky_bottom * (1 - t) + scene_.sky_top * t;
}

Vec3 Renderer::trace(Ray ray, Sampler& sampler) const {
  Vec3 gathered;
  Vec3 passed{1, 1, 1};
  for (int bounce = 0; bounce < scene_.depth; bounce++) {
    auto hit = tree_.hit(ray, kInfinity);
    if (!hit) return gathered + passed * sky(ray.direction);
    gathered += passed * hit->material->emitted();
    auto scattered = hit->material->scatter(ray, *hit, sampler);
    if (!scattered) return gathered;
    passed = passed * scattered->attenuation;
    ray = scattered->ray;
  }
  return gathered;
}

Image Renderer::render() const {
  Image image{scene_.width, scene_.height, {}};
  image.bytes.reserve(static_cast<std::size_t>(scene_.width) *
                      static_cast<std::size_t>(scene_.height) * 3);
  for (int y = 0; y < scene_.height; y++) {
    for (int x = 0; x < scene_.width; x++) {
      Sampler sampler(static_cast<std::uint64_t>(y) * 65536 +
                      static_cast<std::uint64_t>(x));
      Vec3 sum;
      for (int i = 0; i < scene_.samples; i++) {
        double place_x = x + sampler.uniform();
        double place_y = y + sampler.uniform();
        sum += trace(camera_ray(place_x, place_y), sampler);
      }
      Vec3 color = sum * (1.0 / scene_.samples);
      for (int axis = 0; axis < 3; axis++) {
        image.bytes.push_back(to_byte(color[axis]));
      }
    }
  }
  return image;
}

std::string to_ppm(const Image& image) {
  std::string ppm = "P6\n" + std::to_string(image.width) + " " +
                    std::to_string(image.height) + "\n255\n";
  ppm.append(image.bytes.begin(), image.bytes.end());
  return ppm;
}

}  // namespace raytracer
