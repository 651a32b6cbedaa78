// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/address.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstring>

namespace hone::service {

namespace {

Error no_address(std::string_view text, std::string_view why) {
  return {ErrorKind::InvalidArgument,
          fmt::format("'{}' is no address: {}; expected unix:PATH, HOST:PORT "
                      "or [ADDRESS]:PORT",
                      text, why)};
}

}  // namespace

bool Address::is_local() const {
  return is_unix() || host == "localhost" || host == "::1" ||
         (host.starts_with("127.") &&
          host.find_first_not_of("0123456789.") == std::string::npos);
}

std::string Address::text() const {
  if (is_unix()) return "unix:" + path;
  const bool brackets = host.find(':') != std::string::npos;
  return brackets ? fmt::format("[{}]:{}", host, port)
                  : fmt::format("{}:{}", host, port);
}

Result<Address> parse_address(std::string_view text) {
  Address address;
  if (text.starts_with("unix:")) {
    address.path = text.substr(5);
    if (address.path.empty()) return no_address(text, "no path");
    if (address.path.size() >= sizeof(sockaddr_un::sun_path))
      return no_address(text,
                        fmt::format("a socket's path has at most {} bytes",
                                    sizeof(sockaddr_un::sun_path) - 1));
    return address;
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return no_address(text, "no port");
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return no_address(text, "an address with colons stands in brackets");
  if (host.empty()) return no_address(text, "no host");
  const auto [end, failure] =
      std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (failure != std::errc() || end != port.data() + port.size() ||
      address.port < 0 || address.port > 65535)
    return no_address(text, fmt::format("'{}' is no port", port));
  address.host = host;
  return address;
}

Status check_socket_is_free(const Address& address) {
  struct stat there = {};
  if (!address.is_unix() || ::lstat(address.path.c_str(), &there) != 0)
    return {};
  if (!S_ISSOCK(there.st_mode))
    return Error(ErrorKind::Conflict,
                 fmt::format("'{}' exists and is no socket; give another path",
                             address.path));
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, address.path.c_str(), address.path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool answers =
      fd >= 0 &&
      ::connect(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0;
  if (fd >= 0) ::close(fd);
  if (answers)
    return Error(ErrorKind::Conflict,
                 fmt::format("a server listens at '{}' already; stop it or "
                             "give another path",
                             address.path));
  return {};
}

}  // namespace hone::service
