// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a scene to a picture.

#ifndef EXAMPLES_RAYTRACER_RENDER_H_
#define EXAMPLES_RAYTRACER_RENDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "bvh.h"
#include "scene.h"

namespace raytracer {

struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> bytes;  // red, green, blue, by rows from the top
};

class Renderer {
 public:
  explicit Renderer(const Scene& scene);
  Image render() const;
  Vec3 trace(Ray ray, Sampler& sampler) const;
  const Bvh<Shape>& tree() const { return tree_; }

 private:
  Ray camera_ray(double x, double y) const;
  Vec3 sky(const Vec3& direction) const;

  const Scene& scene_;
  Bvh<Shape> tree_;
  Vec3 forward_;
  Vec3 right_;
  Vec3 up_;
};

// The binary portable pixmap format.
std::string to_ppm(const Image& image);

// The self-test returns 0 when every check passed, else 1.
int self_test();

}  // namespace raytracer

#endif  // EXAMPLES_RAYTRACER_RENDER_H_
