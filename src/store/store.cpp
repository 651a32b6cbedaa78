// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "store/store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>
#include <cstring>
#include <mutex>

namespace hone::store {

namespace {

// Kept in SQLite's own header fields, so that a stranger's file is recognised.
constexpr int kApplicationId = 0x484f4e45;  // "HONE"
constexpr int kSchemaVersion = 1;

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS evaluation (
  key BLOB PRIMARY KEY,
  input TEXT NOT NULL,
  recipe TEXT NOT NULL,
  mode TEXT NOT NULL,
  compiler TEXT NOT NULL,
  metric_version INTEGER NOT NULL,
  final INTEGER NOT NULL,
  result TEXT NOT NULL,
  created INTEGER NOT NULL DEFAULT (unixepoch())
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS evaluation_input ON evaluation (input);
)sql";

constexpr const char* kColumns =
    "key, input, recipe, mode, compiler, metric_version, final, result";

// A statement that is finalised on every path.
class Statement {
 public:
  Statement(sqlite3* database, const std::string& sql) {
    code_ = sqlite3_prepare_v2(database, sql.c_str(), -1, &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& text(int index, const std::string& value) {
    if (statement_ != nullptr)
      sqlite3_bind_text(statement_, index, value.data(),
                        static_cast<int>(value.size()), SQLITE_TRANSIENT);
    return *this;
  }
  Statement& blob(int index, const Hash128& value) {
    if (statement_ != nullptr)
      sqlite3_bind_blob(statement_, index, &value, sizeof value,
                        SQLITE_TRANSIENT);
    return *this;
  }
  Statement& integer(int index, int64_t value) {
    if (statement_ != nullptr) sqlite3_bind_int64(statement_, index, value);
    return *this;
  }
  // SQLITE_ROW, SQLITE_DONE, or an error.
  int step() {
    if (code_ == SQLITE_OK || code_ == SQLITE_ROW)
      code_ = sqlite3_step(statement_);
    return code_;
  }
  std::string text_at(int column) const {
    const auto* bytes =
        static_cast<const char*>(sqlite3_column_blob(statement_, column));
    const int size = sqlite3_column_bytes(statement_, column);
    return bytes == nullptr ? ""
                            : std::string(bytes, static_cast<size_t>(size));
  }
  int64_t integer_at(int column) const {
    return sqlite3_column_int64(statement_, column);
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int code_ = SQLITE_OK;
};

Row read_row(const Statement& statement) {
  Row row;
  const std::string key = statement.text_at(0);
  if (key.size() == sizeof row.key)
    std::memcpy(&row.key, key.data(), sizeof row.key);
  if (Result<Hash128> input = parse_hash(statement.text_at(1)); input.ok())
    row.input = *input;
  row.recipe = statement.text_at(2);
  row.mode = statement.text_at(3);
  row.compiler = statement.text_at(4);
  row.metric_version = statement.integer_at(5);
  row.final = statement.integer_at(6) != 0;
  row.result = statement.text_at(7);
  return row;
}

}  // namespace

struct Store::State {
  ~State() { sqlite3_close(database); }

  Error error(std::string_view doing) const {
    return Error(ErrorKind::Io,
                 fmt::format("the store '{}': cannot {}: {}", path.string(),
                             doing, sqlite3_errmsg(database)));
  }
  Status execute(const char* sql, std::string_view doing) {
    if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
      return error(doing);
    return {};
  }
  // WAL: a killed writer leaves committed rows intact and blocks nobody. SQLite
  // does not wait by itself when two processes switch to it at once.
  Status set_journal() {
    constexpr int kTries = 1000;
    for (int tries = 1;; ++tries) {
      Status status =
          execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
                  "set its journal");
      if (status.ok() || tries == kTries ||
          sqlite3_errcode(database) != SQLITE_BUSY)
        return status;
      sqlite3_sleep(10);
    }
  }
  int64_t number(const std::string& sql) {
    Statement statement(database, sql);
    return statement.step() == SQLITE_ROW ? statement.integer_at(0) : 0;
  }

  std::filesystem::path path;
  sqlite3* database = nullptr;
  std::mutex mutex;
};

std::filesystem::path Store::default_path() {
  const char* data = std::getenv("XDG_DATA_HOME");
  if (data != nullptr && *data != '\0')
    return std::filesystem::path(data) / "hone" / "hone.db";
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr ? home : ".") / ".local" /
         "share" / "hone" / "hone.db";
}

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const std::filesystem::path& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  if (path != ":memory:" && path.has_parent_path()) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error)
      return Error(ErrorKind::Io,
                   fmt::format("cannot make the folder of the store '{}': {}; "
                               "name another with --store",
                               path.string(), error.message()));
  }
  if (sqlite3_open(path.c_str(), &state->database) != SQLITE_OK)
    return state->error("open it");
  sqlite3_busy_timeout(state->database, 10'000);
  // One view of the file: somebody else may be creating it.
  (void)state->execute("BEGIN", "read it");
  const int64_t id = state->number("PRAGMA application_id");
  const int64_t version = state->number("PRAGMA user_version");
  const int64_t tables = state->number("SELECT count(*) FROM sqlite_master");
  const int code = sqlite3_errcode(state->database);
  Error unreadable = state->error("read it");
  (void)state->execute("COMMIT", "read it");
  if (code == SQLITE_NOTADB || (id != kApplicationId && tables > 0))
    return Error(ErrorKind::Malformed,
                 fmt::format("'{}' is no store of Hone's; name another file "
                             "with --store",
                             path.string()));
  if (version > kSchemaVersion)
    return Error(ErrorKind::Unsupported,
                 fmt::format("the store '{}' was written by a newer Hone",
                             path.string()));
  if (code != SQLITE_OK) return unreadable;
  HONE_RETURN_IF_ERROR(state->set_journal());
  if (version < kSchemaVersion) {
    const std::string set_up = fmt::format(
        "BEGIN IMMEDIATE; {} PRAGMA application_id={}; PRAGMA user_version={}; "
        "COMMIT",
        kSchema, kApplicationId, kSchemaVersion);
    HONE_RETURN_IF_ERROR(state->execute(set_up.c_str(), "create its tables"));
  }
  return Store(std::move(state));
}

Result<std::optional<Row>> Store::find(const Hash128& key) {
  const std::lock_guard lock(state_->mutex);
  Statement statement(
      state_->database,
      fmt::format("SELECT {} FROM evaluation WHERE key = ?", kColumns));
  const int code = statement.blob(1, key).step();
  if (code == SQLITE_ROW) return std::optional(read_row(statement));
  if (code != SQLITE_DONE) return state_->error("look a row up");
  return std::optional<Row>();
}

Status Store::insert(const Row& row) {
  const std::lock_guard lock(state_->mutex);
  Statement statement(
      state_->database,
      fmt::format("INSERT INTO evaluation ({}) VALUES (?,?,?,?,?,?,?,?) "
                  "ON CONFLICT (key) DO UPDATE SET final = excluded.final, "
                  "result = excluded.result WHERE evaluation.final = 0",
                  kColumns));
  statement.blob(1, row.key)
      .text(2, row.input.hex())
      .text(3, row.recipe)
      .text(4, row.mode)
      .text(5, row.compiler)
      .integer(6, row.metric_version)
      .integer(7, row.final ? 1 : 0)
      .text(8, row.result);
  if (statement.step() != SQLITE_DONE) return state_->error("add a row");
  return {};
}

Result<Info> Store::info() {
  const std::lock_guard lock(state_->mutex);
  Info info{.path = state_->path};
  info.rows = state_->number("SELECT count(*) FROM evaluation");
  info.inputs = state_->number("SELECT count(DISTINCT input) FROM evaluation");
  info.not_final =
      state_->number("SELECT count(*) FROM evaluation WHERE final = 0");
  info.file_bytes =
      state_->number("PRAGMA page_count") * state_->number("PRAGMA page_size");
  return info;
}

Status Store::for_each(const std::function<Status(const Row&)>& visit) {
  const std::lock_guard lock(state_->mutex);
  Statement statement(
      state_->database,
      fmt::format("SELECT {} FROM evaluation ORDER BY key", kColumns));
  int code;
  while ((code = statement.step()) == SQLITE_ROW)
    HONE_RETURN_IF_ERROR(visit(read_row(statement)));
  if (code != SQLITE_DONE) return state_->error("read its rows");
  return {};
}

Result<int64_t> Store::collect_garbage(const std::string& compiler,
                                       int64_t metric_version) {
  const std::lock_guard lock(state_->mutex);
  Statement statement(state_->database,
                      "DELETE FROM evaluation WHERE compiler <> ? OR "
                      "metric_version <> ? OR final = 0");
  if (statement.text(1, compiler).integer(2, metric_version).step() !=
      SQLITE_DONE)
    return state_->error("remove rows");
  const int64_t removed = sqlite3_changes(state_->database);
  HONE_RETURN_IF_ERROR(
      state_->execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)", "shrink"));
  return removed;
}

}  // namespace hone::store
