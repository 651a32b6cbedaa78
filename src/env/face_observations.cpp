// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/face_observations.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/file.h"
#include "base/subprocess.h"
#include "base/text.h"

namespace hone::env {

namespace {

namespace fs = std::filesystem;

constexpr int kRuns = 3;
constexpr double kRunSeconds = 20;

Result<Value> bitcode_file(const std::string& bitcode, const fs::path& folder) {
  const fs::path path = folder / (hash_bytes(bitcode).hex() + ".bc");
  std::error_code error;
  if (!fs::exists(path, error)) HONE_RETURN_IF_ERROR(write_file(path, bitcode));
  return Value(path.string());
}

// The first processor's lines of /proc/cpuinfo; empty elsewhere than on Linux.
Result<Value> cpu_info() {
  Json json = {{"threads", std::thread::hardware_concurrency()}};
  const Result<std::string> text = read_file("/proc/cpuinfo");
  if (!text.ok()) return Value(to_text(json));
  for (const std::string& line : split(*text, '\n')) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) break;
    const std::string key(trim(std::string_view(line).substr(0, colon)));
    const std::string value(trim(std::string_view(line).substr(colon + 1)));
    if (key == "model name") json["model"] = value;
    if (key == "cache size") json["cache"] = value;
    if (key == "flags") json["features"] = split_blank(value);
  }
  return Value(to_text(json));
}

Result<Value> run_time(const std::string& object, const Benchmark& benchmark,
                       const fs::path& folder) {
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  HONE_RETURN_IF_ERROR(write_file(folder / "program.o", object));
  const Result<ProcessResult> linked =
      run_checked({.argv = {tools.clang, "program.o", "-o", "program", "-lm",
                            benchmark.mode.pie ? "-pie" : "-no-pie"},
                   .directory = folder,
                   .limits = {.cpu_seconds = 60}});
  if (!linked.ok())
    return Error(linked.error())
        .in(fmt::format("'{}' cannot be linked into a program to be timed",
                        benchmark.uri));
  double least = kRunSeconds;
  for (int i = 0; i < kRuns; ++i) {
    HONE_ASSIGN_OR_RETURN(const ProcessResult ran,
                          run({.argv = {(folder / "program").string()},
                               .directory = folder,
                               .limits = {.cpu_seconds = kRunSeconds,
                                          .wall_seconds = kRunSeconds * 10},
                               .sandbox = Sandbox{.writable = {folder}}}));
    if (!ran.ok())
      return Error(ErrorKind::Rejected,
                   fmt::format("the program of '{}' ended with {}",
                               benchmark.uri, ran.describe()));
    least = std::min(least, ran.cpu_seconds);
  }
  return Value(least);
}

}  // namespace

Observation made_from(Observation what) {
  switch (what) {
    case Observation::BitcodeFile:
      return Observation::Bitcode;
    case Observation::BuildMode:
    case Observation::CpuInfo:
      return Observation::IrInstructions;  // the cheapest; not looked at
    case Observation::Runtime:
      return Observation::Object;
    default:
      return what;
  }
}

Result<Value> make_face_observation(Observation what, const Value& made,
                                    const Benchmark& benchmark,
                                    const fs::path& folder) {
  if (what == Observation::CpuInfo) return cpu_info();
  if (what == Observation::BuildMode)
    return Value(to_text(program::to_json(benchmark.mode)));
  const std::string& bytes = std::get<std::string>(made);
  if (what == Observation::BitcodeFile) return bitcode_file(bytes, folder);
  return run_time(bytes, benchmark, folder);
}

}  // namespace hone::env
