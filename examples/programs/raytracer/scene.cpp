// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading a scene: each line is split into words, the first word chooses the
// reader of the rest.

#include "scene.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace raytracer {
namespace {

std::string quoted(std::string_view word) {
  std::string text = "'";
  text.append(word);
  text.push_back('\'');
  return text;
}

class Line {
 public:
  Line(std::string_view text, int number) : rest_(text), number_(number) {}

  [[noreturn]] void fail(const std::string& message) const {
#if defined(__cpp_exceptions)
    throw SceneError(number_, message);
#else
    std::fprintf(stderr, "raytracer: %s\n",
                 SceneError(number_, message).what());
    std::exit(2);
#endif
  }

  // Empty at the end of the line.
  std::string_view next_word() {
    constexpr std::string_view spaces = " \t\r";
    std::size_t start = rest_.find_first_not_of(spaces);
    if (start == std::string_view::npos || rest_[start] == '#') {
      rest_ = {};
      return {};
    }
    rest_.remove_prefix(start);
    std::size_t size = std::min(rest_.find_first_of(spaces), rest_.size());
    std::string_view word = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return word;
  }

  std::string_view word(const char* what) {
    std::string_view found = next_word();
    if (found.empty()) fail(std::string("missing ") + what);
    return found;
  }

  template <typename Number>
  Number number(const char* what, Number low, Number high) {
    std::string_view found = word(what);
    Number value{};
    const char* end = found.data() + found.size();
    auto [stop, error] = std::from_chars(found.data(), end, value);
    if (error != std::errc() || stop != end) {
      fail(quoted(found) + " is no number for " + what);
    }
    // Also false for a value that is not a number.
    if (!(value >= low && value <= high)) {
      fail(quoted(found) + " is out of range for " + what);
    }
    return value;
  }

  Vec3 vector(const char* what) {
    return {coordinate(what), coordinate(what), coordinate(what)};
  }
  Vec3 color(const char* what) {
    auto part = [&] { return number<double>(what, 0.0, 1000.0); };
    return {part(), part(), part()};
  }
  double coordinate(const char* what) {
    return number<double>(what, -1e6, 1e6);
  }

  void finish() {
    std::string_view extra = next_word();
    if (!extra.empty()) fail("unexpected " + quoted(extra));
  }

 private:
  std::string_view rest_;
  int number_;
};

std::unique_ptr<Material> read_material(Line& line) {
  std::string_view kind = line.word("kind of material");
  if (kind == "diffuse") {
    return std::make_unique<Diffuse>(line.color("color"));
  }
  if (kind == "metal") {
    Vec3 color = line.color("color");
    return std::make_unique<Metal>(color, line.number("roughness", 0.0, 1.0));
  }
  if (kind == "glass") {
    return std::make_unique<Glass>(line.number("index", 1.0, 4.0));
  }
  if (kind == "light") {
    return std::make_unique<Light>(line.color("color"));
  }
  line.fail(quoted(kind) + " is no material");
}

const Material* find_material(const Scene& scene, Line& line) {
  std::string_view name = line.word("material");
  auto found = scene.materials.find(name);
  if (found == scene.materials.end()) {
    line.fail("material " + quoted(name) + " is not defined");
  }
  return found->second.get();
}

void add_triangle(Scene& scene, Line& line, const std::array<Vec3, 3>& corners,
                  const Material* material) {
  Vec3 area = cross(corners[1] - corners[0], corners[2] - corners[0]);
  if (length(area) < 1e-12) line.fail("triangle has no area");
  scene.shapes.push_back(
      std::make_unique<Triangle>(corners[0], corners[1], corners[2], material));
}

void add_box(Scene& scene, Line& line, const Vec3& a, const Vec3& b,
             const Material* material) {
  // Bit 0, 1, 2 of a corner's number chooses x, y, z of the first or second.
  auto corner = [&](unsigned i) {
    return Vec3{(i & 1) ? b.x : a.x, (i & 2) ? b.y : a.y, (i & 4) ? b.z : a.z};
  };
  constexpr std::array<std::array<unsigned, 4>, 6> faces = {{{0, 1, 3, 2},
                                                             {4, 6, 7, 5},
                                                             {0, 4, 5, 1},
                                                             {2, 3, 7, 6},
                                                             {0, 2, 6, 4},
                                                             {1, 5, 7, 3}}};
  for (const auto& face : faces) {
    add_triangle(scene, line,
                 {corner(face[0]), corner(face[1]), corner(face[2])}, material);
    add_triangle(scene, line,
                 {corner(face[0]), corner(face[2]), corner(face[3])}, material);
  }
}

void read_shape(Scene& scene, Line& line, std::string_view kind) {
  if (kind == "sphere") {
    Vec3 center = line.vector("center");
    double radius = line.number("radius", 1e-3, 1e6);
    const Material* material = find_material(scene, line);
    scene.shapes.push_back(std::make_unique<Sphere>(center, radius, material));
  } else if (kind == "plane") {
    Vec3 normal = line.vector("normal");
    if (length(normal) < 1e-9) line.fail("normal has no direction");
    double offset = line.coordinate("offset");
    const Material* material = find_material(scene, line);
    scene.shapes.push_back(std::make_unique<Plane>(normal, offset, material));
  } else if (kind == "triangle") {
    std::array<Vec3, 3> corners;
    for (Vec3& corner : corners) corner = line.vector("corner");
    add_triangle(scene, line, corners, find_material(scene, line));
  } else if (kind == "box") {
    Vec3 a = line.vector("corner");
    Vec3 b = line.vector("corner");
    add_box(scene, line, a, b, find_material(scene, line));
  } else {
    line.fail(quoted(kind) + " is no item of a scene");
  }
}

void read_line(Scene& scene, Line& line) {
  std::string_view kind = line.next_word();
  if (kind.empty()) return;
  if (kind == "size") {
    scene.width = line.number("width", 1, 4096);
    scene.height = line.number("height", 1, 4096);
  } else if (kind == "samples") {
    scene.samples = line.number("samples", 1, 10000);
  } else if (kind == "depth") {
    scene.depth = line.number("depth", 1, 100);
  } else if (kind == "camera") {
    scene.camera.from = line.vector("camera");
    scene.camera.to = line.vector("target");
    scene.camera.width = line.number("view width", 1e-3, 100.0);
    if (length(scene.camera.to - scene.camera.from) < 1e-9) {
      line.fail("camera looks at itself");
    }
  } else if (kind == "sky") {
    scene.sky_bottom = line.color("color");
    scene.sky_top = line.color("color");
  } else if (kind == "material") {
    std::string name(line.word("name"));
    if (!scene.materials.emplace(name, read_material(line)).second) {
      line.fail("material " + quoted(name) + " is defined twice");
    }
  } else {
    read_shape(scene, line, kind);
  }
  line.finish();
}

}  // namespace

Scene parse_scene(std::string_view text) {
  Scene scene;
  for (int number = 1; !text.empty(); number++) {
    std::size_t size = std::min(text.find('\n'), text.size());
    Line line(text.substr(0, size), number);
    read_line(scene, line);
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  return scene;
}

const std::string_view kDemoScene = R"(# spheres and a box on a floor
size 64 40
samples 10
depth 8
camera 3 2 6  0 0.6 0  1.1
sky 1 1 1  0.4 0.6 1
material floor diffuse 0.5 0.55 0.5
material red diffuse 0.8 0.2 0.15
material gold metal 0.9 0.7 0.3 0.1
material mirror metal 0.95 0.95 0.95 0
material glass glass 1.5
material lamp light 6 5 4
plane 0 1 0 0 floor
sphere -1.6 1 -1 1 red
sphere 0.2 0.8 0.6 0.8 glass
sphere 1.9 0.7 -0.4 0.7 gold
sphere -0.5 0.3 2.2 0.3 mirror
sphere 0 6 0 1.2 lamp
box -3.2 0 -3 -2.4 2.5 -2.2 gold
triangle 2 0 -2.5 4 0 -2.5 3 2.4 -2.5 red
)";

}  // namespace raytracer
