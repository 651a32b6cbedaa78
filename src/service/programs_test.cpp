// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/programs.h"

#include <gmock/gmock.h>

#include "program/test_tools.h"

namespace hone::service {

namespace {

using program::fails_with;
using program::must;
using program::Scratch;
using ::testing::HasSubstr;
using ::testing::StartsWith;

}  // namespace

TEST(Programs, TheSameContentHasTheSameName) {
  Programs programs = must(Programs::make({}));
  const std::vector<std::string> flags = {"-DX=a b", "-O1"};
  const std::string uri = must(programs.upload("int x;", "c", flags));
  EXPECT_EQ(must(programs.upload("int x;", "c", flags)), uri);
  EXPECT_NE(must(programs.upload("int y;", "c", flags)), uri);
  EXPECT_THAT(uri, StartsWith("upload://"));
  EXPECT_THAT(must(programs.resolve(uri)), StartsWith("file:///"));
  EXPECT_THAT(must(programs.resolve(uri)), HasSubstr("?flag=-DX=a%20b&flag"));
}

TEST(Programs, TheLeastRecentlyUsedIsForgottenFirst) {
  Programs programs = must(Programs::make({.all_bytes = 20}));
  const std::string a = must(programs.upload("int a;   ", "c", {}));
  const std::string b = must(programs.upload("int b;   ", "c", {}));
  must(programs.resolve(a));
  const std::string c = must(programs.upload("int c;   ", "c", {}));
  EXPECT_TRUE(programs.resolve(a).ok());
  EXPECT_TRUE(programs.resolve(c).ok());
  EXPECT_TRUE(fails_with(programs.resolve(b), ErrorKind::NotFound,
                         "upload the program again"));
}

TEST(Programs, TooLargeAndUnknownKindsAreRefused) {
  Programs programs = must(Programs::make({.upload_bytes = 4}));
  EXPECT_TRUE(fails_with(programs.upload("12345", "c", {}),
                         ErrorKind::LimitReached, "5 bytes"));
  EXPECT_TRUE(fails_with(programs.upload("1", "o", {}),
                         ErrorKind::InvalidArgument, "expected bc, c, cc, i"));
}

TEST(Programs, FilesAreReadBelowNamedFoldersOnly) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch.path() / "open");
  std::filesystem::create_directory(scratch.path() / "opened");
  const std::string root = "file://" + scratch.path().string();
  scratch.write("open/a.c", "int a;");
  scratch.write("opened/b.c", "int b;");
  scratch.write("c.c", "int c;");
  std::filesystem::create_symlink(scratch.path() / "c.c",
                                  scratch.path() / "open/link.c");
  Programs programs =
      must(Programs::make({.folders = {scratch.path() / "open"}}));
  EXPECT_TRUE(programs.resolve(root + "/open/a.c").ok());
  for (const char* path : {"/c.c", "/open/../c.c", "/open/link.c",
                           "/opened/b.c", "/open/absent.c"})
    EXPECT_TRUE(fails_with(programs.resolve(root + path),
                           ErrorKind::InvalidArgument, "may read"))
        << path;
  EXPECT_TRUE(programs
                  .resolve(root + "/open/a.c?flag=-I" +
                           scratch.path().string() + "/open")
                  .ok());
  EXPECT_TRUE(fails_with(programs.resolve(root + "/open/a.c?flag=-I/etc"),
                         ErrorKind::InvalidArgument, "may read"));
}

TEST(Programs, OtherDataSetsAreTheEnvironmentsMatter) {
  Programs programs = must(Programs::make({}));
  EXPECT_EQ(must(programs.resolve("generator://csmith/3")),
            "generator://csmith/3");
  EXPECT_EQ(must(programs.resolve("")), "");
}

TEST(Programs, FlagsThatLoadCodeOrReadFilesAreRefused) {
  for (const char* flag :
       {"-DA=1", "-UA", "-O2", "-Oz", "-std=gnu99", "-Wall", "-w",
        "-march=x86-64-v3", "-fno-inline", "-mavx2", "-pthread"})
    EXPECT_TRUE(check_flags(std::vector<std::string>{flag}, {}).ok()) << flag;
  for (const char* flag : {"-fplugin=/tmp/evil.so",
                           "-fpass-plugin=/tmp/evil.so",
                           "-Xclang",
                           "-load",
                           "-mllvm",
                           "-B/tmp",
                           "@/etc/passwd",
                           "-include",
                           "/etc/passwd",
                           "-o",
                           "-Wl,--version",
                           "-Wp,-MD,x",
                           "-Wa,x",
                           "-fuse-ld=/tmp/evil",
                           "-specs=/tmp/evil",
                           "-fprofile-use=/etc/passwd",
                           "-I/etc",
                           "-x",
                           "",
                           "-fmodules",
                           "-march=/etc",
                           "--config=/tmp/x",
                           "-gcc-toolchain",
                           "-isystem",
                           "-ivfsoverlay",
                           "-fmodule-file=x",
                           "-save-temps"})
    EXPECT_TRUE(fails_with(check_flags(std::vector<std::string>{flag}, {}),
                           ErrorKind::InvalidArgument, ""))
        << flag;
}

}  // namespace hone::service
