// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/separate_code.h"

#include <fmt/format.h>
#include <time.h>

#include "base/subprocess.h"
#include "base/text.h"
#include "env/session.h"
#include "env/wire.h"
#include "program/missing_code.h"

namespace hone::env {

namespace {

constexpr double kCpuSeconds = 60;
// A hang that sleeps uses no CPU time.
constexpr double kWallPerCpu = 10;
constexpr uint64_t kLargestObject = uint64_t{1} << 30;

Result<GeneratedCode> answer(std::string_view frame) {
  WireReader reader(frame);
  HONE_ASSIGN_OR_RETURN(const Json json,
                        parse_json(std::string(reader.text()), "a mode"));
  HONE_ASSIGN_OR_RETURN(const program::BuildMode mode,
                        program::build_mode_from_json(json));
  HONE_RETURN_IF_ERROR(program::set_llvm_options(reader.texts()));
  HONE_ASSIGN_OR_RETURN(const program::Module module,
                        program::Module::parse(reader.text(), "the state"));
  return generate_code(module, mode);
}

}  // namespace

double thread_cpu_seconds() {
  timespec used = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) +
         static_cast<double>(used.tv_nsec) * 1e-9;
}

Result<GeneratedCode> generate_code(const program::Module& module,
                                    const program::BuildMode& mode) {
  program::Module copy = module.clone();
  const double begin = thread_cpu_seconds();
  HONE_RETURN_IF_ERROR(program::inline_missing_code(copy, mode.relocation));
  HONE_ASSIGN_OR_RETURN(std::string object, std::move(copy).emit_object(mode));
  return GeneratedCode{.object = std::move(object),
                       .cpu_seconds = thread_cpu_seconds() - begin};
}

Result<GeneratedCode> generate_code_apart(
    const program::Module& module, const program::BuildMode& mode,
    const std::vector<std::string>& options) {
  HONE_ASSIGN_OR_RETURN(const std::filesystem::path worker, find_worker());
  WireWriter request;
  request.text(to_text(program::to_json(mode)));
  request.texts(options);
  request.text(module.bitcode());
  WireWriter frame;  // its length, and then its bytes
  frame.text(request.take());
  // The limit of memory is inherited.
  HONE_ASSIGN_OR_RETURN(
      const ProcessResult done,
      run({.argv = {worker.string(), "code"},
           .input = frame.take(),
           .limits = {.cpu_seconds = kCpuSeconds,
                      .wall_seconds = kCpuSeconds * kWallPerCpu,
                      .output_bytes = kLargestObject}}));
  const auto failed = [&](ErrorKind kind, std::string_view why) {
    return Error(kind, fmt::format("code generation with {}: {}",
                                   join(options, " "), why));
  };
  if (done.ending == Ending::Exited || done.ending == Ending::Signalled) {
    if (!done.ok())
      return failed(ErrorKind::Crashed, fmt::format("{} {}", done.describe(),
                                                    complaint_in(done.err)));
  } else {
    return failed(ErrorKind::LimitReached,
                  fmt::format("killed({})", done.describe()));
  }
  WireReader reader(WireReader(done.out).text());
  if (reader.u8() == 0) return failed(ErrorKind::Rejected, reader.text());
  GeneratedCode code{.cpu_seconds = reader.f64()};
  code.object = reader.text();
  if (!reader.ok() || !reader.at_end())
    return failed(ErrorKind::Crashed, "its answer makes no sense");
  return code;
}

int serve_code(int input, int output) {
  const Result<std::string> frame = read_frame(input);
  if (!frame.ok()) return 1;
  const Result<GeneratedCode> code = answer(*frame);
  WireWriter writer;
  writer.u8(code.ok() ? 1 : 0);
  if (code.ok()) {
    writer.f64(code->cpu_seconds);
    writer.text(code->object);
  } else {
    writer.text(code.error().message);
  }
  return write_frame(output, writer.take()).ok() ? 0 : 1;
}

}  // namespace hone::env
