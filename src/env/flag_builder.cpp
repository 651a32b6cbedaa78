// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/flag_builder.h"

#include <fmt/format.h>

#include "base/subprocess.h"
#include "base/text.h"

namespace hone::env {

namespace {

constexpr uint64_t kMemory = uint64_t{4} << 30;
constexpr size_t kMostBytes = size_t{64} << 20;

// Where the preprocessed source is kept, by the language of the source.
Result<std::string> input_for(const std::filesystem::path& source) {
  const std::string suffix = source.extension().string();
  if (suffix == ".c" || suffix == ".i") return std::string("input.i");
  if (suffix == ".cc" || suffix == ".cpp" || suffix == ".cxx" ||
      suffix == ".C" || suffix == ".ii")
    return std::string("input.ii");
  return Error(ErrorKind::Unsupported,
               fmt::format("'{}' is no C or C++ source; the flags of a "
                           "compiler are chosen for those",
                           source.string()));
}

}  // namespace

Result<std::shared_ptr<FlagBuilder>> FlagBuilder::open(const FlagSpace& space,
                                                       std::string_view uri,
                                                       double cpu_seconds) {
  HONE_ASSIGN_OR_RETURN(const Source source, find_source(uri));
  if (!source.more.empty())
    return Error(ErrorKind::Unsupported,
                 fmt::format("'{}' has {} sources; an environment of flags "
                             "compiles one",
                             uri, source.more.size() + 1));
  HONE_ASSIGN_OR_RETURN(TempDir folder, TempDir::make());
  std::shared_ptr<FlagBuilder> made(
      new FlagBuilder(space.program, std::move(folder)));
  made->uri_ = absolute_uri(uri);
  made->stamp_ = SourceStamp(source);
  made->cpu_seconds_ = cpu_seconds;
  HONE_ASSIGN_OR_RETURN(made->input_, input_for(source.path));
  for (const std::string& flag : source.flags)
    if (!flag.starts_with("-O")) made->flags_.push_back(flag);
  HONE_ASSIGN_OR_RETURN(made->source_, made->preprocessed(source.path));
  HONE_RETURN_IF_ERROR(
      write_file(made->folder() / made->input_, made->source_));
  return made;
}

Result<std::string> FlagBuilder::preprocessed(
    const std::filesystem::path& source) const {
  // Done already, by the same compiler on another machine perhaps.
  if (const auto suffix = source.extension(); suffix == ".i" || suffix == ".ii")
    return read_file(source);
  std::vector<std::string> argv = {program_};
  argv.insert(argv.end(), flags_.begin(), flags_.end());
  argv.insert(argv.end(), {"-w", "-E", source.string()});
  HONE_ASSIGN_OR_RETURN(
      ProcessResult read,
      run({.argv = std::move(argv), .limits = {.cpu_seconds = cpu_seconds_}}));
  if (read.ok()) return std::move(read.out);
  return Error(ErrorKind::Malformed,
               fmt::format("'{}' cannot be preprocessed by {}: {}", uri_,
                           program_, complaint_in(read.err)));
}

Result<std::string> FlagBuilder::compile(const std::vector<std::string>& words,
                                         std::string_view mode,
                                         double& seconds) {
  std::vector<std::string> argv = {program_};
  argv.insert(argv.end(), flags_.begin(), flags_.end());
  argv.insert(argv.end(), words.begin(), words.end());
  argv.insert(argv.end(), {"-w", std::string(mode), input_, "-o", "output"});
  HONE_ASSIGN_OR_RETURN(const ProcessResult made,
                        run({.argv = std::move(argv),
                             .directory = folder(),
                             // gcc cannot remove its own where it is killed.
                             .environment = {"TMPDIR=" + folder().string()},
                             .limits = {.cpu_seconds = cpu_seconds_,
                                        .wall_seconds = cpu_seconds_ * 10,
                                        .memory_bytes = kMemory}}));
  if (!made.ok())
    return Error(ErrorKind::ToolFailed,
                 fmt::format("{} ended with {}: {}", program_, made.describe(),
                             complaint_in(made.err)));
  seconds = made.cpu_seconds;
  return read_file(folder() / "output");
}

Result<std::shared_ptr<const FlagBuild>> FlagBuilder::build(
    const std::vector<std::string>& words) {
  const std::string key = join(words, " ");
  if (const auto known = builds_.find(key); known != builds_.end())
    return known->second;
  auto made = std::make_shared<FlagBuild>();
  HONE_ASSIGN_OR_RETURN(made->object, compile(words, "-c", made->seconds));
  HONE_ASSIGN_OR_RETURN(made->sizes,
                        program::measure_object(made->object, "the object"));
  const size_t bytes = key.size() + sizeof(FlagBuild) + made->object.size();
  if (kept_bytes_ + bytes > kMostBytes) {
    builds_.clear();
    kept_bytes_ = 0;
  }
  if (bytes <= kMostBytes && builds_.emplace(key, made).second)
    kept_bytes_ += bytes;
  return std::shared_ptr<const FlagBuild>(std::move(made));
}

Result<std::string> FlagBuilder::assembly(
    const std::vector<std::string>& words) {
  double seconds = 0;
  return compile(words, "-S", seconds);
}

std::vector<std::string> FlagBuilder::linker() const {
  std::vector<std::string> argv = {program_};
  argv.insert(argv.end(), flags_.begin(), flags_.end());
  return argv;
}

// The benchmark's own, again, since they count behind the object only.
std::vector<std::string> FlagBuilder::libraries() const {
  std::vector<std::string> words;
  for (const std::string& flag : flags_)
    if (flag.starts_with("-l") || flag.starts_with("-L")) words.push_back(flag);
  if (is_cxx()) words.emplace_back("-lstdc++");
  return words;
}

Result<double> FlagBuilder::build_seconds(
    const std::vector<std::string>& words) {
  double seconds = 0;
  HONE_ASSIGN_OR_RETURN(const std::string object,
                        compile(words, "-c", seconds));
  return seconds;
}

}  // namespace hone::env
