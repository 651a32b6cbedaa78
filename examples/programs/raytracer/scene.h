// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A scene and its textual form, one item a line:
//
//   size WIDTH HEIGHT
//   samples COUNT
//   depth COUNT
//   camera FROM TO WIDTH          width of the view at distance one
//   sky BOTTOM TOP                two colors
//   material NAME diffuse COLOR
//   material NAME metal COLOR ROUGHNESS
//   material NAME glass INDEX
//   material NAME light COLOR
//   sphere CENTER RADIUS NAME
//   plane NORMAL OFFSET NAME
//   triangle POINT POINT POINT NAME
//   box CORNER CORNER NAME
//
// Points and colors are three numbers.  A '#' begins a comment.

#ifndef EXAMPLES_RAYTRACER_SCENE_H_
#define EXAMPLES_RAYTRACER_SCENE_H_

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "material.h"
#include "shape.h"

namespace raytracer {

class SceneError : public std::runtime_error {
 public:
  SceneError(int line, const std::string& message)
      : std::runtime_error("line " + std::to_string(line) + ": " + message) {}
};

struct Camera {
  Vec3 from{0, 0, 5};
  Vec3 to{0, 0, 0};
  double width = 1;
};

struct Scene {
  int width = 48;
  int height = 32;
  int samples = 4;
  int depth = 6;
  Camera camera;
  Vec3 sky_bottom{1, 1, 1};
  Vec3 sky_top{0.5, 0.7, 1};
  std::map<std::string, std::unique_ptr<Material>, std::less<>> materials;
  std::vector<std::unique_ptr<Shape>> shapes;
};

// Throws SceneError.  Built without exceptions, it prints the error and ends
// the program with code 2.
Scene parse_scene(std::string_view text);

extern const std::string_view kDemoScene;

}  // namespace raytracer

#endif  // EXAMPLES_RAYTRACER_SCENE_H_
