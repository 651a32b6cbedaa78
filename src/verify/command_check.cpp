// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/command_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/text.h"

namespace hone::verify {

namespace {

namespace fs = std::filesystem;

Error copy_error(const fs::path& path, const std::error_code& code) {
  return Error(ErrorKind::Io, fmt::format("cannot copy '{}': {}", path.string(),
                                          code.message()));
}

// Folders first, then files and links; sockets and devices stay behind.
Status copy_project(const fs::path& from, const fs::path& to,
                    uint64_t most_bytes) {
  std::error_code code;
  if (!fs::is_directory(from, code))
    return Error(ErrorKind::NotFound,
                 fmt::format("the project '{}' is no folder", from.string()));
  uint64_t bytes = 0;
  fs::create_directories(to, code);
  auto walk = fs::recursive_directory_iterator(
      from, fs::directory_options::skip_permission_denied, code);
  for (; !code && walk != fs::recursive_directory_iterator();
       walk.increment(code)) {
    const fs::path target = to / walk->path().lexically_relative(from);
    const fs::file_status status = walk->symlink_status(code);
    if (code) return copy_error(walk->path(), code);
    if (fs::is_symlink(status)) {
      fs::copy_symlink(walk->path(), target, code);
    } else if (fs::is_directory(status)) {
      fs::create_directory(target, walk->path(), code);
    } else if (fs::is_regular_file(status)) {
      bytes += walk->file_size(code);
      if (bytes > most_bytes)
        return Error(
            ErrorKind::LimitReached,
            fmt::format("the project '{}' is larger than {} MiB, too large "
                        "to copy for each run of the test; give the folder "
                        "that the test needs, or raise the limit",
                        from.string(), most_bytes >> 20));
      fs::copy_file(walk->path(), target, code);
    }
    if (code) return copy_error(walk->path(), code);
  }
  if (code) return copy_error(from, code);
  return {};
}

Status place(const fs::path& from, const fs::path& to) {
  std::error_code code;
  fs::create_directories(to.parent_path(), code);
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, code);
  return code ? Status(copy_error(from, code)) : Status();
}

// The scratch folder has another name in each run; what a command prints of it
// must not look like a difference.
std::string without_path(std::string text, const fs::path& scratch) {
  const std::string path = scratch.string();
  constexpr std::string_view kShown = "$SCRATCH";
  for (size_t at = text.find(path); at != std::string::npos;
       at = text.find(path, at + kShown.size()))
    text.replace(at, path.size(), kShown);
  return text;
}

bool leaves_folder(const fs::path& path) {
  if (path.is_absolute()) return true;
  const fs::path normal = path.lexically_normal();
  return !normal.empty() && *normal.begin() == "..";
}

std::string first_difference(const std::string& stock,
                             const std::string& candidate) {
  const std::vector<std::string> left = split(stock, '\n');
  const std::vector<std::string> right = split(candidate, '\n');
  for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string a = i < left.size() ? left[i] : "(no such line)";
    const std::string b = i < right.size() ? right[i] : "(no such line)";
    if (a != b)
      return fmt::format("stdout differs in line {}: expected '{}', got '{}'",
                         i + 1, a.substr(0, 200), b.substr(0, 200));
  }
  return "stdout differs";
}

}  // namespace

Result<CommandOutcome> run_command_check(const CommandCheck& check,
                                         const Subject& subject) {
  if (leaves_folder(check.object_path))
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("the object path '{}' must lie in the project",
                             check.object_path.string()));
  HONE_ASSIGN_OR_RETURN(const TempDir scratch, TempDir::make("hone-test"));
  // Resolved, because the sandbox compares real paths.
  std::error_code code;
  const fs::path root = fs::canonical(scratch.path(), code);
  if (code) return copy_error(scratch.path(), code);
  const fs::path copy = root / "project";
  HONE_RETURN_IF_ERROR(copy_project(check.project, copy, check.copy_bytes));
  // The same names for stock and candidate, in case the command prints them.
  const fs::path object = root / "subject" / "object.o";
  HONE_RETURN_IF_ERROR(place(subject.object, object));
  if (!check.object_path.empty())
    HONE_RETURN_IF_ERROR(place(subject.object, copy / check.object_path));
  Command command{.argv = {"sh", "-c", check.command}};
  command.directory = copy;
  command.environment = {"HONE_OBJECT=" + object.string(),
                         "TMPDIR=" + (root / "tmp").string(),
                         "HOME=" + root.string(), "HONE_PROGRAM="};
  fs::create_directory(root / "tmp", code);
  if (!subject.program.empty()) {
    const fs::path program = root / "subject" / "program";
    HONE_RETURN_IF_ERROR(place(subject.program, program));
    command.environment.back() += program.string();
  }
  command.limits = check.limits;
  command.sandbox =
      Sandbox{.writable = {root}, .may_leave_group = check.may_leave_group};
  command.stop = check.stop;
  HONE_ASSIGN_OR_RETURN(ProcessResult ended, run(command));
  if (ended.ending == Ending::Stopped)
    return Error(ErrorKind::Interrupted, "interrupted");
  CommandOutcome outcome{.ending = ended.ending,
                         .exit_code = ended.exit_code,
                         .out = without_path(ended.out, root),
                         .err = std::move(ended.err),
                         .description = ended.describe()};
  outcome.cpu_seconds = ended.cpu_seconds;
  outcome.wall_seconds = ended.wall_seconds;
  return outcome;
}

std::optional<std::string> compare_outcomes(const CommandOutcome& stock,
                                            const CommandOutcome& candidate) {
  if (stock.description != candidate.description)
    return fmt::format("expected {}, got {}", stock.description,
                       candidate.description);
  if (stock.out != candidate.out)
    return first_difference(stock.out, candidate.out);
  return std::nullopt;
}

}  // namespace hone::verify
