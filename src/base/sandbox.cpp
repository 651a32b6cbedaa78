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

// Landlock's first version knows these; later ones add rights that we do not
// need to name, because what is not handled is governed by file permissions.
constexpr uint64_t kWrites =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

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

// socket(domain, …) fails with EACCES unless the domain is AF_UNIX; a program
// for another architecture, whose call numbers differ, is killed.
const sock_filter kNoNetwork[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kAuditArchitecture, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
};

}  // namespace

bool sandbox_available() {
  static const bool available =
      landlock_create_ruleset(nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
  return available;
}

Result<PreparedSandbox> prepare_sandbox(const Sandbox& sandbox) {
  PreparedSandbox prepared;
  // A kernel without Landlock still gets limits and no network.
  if (!sandbox_available()) return prepared;
  landlock_ruleset_attr attr = {};
  attr.handled_access_fs = kWrites;
  prepared.ruleset = landlock_create_ruleset(&attr, sizeof attr, 0);
  if (prepared.ruleset < 0)
    return Error(
        ErrorKind::Unsupported,
        fmt::format("cannot make a sandbox: {}", std::strerror(errno)));
  for (const std::filesystem::path& path : sandbox.writable) {
    if (Status status = allow_below(prepared.ruleset, path.c_str(), kWrites);
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
  const sock_fprog program = {std::size(kNoNetwork),
                              const_cast<sock_filter*>(kNoNetwork)};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace hone
