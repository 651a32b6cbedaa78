// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The self-test: intersections and scattering with known results, the hierarchy
// against a search through all shapes, a white sphere in a white room that must
// vanish, errors in scenes, and two pictures whose bytes go into the checksum.

#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "bvh.h"
#include "material.h"
#include "render.h"
#include "scene.h"

namespace raytracer {
namespace {

class Tester {
 public:
  void check(bool passed, const char* what) {
    checks_++;
    if (passed) return;
    failures_++;
    std::fprintf(stderr, "raytracer: check failed: %s\n", what);
  }
  void check_near(double value, double expected, const char* what) {
    check(std::fabs(value - expected) < 1e-9, what);
  }
  template <typename Bytes>
  void digest(const Bytes& bytes) {
    for (auto byte : bytes) {
      digest_ = (digest_ ^ static_cast<std::uint8_t>(byte)) * 16777619u;
    }
  }
  int finish() const {
    std::printf("%d checks, %d failed\n", checks_, failures_);
    std::printf("checksum: %08x\n", static_cast<unsigned>(digest_));
    return failures_ == 0 ? 0 : 1;
  }

 private:
  int checks_ = 0;
  int failures_ = 0;
  std::uint32_t digest_ = 2166136261u;
};

void test_vectors(Tester& t) {
  constexpr Vec3 a{1, 2, 3};
  constexpr Vec3 b{-2, 0.5, 4};
  static_assert(dot(a, b) == 11);
  static_assert(cross(Vec3{1, 0, 0}, Vec3{0, 1, 0}) == Vec3{0, 0, 1});
  static_assert(reflected(Vec3{1, -1, 0}, Vec3{0, 1, 0}) == Vec3{1, 1, 0});
  t.check(a + b == Vec3{-1, 2.5, 7} && a - b == Vec3{3, 1.5, -1}, "sums");
  t.check_near(dot(cross(a, b), a), 0, "cross product is orthogonal");
  t.check_near(length(normalized(b)), 1, "normalized length");
  Box box;
  box.include(a);
  box.include(b);
  t.check(box.low == Vec3{-2, 0.5, 3} && box.high == Vec3{1, 2, 4}, "box");
  t.check(box.widest_axis() == 0, "widest axis");
  Sampler sampler(7);
  Vec3 mean;
  for (int i = 0; i < 4000; i++) {
    Vec3 direction = sampler.direction();
    t.check(std::fabs(length(direction) - 1) < 1e-9, "direction of length one");
    mean += direction * (1.0 / 4000);
  }
  t.check(length(mean) < 0.05, "directions have no preference");
}

void test_shapes(Tester& t) {
  Ray ray{{0, 0, 5}, {0, 0, -1}};
  Sphere sphere({0, 0, 0}, 1, nullptr);
  auto hit = sphere.hit(ray, kInfinity);
  t.check(hit && hit->outside, "sphere from outside");
  if (hit) {
    t.check_near(hit->distance, 4, "distance of sphere");
    t.check(hit->normal == Vec3{0, 0, 1}, "normal of sphere");
  }
  hit = sphere.hit({{0, 0, 0}, {0, 0, -1}}, kInfinity);
  t.check(hit && !hit->outside, "sphere from inside");
  t.check(!sphere.hit(ray, 3.5), "sphere beyond the limit");
  t.check(!sphere.hit({{0, 2, 5}, {0, 0, -1}}, kInfinity), "beside the sphere");
  t.check(!sphere.hit({{0, 0, 5}, {0, 0, 1}}, kInfinity), "behind the ray");

  Plane plane({0, 2, 0}, -1, nullptr);
  hit = plane.hit({{0, 3, 0}, {0.6, -0.8, 0}}, kInfinity);
  t.check(hit.has_value(), "plane");
  if (hit) t.check_near(hit->distance, 5, "distance of plane");
  t.check(!plane.hit({{0, 3, 0}, {1, 0, 0}}, kInfinity), "parallel to plane");
  t.check(!plane.bounds(), "plane has no bounds");

  Triangle triangle({0, 0, 0}, {1, 0, 0}, {0, 1, 0}, nullptr);
  t.check(triangle.hit({{0.3, 0.3, 5}, {0, 0, -1}}, kInfinity).has_value(),
          "inside the triangle");
  t.check(!triangle.hit({{0.6, 0.6, 5}, {0, 0, -1}}, kInfinity),
          "beyond the long edge");
  t.check(!triangle.hit({{-0.1, 0.3, 5}, {0, 0, -1}}, kInfinity),
          "beyond a short edge");
  t.check(!triangle.hit({{0.3, 0.3, 5}, {1, 0, 0}}, kInfinity),
          "parallel to the triangle");
}

void test_materials(Tester& t) {
  Sampler sampler(3);
  Hit hit;
  hit.normal = {0, 1, 0};
  Ray down{{0, 1, 0}, normalized({1, -1, 0})};
  auto mirrored = Metal({1, 1, 1}, 0).scatter(down, hit, sampler);
  t.check(mirrored.has_value(), "mirror");
  if (mirrored) {
    t.check_near(mirrored->ray.direction.y, -down.direction.y, "mirrored");
  }
  for (int i = 0; i < 200; i++) {
    auto scattered = Diffuse({1, 1, 1}).scatter(down, hit, sampler);
    t.check(scattered && dot(scattered->ray.direction, hit.normal) >= -1e-12,
            "diffuse stays outside");
  }
  // Snell's law: the sines of both angles are in the ratio of the indices.
  hit.outside = true;
  int refracted = 0;
  for (int i = 0; i < 200; i++) {
    auto scattered = Glass(1.5).scatter(down, hit, sampler);
    if (scattered && scattered->ray.direction.y < 0) {
      refracted++;
      t.check_near(scattered->ray.direction.x * 1.5, down.direction.x,
                   "law of refraction");
    }
  }
  t.check(refracted > 150 && refracted < 200, "share of refraction");
  hit.outside = false;
  Ray flat{{0, 1, 0}, normalized({2, -1, 0})};
  auto total = Glass(1.5).scatter(flat, hit, sampler);
  t.check(total && total->ray.direction.y > 0, "total reflection");
  Light light({2, 2, 2});
  t.check(!light.scatter(down, hit, sampler) && light.emitted().x == 2,
          "light");
}

// The hierarchy must find exactly what a search through all shapes finds.
void test_tree(Tester& t) {
  Sampler sampler(11);
  std::vector<std::unique_ptr<Shape>> owned;
  auto point = [&](double size) {
    return Vec3{sampler.between(-size, size), sampler.between(-size, size),
                sampler.between(-size, size)};
  };
  for (int i = 0; i < 120; i++) {
    if (i % 3 == 0) {
      Vec3 center = point(10);
      owned.push_back(
          std::make_unique<Sphere>(center, sampler.between(0.1, 1.5), nullptr));
    } else {
      Vec3 a = point(10);
      Vec3 b = a + point(2);
      Vec3 c = a + point(2);
      owned.push_back(std::make_unique<Triangle>(a, b, c, nullptr));
    }
  }
  owned.push_back(std::make_unique<Plane>(Vec3{0, 1, 0}, -9, nullptr));
  std::vector<const Shape*> shapes;
  for (const auto& shape : owned) shapes.push_back(shape.get());
  Bvh<Shape> tree{shapes};
  int hits = 0;
  for (int i = 0; i < 2000; i++) {
    Vec3 origin = point(12);
    Vec3 direction = sampler.direction();
    // Some rays along an axis, where inverses are infinite.
    if (i % 10 == 0) direction = {0, i % 20 == 0 ? 1.0 : -1.0, 0};
    Ray ray{origin, direction};
    std::optional<Hit> nearest;
    double far = kInfinity;
    for (const Shape* shape : shapes) {
      if (auto found = shape->hit(ray, far)) {
        nearest = found;
        far = found->distance;
      }
    }
    auto found = tree.hit(ray, kInfinity);
    t.check(found.has_value() == nearest.has_value() &&
                (!found || found->distance == nearest->distance),
            "hierarchy agrees with full search");
    hits += found.has_value();
  }
  Bvh<Shape> empty;
  t.check(!empty.hit({{0, 0, 0}, {0, 0, 1}}, kInfinity), "empty hierarchy");
  std::printf("  hierarchy: %zu nodes, 2000 rays, %d hits, all as expected\n",
              tree.node_count(), hits);
}

// What reflects all light in a room equally bright everywhere is invisible.
void test_furnace(Tester& t) {
  Scene scene = parse_scene(
      "size 12 12\nsamples 3\ndepth 50\nsky 0.25 0.25 0.25 0.25 0.25 0.25\n"
      "material white diffuse 1 1 1\nmaterial clear glass 1.4\n"
      "sphere -0.5 0 0 0.6 white\nsphere 0.8 0 0 0.5 clear\n");
  Image image = Renderer(scene).render();
  bool same = true;
  for (std::uint8_t byte : image.bytes) same = same && byte == 127;
  t.check(same, "white objects vanish in a white room");
}

void test_errors(Tester& t) {
#if defined(__cpp_exceptions)
  struct Case {
    std::string_view text;
    std::string_view message;
  };
  constexpr Case cases[] = {
      {"size 10", "line 1: missing height"},
      {"\n\nsize 10 x", "line 3: 'x' is no number for height"},
      {"size 0 5", "line 1: '0' is out of range for width"},
      {"samples 1.5", "line 1: '1.5' is no number for samples"},
      {"sky 0 0 nan 0 0 0", "line 1: 'nan' is out of range for color"},
      {"depth 3 4", "line 1: unexpected '4'"},
      {"cube 1", "line 1: 'cube' is no item of a scene"},
      {"camera 1 1 1 1 1 1 1", "line 1: camera looks at itself"},
      {"material a wood 1", "line 1: 'wood' is no material"},
      {"material a glass 9", "line 1: '9' is out of range for index"},
      {"material a glass 1\nmaterial a glass 2",
       "line 2: material 'a' is defined twice"},
      {"# nothing\nsphere 0 0 0 1 a", "line 2: material 'a' is not defined"},
      {"material a glass 1\nsphere 0 0 0 -1 a",
       "line 2: '-1' is out of range for radius"},
      {"material a glass 1\ntriangle 0 0 0 1 1 1 2 2 2 a",
       "line 2: triangle has no area"},
      {"material a glass 1\nplane 0 0 0 1 a",
       "line 2: normal has no direction"},
  };
  for (const Case& c : cases) {
    std::string message = "no error";
    try {
      parse_scene(c.text);
    } catch (const SceneError& error) {
      message = error.what();
    }
    t.check(message == c.message, message.c_str());
  }
#else
  (void)t;
#endif
}

std::string random_scene() {
  Sampler sampler(42);
  std::string text = "size 48 32\nsamples 6\ncamera 0 5 14 0 1 0 0.9\n";
  char line[160];
  for (int i = 0; i < 40; i++) {
    double red = sampler.between(0.1, 1);
    double green = sampler.between(0.1, 1);
    double blue = sampler.between(0.1, 1);
    const char* kind = i % 3 == 0 ? "metal" : "diffuse";
    const char* extra = i % 3 == 0 ? " 0.2" : "";
    std::snprintf(line, sizeof line, "material m%d %s %.3f %.3f %.3f%s\n", i,
                  kind, red, green, blue, extra);
    text += line;
    double x = sampler.between(-5, 5);
    double z = sampler.between(-5, 5);
    double size = sampler.between(0.2, 0.9);
    const char* form = i % 4 == 3 ? "box %.3f 0 %.3f %.3f %.3f %.3f m%d\n"
                                  : "sphere %.3f %.3f %.3f %.3f m%d\n";
    if (i % 4 == 3) {
      std::snprintf(line, sizeof line, form, x, z, x + size, 2 * size, z + size,
                    i);
    } else {
      std::snprintf(line, sizeof line, form, x, size, z, size, i);
    }
    text += line;
  }
  return text + "plane 0 1 0 0 m1\n";
}

void test_pictures(Tester& t) {
  const std::string texts[] = {std::string(kDemoScene), random_scene()};
  for (const std::string& text : texts) {
    Scene scene = parse_scene(text);
    Renderer renderer(scene);
    Image image = renderer.render();
    std::string ppm = to_ppm(image);
    t.check(ppm.starts_with("P6\n") &&
                image.bytes.size() ==
                    static_cast<std::size_t>(scene.width * scene.height * 3),
            "picture is complete");
    t.digest(ppm);
    unsigned long sum = 0;
    for (std::uint8_t byte : image.bytes) sum += byte;
    std::printf("  picture: %d x %d, %zu shapes, mean brightness %lu\n",
                scene.width, scene.height, scene.shapes.size(),
                sum / image.bytes.size());
  }
}

}  // namespace

int self_test() {
  Tester t;
  std::printf("raytracer self-test\n");
  test_vectors(t);
  test_shapes(t);
  test_materials(t);
  test_tree(t);
  test_furnace(t);
  test_errors(t);
  test_pictures(t);
  return t.finish();
}

}  // namespace raytracer
