// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace hone {

namespace {

// Landlock's first version knows these.
constexpr uint64_t kWrites =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

// Its third version also confines truncation by path; the headers of Debian 12
// do not name it yet. Before that, seccomp has to refuse the calls.
constexpr uint64_t kTruncate = uint64_t{1} << 14;
constexpr int kTruncateVersion = 3;

// Every writing process needs these; none of them reaches the user's files.
constexpr const char* kAlwaysWritable[] = {"/dev/null", "/dev/zero",
                                           "/dev/full", "/dev/tty"};

int landlock_create_ruleset(const landlock_ruleset_attr* attr, size_t size,
                            uint32_t flags) {
  return static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, attr, size, flags));
}

Status allow_below(int ruleset, const char* path, uint64_t rights) {
  const int fd = ::open(path, O_PATH | O_CLOEXEC);
  if (fd < 0)
    return Error(ErrorKind::NotFound, fmt::format("cannot open '{}': {}", path,
                                                  std::strerror(errno)));
  landlock_path_beneath_attr rule = {};
  rule.allowed_access = rights;
  rule.parent_fd = fd;
  const long failed = ::syscall(SYS_landlock_add_rule, ruleset,
                                LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  const int why = errno;
  ::close(fd);
  if (failed != 0)
    return Error(ErrorKind::Unsupported,
                 fmt::format("cannot confine writes to '{}': {}", path,
                             std::strerror(why)));
  return {};
}

#if defined(__x86_64__)
constexpr uint32_t kAuditArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kAuditArchitecture = AUDIT_ARCH_AARCH64;
#endif

using Filter = std::vector<sock_filter>;

void load(Filter& filter, size_t offset) {
  filter.push_back(
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset)));
}

void finish(Filter& filter, uint32_t verdict) {
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, verdict));
}

// Ends the filter with `verdict` where the call is `number`.
void on_call(Filter& filter, uint32_t number, uint32_t verdict) {
  load(filter, offsetof(seccomp_data, nr));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
  finish(filter, verdict);
}

// Refuses opening for reading with O_TRUNC, which empties a file that Landlock
// lets be read. `flags` is the index of the argument that holds the flags.
void on_reading_truncation(Filter& filter, uint32_t number, int flags) {
  constexpr uint32_t kRefused = SECCOMP_RET_ERRNO | EACCES;
  load(filter, offsetof(seccomp_data, nr));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 5));
  load(filter, offsetof(seccomp_data, args) +
                   static_cast<size_t>(flags) * sizeof(uint64_t));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_TRUNC, 0, 3));
  filter.push_back(
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR, 1, 0));
  finish(filter, kRefused);
  finish(filter, SECCOMP_RET_ALLOW);
}

// x86-64 kernels may know a second set of numbers for the same calls.
constexpr uint32_t kX32Calls = 0x40000000;

// No network: socket(domain, …) fails with EACCES unless the domain is
// AF_UNIX, and so do the other ways to it: io_uring, whose operations are no
// system calls, and x32. A program for another architecture, whose call numbers
// differ, is killed.
Filter make_filter(bool confines_truncation, bool may_leave_group) {
  constexpr uint32_t kRefused = SECCOMP_RET_ERRNO | EACCES;
  Filter filter;
  load(filter, offsetof(seccomp_data, arch));
  filter.push_back(
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kAuditArchitecture, 1, 0));
  finish(filter, SECCOMP_RET_KILL_PROCESS);
  load(filter, offsetof(seccomp_data, nr));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kX32Calls, 0, 1));
  finish(filter, kRefused);
  on_call(filter, SYS_io_uring_setup, kRefused);
  if (!may_leave_group)
    for (const uint32_t number : {SYS_setsid, SYS_setpgid})
      on_call(filter, number, SECCOMP_RET_ERRNO | EPERM);
  if (!confines_truncation) {
    on_call(filter, SYS_truncate, kRefused);
    // Its flags lie in memory, where a filter cannot look; callers fall back.
    on_call(filter, SYS_openat2, SECCOMP_RET_ERRNO | ENOSYS);
    on_reading_truncation(filter, SYS_openat, 2);
#ifdef SYS_open
    on_reading_truncation(filter, SYS_open, 1);
#endif
  }
  load(filter, offsetof(seccomp_data, nr));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0));
  finish(filter, SECCOMP_RET_ALLOW);
  load(filter, offsetof(seccomp_data, args));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 0, 1));
  finish(filter, SECCOMP_RET_ALLOW);
  finish(filter, kRefused);
  return filter;
}

int landlock_version() {
  static const int version =
      landlock_create_ruleset(nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version;
}

}  // namespace

bool sandbox_available() { return landlock_version() >= 1; }

Result<PreparedSandbox> prepare_sandbox(const Sandbox& sandbox) {
  PreparedSandbox prepared;
  const bool confines_truncation = landlock_version() >= kTruncateVersion;
  const uint64_t rights = kWrites | (confines_truncation ? kTruncate : 0);
  prepared.filter = make_filter(confines_truncation, sandbox.may_leave_group);
  // A kernel without Landlock still gets limits and no network.
  if (!sandbox_available()) return prepared;
  landlock_ruleset_attr attr = {};
  attr.handled_access_fs = rights;
  prepared.ruleset = landlock_create_ruleset(&attr, sizeof attr, 0);
  if (prepared.ruleset < 0)
    return Error(
        ErrorKind::Unsupported,
        fmt::format("cannot make a sandbox: {}", std::strerror(errno)));
  for (const std::filesystem::path& path : sandbox.writable) {
    if (Status status = allow_below(prepared.ruleset, path.c_str(), rights);
        !status.ok()) {
      release_sandbox(prepared);
      return std::move(status).error();
    }
  }
  for (const char* path : kAlwaysWritable)
    (void)allow_below(prepared.ruleset, path, LANDLOCK_ACCESS_FS_WRITE_FILE);
  return prepared;
}

void release_sandbox(PreparedSandbox& sandbox) {
  if (sandbox.ruleset >= 0) ::close(sandbox.ruleset);
  sandbox.ruleset = -1;
}

bool enter_sandbox(const PreparedSandbox& sandbox) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  if (sandbox.ruleset >= 0 &&
      ::syscall(SYS_landlock_restrict_self, sandbox.ruleset, 0) != 0)
    return false;
  const sock_fprog program = {
      static_cast<unsigned short>(sandbox.filter.size()),
      const_cast<sock_filter*>(sandbox.filter.data())};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace hone
