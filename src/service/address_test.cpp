// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/address.h"

#include <gmock/gmock.h>

#include "program/test_tools.h"

namespace hone::service {

namespace {

using program::fails_with;
using program::must;

bool is_local(std::string_view text) {
  return must(parse_address(text)).is_local();
}

}  // namespace

TEST(Address, IsPrintedAsItIsRead) {
  for (const char* text : {"unix:/run/hone.sock", "localhost:0",
                           "127.0.0.1:50051", "[::1]:80", "[::]:8080"})
    EXPECT_EQ(must(parse_address(text)).text(), text);
}

TEST(Address, KnowsWhichOnesStayOnThisMachine) {
  EXPECT_TRUE(is_local("unix:s"));
  EXPECT_TRUE(is_local("localhost:1"));
  EXPECT_TRUE(is_local("127.8.8.8:1"));
  EXPECT_TRUE(is_local("[::1]:1"));
  EXPECT_FALSE(is_local("0.0.0.0:1"));
  EXPECT_FALSE(is_local("[::]:1"));
  EXPECT_FALSE(is_local("10.0.0.1:1"));
  EXPECT_FALSE(is_local("example.org:1"));
  // A name that begins like an address of this machine.
  EXPECT_FALSE(is_local("127.evil.example:1"));
}

TEST(Address, SaysWhatIsWrongWithIt) {
  for (const auto& [text, why] : {std::pair{"localhost", "no port"},
                                  {"unix:", "no path"},
                                  {"localhost:http", "'http' is no port"},
                                  {":50051", "no host"},
                                  {"localhost:65536", "'65536' is no port"},
                                  {"::1:80", "brackets"},
                                  {"localhost:-1", "'-1' is no port"},
                                  {"", "no port"}})
    EXPECT_TRUE(
        fails_with(parse_address(text), ErrorKind::InvalidArgument, why));
  EXPECT_TRUE(fails_with(parse_address("unix:" + std::string(200, 'x')),
                         ErrorKind::InvalidArgument, "at most 107 bytes"));
}

TEST(Address, AFileInTheSocketsPlaceIsLeftAlone) {
  const program::Scratch scratch;
  const std::string file = scratch.write("file", "mine").string();
  EXPECT_TRUE(fails_with(check_socket_is_free({.path = file}),
                         ErrorKind::Conflict, "is no socket"));
}

}  // namespace hone::service
