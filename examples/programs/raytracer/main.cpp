// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Command line of the ray tracer.  Without arguments it tests itself; with a
// path it renders a scene into that file.

#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "render.h"
#include "scene.h"

namespace {

constexpr int kExitUsage = 2;

constexpr char kUsage[] =
    "usage: raytracer                          run the self-test\n"
    "       raytracer [--scene SCENE] PICTURE  render to PICTURE (PPM), - for\n"
    "                                          standard output\n"
    "options:\n"
    "  --scene SCENE    file with the scene; without it, a built-in one\n"
    "  --print-scene    print the built-in scene\n"
    "  --help           this text\n";

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

bool read_file(const char* path, std::string& text) {
  File file(std::fopen(path, "rb"));
  if (!file) return false;
  char chunk[4096];
  std::size_t count;
  while ((count = std::fread(chunk, 1, sizeof chunk, file.get())) > 0) {
    text.append(chunk, count);
  }
  return !std::ferror(file.get());
}

bool write_file(const char* path, const std::string& bytes) {
  if (std::string_view(path) == "-") {
    return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() &&
           std::fflush(stdout) == 0;
  }
  std::FILE* file = std::fopen(path, "wb");
  if (file == nullptr) return false;
  bool written =
      std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  return std::fclose(file) == 0 && written;
}

int render_file(const char* scene_path, const char* picture_path) {
  std::string text(raytracer::kDemoScene);
  if (scene_path != nullptr) {
    text.clear();
    if (!read_file(scene_path, text)) {
      std::fprintf(stderr, "raytracer: cannot read '%s'\n", scene_path);
      return kExitUsage;
    }
  }
  raytracer::Scene scene = raytracer::parse_scene(text);
  raytracer::Renderer renderer(scene);
  if (!write_file(picture_path, raytracer::to_ppm(renderer.render()))) {
    std::fprintf(stderr, "raytracer: cannot write '%s'\n", picture_path);
    return kExitUsage;
  }
  return 0;
}

int run(int argc, char** argv) {
  if (argc == 1) return raytracer::self_test();
  const char* scene = nullptr;
  const char* picture = nullptr;
  for (int i = 1; i < argc; i++) {
    std::string_view argument = argv[i];
    if (argument == "--help") {
      std::fputs(kUsage, stdout);
      return 0;
    }
    if (argument == "--print-scene") {
      std::fwrite(raytracer::kDemoScene.data(), 1, raytracer::kDemoScene.size(),
                  stdout);
      return 0;
    }
    if (argument == "--scene" && i + 1 < argc) {
      scene = argv[++i];
    } else if ((argument.starts_with("-") && argument != "-") ||
               picture != nullptr) {
      std::fprintf(stderr, "raytracer: unexpected argument '%s'\n%s", argv[i],
                   kUsage);
      return kExitUsage;
    } else {
      picture = argv[i];
    }
  }
  if (picture == nullptr) {
    std::fprintf(stderr, "raytracer: give a path for the picture\n%s", kUsage);
    return kExitUsage;
  }
  return render_file(scene, picture);
}

}  // namespace

int main(int argc, char** argv) {
#if defined(__cpp_exceptions)
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "raytracer: %s\n", error.what());
    return kExitUsage;
  }
#else
  return run(argc, argv);
#endif
}
