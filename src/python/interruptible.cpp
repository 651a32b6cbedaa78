// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "python/interruptible.h"

#include <nanobind/nanobind.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace nb = nanobind;

namespace hone::python {

namespace {

// How long Ctrl-C may go unnoticed.
constexpr std::chrono::milliseconds kPulse{50};

struct Progress {
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  std::stop_source stop;
};

bool wait_a_pulse(Progress& progress) {
  const nb::gil_scoped_release release;
  std::unique_lock lock(progress.mutex);
  return progress.changed.wait_for(lock, kPulse, [&] { return progress.done; });
}

}  // namespace

void run_interruptible(std::function<void(std::stop_token)> work) {
  const auto progress = std::make_shared<Progress>();
  std::thread([progress, work = std::move(work)] {
    work(progress->stop.get_token());
    const std::lock_guard lock(progress->mutex);
    progress->done = true;
    progress->changed.notify_all();
  }).detach();
  while (!wait_a_pulse(*progress)) {
    if (PyErr_CheckSignals() == 0) continue;
    const bool first = !progress->stop.stop_requested() &&
                       PyErr_ExceptionMatches(PyExc_KeyboardInterrupt);
    progress->stop.request_stop();
    if (!first) throw nb::python_error();
    PyErr_Clear();
  }
}

}  // namespace hone::python
