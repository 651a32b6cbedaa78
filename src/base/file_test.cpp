// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <set>
#include <thread>

#include "base/unfinished_files.h"

namespace hone {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class FileTest : public ::testing::Test {
 protected:
  fs::path path(std::string_view name) const { return folder_->path() / name; }
  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_->path()))
      found.insert(entry.path().filename());
    return found;
  }
  Result<TempDir> folder_ = TempDir::make("hone-file-test");
};

template <typename Outcome>
void expect_error(const Outcome& outcome, ErrorKind kind,
                  std::string_view piece) {
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().kind, kind) << outcome.error().message;
  EXPECT_THAT(outcome.error().message, HasSubstr(piece));
}

TEST_F(FileTest, ContentComesBackWhole) {
  std::string content(300'000, 'x');
  content[100'000] = '\0';
  for (const std::string& each : {std::string(), std::string("a\n"), content}) {
    ASSERT_TRUE(write_file(path("f"), each).ok());
    EXPECT_TRUE(*read_file(path("f")) == each);
  }
  EXPECT_EQ(names(), std::set<std::string>{"f"});
}

TEST_F(FileTest, ErrorsNameTheFileAndTheReason) {
  expect_error(read_file(path("none")), ErrorKind::NotFound, "none");
  expect_error(read_file(folder_->path()), ErrorKind::InvalidArgument,
               "is a folder");
  expect_error(write_file(path("no/such/folder"), "x"), ErrorKind::NotFound,
               "no/such/folder");
  expect_error(write_file(folder_->path(), "x"), ErrorKind::Io,
               folder_->path().string());
  expect_error(hone::copy_file(path("none"), path("to")), ErrorKind::NotFound,
               "none");
  // Nothing is left behind by what failed.
  EXPECT_TRUE(names().empty());
}

TEST_F(FileTest, FilesOfTheKernelAreReadWhateverSizeTheyClaim) {
  EXPECT_THAT(*read_file("/proc/self/status"), HasSubstr("Name:"));
}

TEST_F(FileTest, PermissionsFollowTheMaskAndCopiesTheOriginal) {
  const mode_t before = ::umask(027);
  ASSERT_TRUE(write_file(path("f"), "x").ok());
  ::umask(before);
  EXPECT_EQ(static_cast<int>(fs::status(path("f")).permissions()), 0640);
  fs::permissions(path("f"), fs::perms(0750));
  ASSERT_TRUE(hone::copy_file(path("f"), path("g")).ok());
  EXPECT_EQ(static_cast<int>(fs::status(path("g")).permissions()), 0750);
}

// A reader sees one whole content or the other.
TEST_F(FileTest, HalfWrittenFilesAreNeverSeen) {
  const std::string one(200'000, '1');
  const std::string two(300'000, '2');
  ASSERT_TRUE(write_file(path("f"), one).ok());
  std::jthread writer([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      HONE_CHECK(write_file(path("f"), two).ok());
      HONE_CHECK(write_file(path("f"), one).ok());
    }
  });
  for (int i = 0; i < 200; ++i) {
    const Result<std::string> content = read_file(path("f"));
    ASSERT_TRUE(content.ok());
    ASSERT_TRUE(*content == one || *content == two);
  }
}

TEST_F(FileTest, PipesAndDevicesAreWrittenToAndNotReplaced) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const int reader = ::open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  ASSERT_TRUE(write_file(path("pipe"), "through").ok());
  char bytes[16] = {};
  EXPECT_EQ(::read(reader, bytes, sizeof bytes), 7);
  EXPECT_STREQ(bytes, "through");
  ::close(reader);
  EXPECT_TRUE(fs::is_fifo(path("pipe")));
}

TEST_F(FileTest, FileIsWrittenWhereALinkLeads) {
  ASSERT_TRUE(write_file(path("target"), "old").ok());
  fs::create_symlink("target", path("link"));
  ASSERT_TRUE(write_file(path("link"), "new").ok());
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(*read_file(path("target")), "new");
  EXPECT_EQ(names(), (std::set<std::string>{"link", "target"}));
}

TEST_F(FileTest, TemporaryFolderGoesWithEverythingInIt) {
  fs::path where;
  {
    Result<TempDir> folder = TempDir::make("hone-gone");
    ASSERT_TRUE(folder.ok());
    where = folder->path();
    EXPECT_EQ(static_cast<int>(fs::status(where).permissions()), 0700);
    fs::create_directories(where / "a/b");
    ASSERT_TRUE(write_file(where / "a/b/f", "x").ok());
    // Its end moves with it.
    const TempDir moved = *std::move(folder);
    EXPECT_TRUE(fs::exists(moved.path()));
  }
  EXPECT_FALSE(fs::exists(where));
}

TEST_F(FileTest, TemporaryFolderCanBeAssigned) {
  Result<TempDir> one = TempDir::make();
  Result<TempDir> two = TempDir::make();
  const fs::path first = one->path();
  const fs::path second = two->path();
  EXPECT_NE(first, second);
  {
    TempDir held = *std::move(one);
    held = *std::move(two);
    EXPECT_EQ(held.path(), second);
  }
  EXPECT_FALSE(fs::exists(second));
}

// Makes a folder with a file, says where, and waits to be killed.
[[noreturn]] void own_a_folder(int told) {
  const Result<TempDir> folder = TempDir::make();
  const std::string path = folder->path().string();
  const bool is_told = write_file(folder->path() / "f", "x").ok() &&
                       ::write(told, path.data(), path.size()) > 0;
  if (is_told) ::pause();
  ::_exit(1);
}

TEST_F(FileTest, FoldersOfKilledProcessesAreRemovedByTheNext) {
  const char* const before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TMPDIR", path("tmp").c_str(), 1);
  fs::create_directory(path("tmp"));
  int told[2];
  ASSERT_EQ(::pipe(told), 0);
  const pid_t owner = ::fork();
  if (owner == 0) own_a_folder(told[1]);
  std::string left(4096, '\0');
  left.resize(static_cast<size_t>(
      std::max<ssize_t>(::read(told[0], left.data(), left.size()), 0)));
  const fs::path base = fs::path(left).parent_path();
  // What nobody here has made.
  fs::create_directories(base / "mine");
  fs::create_directories(path("outside"));
  fs::create_directory_symlink(path("outside"), base / "hone.linked");
  const Result<TempDir> first = TempDir::make();
  EXPECT_TRUE(fs::exists(fs::path(left) / "f"));  // its owner lives
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  const Result<TempDir> second = TempDir::make();
  EXPECT_FALSE(fs::exists(left));
  for (const fs::path& other : {base / "mine", base / "hone.linked",
                                path("outside"), first->path(), second->path()})
    EXPECT_TRUE(fs::exists(other)) << other;
  // A folder that others may write to is none to make anything in.
  fs::permissions(base, fs::perms(0777));
  EXPECT_EQ(TempDir::make()->path().parent_path(), base.string() + ".1");
  ::close(told[0]);
  ::close(told[1]);
  if (before == nullptr)
    ::unsetenv("TMPDIR");
  else
    ::setenv("TMPDIR", kept.c_str(), 1);
}

TEST(UnfinishedFiles, NothingIsLeftOfAProcessThatEndsEarly) {
  const fs::path folder = fs::temp_directory_path() /
                          ("hone-unfinished-" + std::to_string(::getpid()));
  fs::create_directory(folder);
  const auto begin_and_end = [&] {
    const auto file = FileWriter::make(folder / "half");
    // As a linker does beside what it was told to write.
    const std::string linked = file->unfinished().string() + ".tmp12";
    const bool is_begun =
        write_file(linked, "x").ok() && write_file(folder / "whole", "x").ok();
    remove_unfinished();
    ::_exit(is_begun ? 7 : 1);
  };
  EXPECT_EXIT(begin_and_end(), testing::ExitedWithCode(7), "");
  std::set<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder))
    left.insert(entry.path().filename().string());
  EXPECT_EQ(left, std::set<std::string>{"whole"});
  fs::remove_all(folder);
}

}  // namespace
}  // namespace hone
