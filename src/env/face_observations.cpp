// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/face_observations.h"

#include <fmt/format.h>

#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "env/program_time.h"

namespace hone::env {

namespace {

namespace fs = std::filesystem;

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

// Libraries that nothing of the program needs, as C++'s in C, are left out:
// loading them would be measured.
Result<Value> run_time(const std::string& object, const Benchmark& benchmark) {
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  HONE_ASSIGN_OR_RETURN(
      const double seconds,
      time_program(
          {.object = object,
           .linker = {tools.clangxx, benchmark.mode.pie ? "-pie" : "-no-pie",
                      "-Wl,--as-needed"},
           .libraries = program::library_flags(benchmark.mode),
           .name = benchmark.uri}));
  return Value(seconds);
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
    case Observation::RuntimeO3:
      return Observation::ObjectO3;
    case Observation::RuntimeOz:
      return Observation::ObjectOz;
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
  return run_time(bytes, benchmark);
}

}  // namespace hone::env
