// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "store/store.h"

#include <cstdlib>
#include <vector>

#include "store/backend.h"

namespace hone::store {

std::filesystem::path Store::default_path() {
  const char* data = std::getenv("XDG_DATA_HOME");
  if (data != nullptr && *data != '\0')
    return std::filesystem::path(data) / "hone" / "hone.db";
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr ? home : ".") / ".local" /
         "share" / "hone" / "hone.db";
}

Hash128 step_key(const StepRow& row) {
  return hash_parts(std::vector<std::string>{row.parent.hex(), row.environment,
                                             row.benchmark, row.reward_space,
                                             row.compiler, row.action});
}

Store::Store(std::unique_ptr<Backend> backend) : backend_(std::move(backend)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const std::string& place) {
  const bool remote =
      place.starts_with("postgresql://") || place.starts_with("postgres://");
  HONE_ASSIGN_OR_RETURN(std::unique_ptr<Backend> backend,
                        remote ? open_postgresql(place) : open_sqlite(place));
  return Store(std::move(backend));
}

Result<std::optional<Row>> Store::find(const Hash128& key) {
  return backend_->find(key);
}

Status Store::insert(const Row& row) { return backend_->insert({&row, 1}); }

Status Store::insert(std::span<const Row> rows) {
  return backend_->insert(rows);
}

Status Store::insert_steps(std::span<const StepRow> rows) {
  return backend_->insert_steps(rows);
}

Result<Info> Store::info() { return backend_->info(); }

Status Store::for_each(const std::function<Status(const Row&)>& visit) {
  return backend_->for_each(visit);
}

Status Store::for_each_step(
    const std::function<Status(const StepRow&)>& visit) {
  return backend_->for_each_step(visit);
}

Result<int64_t> Store::collect_garbage(const std::string& compiler,
                                       int64_t metric_version) {
  return backend_->collect_garbage(compiler, metric_version);
}

}  // namespace hone::store
