// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/model/link.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <lld/Common/Driver.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/text.h"

LLD_HAS_DRIVER(elf)

namespace hone::codegen {

namespace {

// What lld writes goes through a pipe, which a thread empties. Given the name
// of a file, it would write that beside it first, with handlers of signals that
// remove it and stay installed; and a full disk would end the process.
class Output {
 public:
  static Result<std::unique_ptr<Output>> open(FileWriter& file) {
    std::unique_ptr<Output> output(new Output(file));
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) == 0) {
      output->from_ = ends[0];
      output->to_ = ends[1];
      output->over_ = ::eventfd(0, EFD_CLOEXEC);
    }
    if (output->over_ < 0 || ::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
      return Error(ErrorKind::Io,
                   fmt::format("cannot make a pipe: {}", std::strerror(errno)));
    output->reader_ = std::thread([it = output.get()] { it->drain(); });
    return output;
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() {
    for (const int end : {from_, to_, over_})
      if (end >= 0) ::close(end);
  }

  std::string path() const { return fmt::format("/proc/self/fd/{}", to_); }

  // After the linker is through. The end of the pipe would not do: a process
  // that another thread has forked meanwhile keeps it open.
  Status finish() {
    (void)::eventfd_write(over_, 1);
    reader_.join();
    return std::move(status_);
  }

 private:
  explicit Output(FileWriter& file) : file_(file) {}

  // All of it, even where the file takes no more: lld would wait for ever.
  void drain() {
    std::string part(size_t{1} << 16, '\0');
    for (bool is_over = false;;) {
      const ssize_t count = ::read(from_, part.data(), part.size());
      if (count > 0) {
        if (status_.ok())
          status_ = file_.append({part.data(), static_cast<size_t>(count)});
        continue;
      }
      if (is_over) return;
      pollfd ends[] = {{.fd = from_, .events = POLLIN},
                       {.fd = over_, .events = POLLIN}};
      (void)::poll(ends, std::size(ends), -1);
      is_over = (ends[1].revents & POLLIN) != 0;
    }
  }

  FileWriter& file_;
  int from_ = -1, to_ = -1, over_ = -1;
  Status status_;
  std::thread reader_;
};

}  // namespace

Status link_in_process(std::span<const std::string> arguments,
                       FileWriter& file) {
  // lld keeps its state in one place of the process.
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  HONE_ASSIGN_OR_RETURN(const std::unique_ptr<Output> output,
                        Output::open(file));
  const std::string path = output->path();
  // Threads cost more than they save where so little is linked, and an error
  // in one of them could not be returned.
  std::vector<const char*> argv = {"ld.lld", "--threads=1", "-o", path.c_str()};
  for (const std::string& argument : arguments)
    argv.push_back(argument.c_str());
  std::string said;
  llvm::raw_string_ostream stream(said);
  const lld::DriverDef driver = {lld::Gnu, &lld::elf::link};
  const lld::Result done = lld::lldMain(argv, stream, stream, driver);
  const Status written = output->finish();
  if (done.retCode != 0 || !done.canRunAgain)
    return Error(ErrorKind::ToolFailed,
                 fmt::format("ld.lld, in this process: {}", trim(said)));
  return written;
}

}  // namespace hone::codegen
