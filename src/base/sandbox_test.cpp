// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sandboxed programs, as subprocess.h promises them. Where the kernel has no
// Landlock the tests of files are skipped; those of the network are not.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/subprocess.h"

namespace hone {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class SandboxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(inside());
    fs::create_directory(outside());
    ASSERT_TRUE(write_file(outside() / "file", "content").ok());
  }
  fs::path inside() const { return folder_->path() / "inside"; }
  fs::path outside() const { return folder_->path() / "outside"; }

  ProcessResult run_python(const std::string& script) {
    return run_in({"python3", "-c", script});
  }
  ProcessResult run_shell(const std::string& script) {
    return run_in({"sh", "-c", script});
  }
  ProcessResult run_in(std::vector<std::string> argv) {
    Result<ProcessResult> result = run({.argv = std::move(argv),
                                        .directory = inside(),
                                        .sandbox = Sandbox{{inside()}}});
    if (!result.ok()) {
      ADD_FAILURE() << result.error().message;
      return {};
    }
    return *std::move(result);
  }
  bool content_is_whole() const {
    const Result<std::string> content = read_file(outside() / "file");
    return content.ok() && *content == "content";
  }

  Result<TempDir> folder_ = TempDir::make("hone-sandbox-test");
};

class FileSandboxTest : public SandboxTest {
 protected:
  void SetUp() override {
    if (!sandbox_available()) GTEST_SKIP() << "this kernel has no Landlock";
    SandboxTest::SetUp();
  }
};

TEST_F(FileSandboxTest, WritingInsideIsAllowed) {
  const ProcessResult result = run_shell(
      "mkdir a && echo x >a/f && mv a/f a/g && ln -s g a/l && rm a/l && "
      "cat a/g && rm -r a && echo y >/dev/null");
  EXPECT_TRUE(result.ok()) << result.err;
  EXPECT_EQ(result.out, "x\n");
}

TEST_F(FileSandboxTest, ReadingIsAllowed) {
  EXPECT_EQ(run_shell("cat ../outside/file").out, "content");
  EXPECT_TRUE(run_shell("ls /usr/bin >/dev/null").ok());
}

TEST_F(FileSandboxTest, WritingOutsideIsRefused) {
  for (const char* script :
       {"echo x >../outside/new", "echo x >>../outside/file",
        "rm ../outside/file", "mkdir ../outside/folder",
        "mv ../outside/file ../outside/moved", "mv ../outside/file .",
        "ln -s x ../outside/link", "ln ../outside/file ../outside/hard",
        "mkfifo ../outside/pipe", "rmdir ../outside",
        "cp /etc/passwd ../outside/file", "mv ../outside ../elsewhere"}) {
    const ProcessResult result = run_shell(script);
    EXPECT_FALSE(result.ok()) << script;
    EXPECT_TRUE(content_is_whole()) << script;
  }
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(outside())) {
    (void)entry;
    ++files;
  }
  EXPECT_EQ(files, 1u);
}

// By path there is no descriptor that was opened for writing.
TEST_F(FileSandboxTest, TruncatingOutsideIsRefused) {
  for (const char* call :
       {"os.truncate('../outside/file', 0)",
        "os.open('../outside/file', os.O_RDONLY | os.O_TRUNC)"}) {
    const ProcessResult result = run_python(fmt::format("import os; {}", call));
    EXPECT_FALSE(result.ok()) << call;
    EXPECT_TRUE(content_is_whole()) << call;
  }
  EXPECT_TRUE(run_python("import os; open('f', 'w').write('abc'); "
                         "os.truncate('f', 1)")
                  .ok());
}

TEST_F(FileSandboxTest, ChildrenAreConfinedToo) {
  EXPECT_FALSE(run_shell("sh -c 'sh -c \"rm ../outside/file\"'").ok());
  EXPECT_TRUE(content_is_whole());
}

TEST_F(FileSandboxTest, SeveralFoldersMayBeWritable) {
  const Result<ProcessResult> result =
      run({.argv = {"sh", "-c", "echo x >f && echo x >../outside/new"},
           .directory = inside(),
           .sandbox = Sandbox{{inside(), outside()}}});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->ok()) << result->err;
}

TEST_F(FileSandboxTest, FolderThatDoesNotExistIsReported) {
  const Result<ProcessResult> result =
      run({.argv = {"true"}, .sandbox = Sandbox{{folder_->path() / "none"}}});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::NotFound);
  EXPECT_THAT(result.error().message, HasSubstr("none"));
}

TEST_F(FileSandboxTest, WithoutWritableFoldersNothingIsWritable) {
  const Result<ProcessResult> result = run({.argv = {"sh", "-c", "echo x >f"},
                                            .directory = inside(),
                                            .sandbox = Sandbox{}});
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result->ok());
}

TEST_F(SandboxTest, NetworkIsRefused) {
  for (const char* family : {"AF_INET", "AF_INET6", "AF_NETLINK"}) {
    const ProcessResult result = run_python(fmt::format(
        "import socket; socket.socket(socket.{}, socket.SOCK_DGRAM)", family));
    EXPECT_FALSE(result.ok()) << family;
    EXPECT_THAT(result.err, HasSubstr("Permission denied")) << family;
  }
  EXPECT_TRUE(run_python("import socket; socket.socketpair()").ok());
}

// Other doors to the same calls: io_uring's operations are no system calls, and
// the x32 calls have numbers of their own.
TEST_F(SandboxTest, NoOtherDoorLeadsToTheNetwork) {
  const std::string syscall =
      "import ctypes, sys; c = ctypes.CDLL(None, use_errno=True); ";
  const ProcessResult ring =
      run_python(syscall +
                 "b = ctypes.create_string_buffer(256); "
                 "print(c.syscall(425, 4, b), ctypes.get_errno())");
  EXPECT_THAT(ring.out, HasSubstr("-1 13"));
  const ProcessResult x32 = run_python(
      syscall +
      "print(c.syscall(0x40000000 + 41, 2, 2, 0), ctypes.get_errno())");
  EXPECT_THAT(x32.out, ::testing::AnyOf(HasSubstr("-1 13"), HasSubstr("-1 38")))
      << x32.out;
}

// As daemons do; the group is what a run ends.
TEST_F(SandboxTest, LeavingTheGroupIsForCommandsOfTheUser) {
  const std::string script =
      "import os, sys\n"
      "if os.fork(): os.wait(); os._exit(0)\n"
      "try: os.setsid() if sys.argv[1] == 'sid' else os.setpgid(0, 0)\n"
      "except PermissionError: print('refused')\n";
  for (const char* call : {"sid", "pgid"}) {
    EXPECT_EQ(run_in({"python3", "-c", script, call}).out, "refused\n");
    const Result<ProcessResult> left = run(
        {.argv = {"python3", "-c", script, call},
         .sandbox = Sandbox{.writable = {inside()}, .may_leave_group = true}});
    ASSERT_TRUE(left.ok());
    EXPECT_EQ(left->out, "") << left->err;
  }
}

TEST_F(SandboxTest, OutsideTheSandboxNothingIsChanged) {
  const Result<ProcessResult> result =
      run({.argv = {"sh", "-c", "echo x >>../outside/file"},
           .directory = inside()});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->ok());
}

}  // namespace
}  // namespace hone
