// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/shared_flags.h"

#include <fmt/format.h>

#include <thread>

namespace hone::cli {

Flag jobs_flag(int64_t& jobs) {
  return {.name = "jobs",
          .letter = 'j',
          .value = "N",
          .sentence = "Compiles N candidates at a time.",
          .target = &jobs,
          .default_text = "one a processor",
          .least = 1};
}

int job_count(int64_t jobs) {
  if (jobs > 0) return static_cast<int>(std::min<int64_t>(jobs, 1024));
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

Flag store_flag(std::string& store) {
  return {.name = "store",
          .value = "FILE",
          .sentence =
              "Keeps and reuses measurements in that file or at "
              "postgresql://USER@HOST/DATABASE; none for nowhere.",
          .target = &store,
          .default_text = "hone/hone.db in $XDG_DATA_HOME",
          .completes = Completes::Files};
}

Result<std::optional<store::Store>> open_store(const std::string& store,
                                               const Console& console) {
  if (store == "none") return std::optional<store::Store>();
  Result<store::Store> opened = store::Store::open(
      store.empty() ? store::Store::default_path().string() : store);
  if (opened.ok()) return std::optional<store::Store>(*std::move(opened));
  if (!store.empty()) return std::move(opened).error();
  console.note(fmt::format("no store: {}", opened.error().message));
  return std::optional<store::Store>();
}

std::filesystem::path failures_folder() {
  return store::Store::default_path().parent_path() / "failures";
}

}  // namespace hone::cli
