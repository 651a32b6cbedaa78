// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The process that something was made in. One that fork() made of it has the
// same memory and descriptors, but neither its threads nor a right to the
// answers of its workers and servers: there every call is a Conflict, and what
// is behind it is not destroyed. A member of this type is the first to be
// asked, before any lock, which a thread of the parent may have held.
#pragma once

#include <unistd.h>

namespace hone {

class HomeProcess {
 public:
  bool is_here() const { return process_ == ::getpid(); }

 private:
  pid_t process_ = ::getpid();
};

}  // namespace hone
