// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Other programs, run with limits and, when they are not ours, in a sandbox.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"

namespace hone {

struct ProcessLimits {
  double cpu_seconds = std::numeric_limits<double>::infinity();
  double wall_seconds = std::numeric_limits<double>::infinity();
  // Address space; 0 is unlimited.
  uint64_t memory_bytes = 0;
  // Of stdout and of stderr, each; more ends the process.
  uint64_t output_bytes = uint64_t{64} << 20;
};

// What a sandboxed process may do: read everything, write below `writable`,
// and reach no network. Made of Landlock and seccomp, which need no special
// rights and work inside containers and chroots, where user namespaces do not.
struct Sandbox {
  std::vector<std::filesystem::path> writable;
  // By setsid() or setpgid(), which fail otherwise: run() ends the group, and
  // what has left it stays. For commands of the user's, whose tools need them.
  bool may_leave_group = false;
};

// Whether the running kernel can enforce a Sandbox.
bool sandbox_available();

struct Command {
  std::vector<std::string> argv;  // argv[0] is looked up in PATH
  std::filesystem::path directory = {};
  std::vector<std::string> environment = {};  // "NAME=value", added to ours
  std::string input = {};
  ProcessLimits limits = {};
  std::optional<Sandbox> sandbox = {};
  bool fixed_addresses = false;  // no address space randomisation
  std::stop_token stop = {};
};

enum class Ending {
  Exited,
  Signalled,
  CpuLimit,
  WallLimit,
  OutputLimit,
  Stopped
};

std::string_view ending_name(Ending ending);

struct ProcessResult {
  Ending ending = Ending::Exited;
  int exit_code = 0;  // where Exited
  int signal = 0;     // where it died of one
  std::string out;
  std::string err;
  double cpu_seconds = 0;
  double wall_seconds = 0;
  uint64_t peak_memory = 0;  // bytes, resident

  bool ok() const { return ending == Ending::Exited && exit_code == 0; }
  // "exit code 3", "signal 11 (Segmentation fault)", "cpu limit", …
  std::string describe() const;
};

// Runs to the end. An error is returned only where the program cannot be
// started; how it ended is part of the result. Its whole process group is
// killed when a limit is reached or a stop is requested.
Result<ProcessResult> run(const Command& command);

// run(), with any ending but exit code 0 turned into an error that carries
// the first lines of its stderr.
Result<ProcessResult> run_checked(const Command& command);

// A program that stays and is talked to through its stdin and stdout. What it
// says on stderr is kept from one frame to the next, and told when it dies.
class Child {
 public:
  static Result<Child> spawn(const Command& command);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();  // kills its process group

  // Frames: a 4-byte little-endian length, then that many bytes.
  Status send(std::string_view frame);
  // LimitReached when `seconds` pass, Crashed when the child is gone.
  Result<std::string> receive(double seconds, std::stop_token stop = {});
  // Whether an answer begins within that time, which is spent awake
  // (base/wakeful.h); receive() will not wait for it.
  bool is_answered(std::chrono::microseconds within) const;

  // Readable when an answer begins, or when the child is gone.
  int descriptor() const { return from_.get(); }

  pid_t pid() const { return pid_; }
  void kill();
  // After it is gone: how it ended, and what it complained of.
  std::string describe_end();

 private:
  Child(pid_t pid, Descriptor to, Descriptor from, Descriptor said)
      : pid_(pid),
        to_(std::move(to)),
        from_(std::move(from)),
        said_(std::move(said)) {}
  // ": " and what it said since the last frame was sent, or nothing.
  std::string complaint() const;
  pid_t pid_ = -1;
  Descriptor to_;
  Descriptor from_;
  Descriptor said_;        // shares its position with the child's stderr
  bool is_asked_ = false;  // a frame was sent
};

// The same frames on plain descriptors, for the child's side.
Status write_frame(int fd, std::string_view frame);
Result<std::string> read_frame(int fd);
// Until there is something to read, for a moment at most (base/wakeful.h).
void look_for_input(int fd);

}  // namespace hone
