// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a server listens, as users write it: `unix:PATH`, `HOST:PORT`,
// `[ADDRESS]:PORT`. Port 0 lets the system choose.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hone::service {

struct Address {
  std::string path;  // of a Unix socket; empty otherwise
  std::string host;  // without brackets
  int port = 0;

  bool is_unix() const { return !path.empty(); }
  // Reachable from this machine only: a Unix socket, localhost, 127.0.0.0/8
  // or ::1. Names other than localhost are not looked up, and are not.
  bool is_local() const;
  std::string text() const;
};

// InvalidArgument says what was given and what an address looks like.
Result<Address> parse_address(std::string_view text);

// Conflict where a server listens at the socket already; a socket that nobody
// listens at is no obstacle. For Unix sockets; nothing to say of others.
Status check_socket_is_free(const Address& address);

}  // namespace hone::service
