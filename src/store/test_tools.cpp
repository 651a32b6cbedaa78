// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "store/test_tools.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "base/test_tools.h"

namespace hone::store {

Row row_of(int number, bool final) {
  Row row;
  row.key = hash_bytes(std::to_string(number));
  row.input = hash_bytes("input " + std::to_string(number % 3));
  row.recipe = R"({"stages": []})";
  row.mode = "{}";
  row.compiler = "clang 22";
  row.metric_version = 1;
  row.final = final;
  row.result = "result " + std::to_string(number);
  return row;
}

StepRow step_of(int number, int64_t depth) {
  StepRow row{.environment = "llvm",
              .benchmark = fmt::format("file:///p/{}.c", number),
              .reward_space = "loaded-bytes",
              .compiler = "clang 22",
              .depth = depth,
              .observation = "[1, 2]"};
  if (depth > 0) {
    row.parent = step_of(number, depth - 1).key;
    row.action = fmt::format("function(sroa) {}", depth);
    row.reward = 0.1 * static_cast<double>(depth);
    row.changed = depth % 2 == 1;
  }
  row.key = step_key(row);
  return row;
}

std::optional<Row> find(Store& store, int number) {
  Result<std::optional<Row>> row = store.find(row_of(number).key);
  HONE_CHECK(row.ok());
  return *std::move(row);
}

pid_t in_child(const std::function<bool()>& work) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(work() ? 0 : 1);
  return pid;
}

bool ended_well(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

namespace {

// tools/postgresql_server.py, which ends when its input does.
struct Server {
  Server() {
    const std::string program = source_folder() / "tools/postgresql_server.py";
    int to[2], from[2];
    HONE_CHECK(::pipe2(to, O_CLOEXEC) == 0 && ::pipe2(from, O_CLOEXEC) == 0);
    if (::fork() == 0) {
      ::dup2(to[0], 0);
      ::dup2(from[1], 1);
      ::execlp("python3", "python3", program.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(to[0]);
    ::close(from[1]);
    input = ::fdopen(to[1], "w");
    output = ::fdopen(from[0], "r");
    uri = line();
  }
  std::string ask(const std::string& words) {
    std::fputs((words + "\n").c_str(), input);
    std::fflush(input);
    return line();
  }
  std::string line() {
    char buffer[512];
    if (std::fgets(buffer, sizeof buffer, output) == nullptr) return "";
    std::string text = buffer;
    return text.substr(0, text.find('\n'));
  }

  std::FILE* input = nullptr;
  std::FILE* output = nullptr;
  std::string uri;
};

Server& server() {
  static Server one;
  return one;
}

}  // namespace

std::string server_uri() { return server().uri; }

std::string new_database() {
  static int count = 0;
  return server().ask(fmt::format("create test{}", ++count));
}

void crash_server() { HONE_CHECK(server().ask("crash") == server().uri); }

void StoreTest::SetUp() {
  if (!is_file() && server_uri().empty())
    GTEST_SKIP() << "no PostgreSQL server; tools/setup.sh installs one";
}

std::string StoreTest::place(const std::string& name) {
  if (is_file()) return file(name + ".db");
  std::string& uri = places_[name];
  if (uri.empty()) uri = new_database();
  return uri;
}

Store StoreTest::open(const std::string& name) {
  Result<Store> store = Store::open(place(name));
  HONE_CHECK(store.ok());
  return *std::move(store);
}

Store SqliteTest::open(std::string_view name) {
  Result<Store> store = Store::open(file(name));
  HONE_CHECK(store.ok());
  return *std::move(store);
}

INSTANTIATE_TEST_SUITE_P(BackEnd, StoreTest,
                         ::testing::Values("Sqlite", "Postgresql"),
                         [](const auto& info) { return info.param; });

}  // namespace hone::store
