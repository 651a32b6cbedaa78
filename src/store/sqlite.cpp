// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>
#include <sqlite3.h>

#include <cstring>
#include <mutex>

#include "store/backend.h"

namespace hone::store {

namespace {

// Kept in SQLite's own header fields, so that a stranger's file is recognised.
constexpr int kApplicationId = 0x484f4e45;  // "HONE"

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
CREATE TABLE IF NOT EXISTS step (
  key BLOB PRIMARY KEY,
  parent BLOB NOT NULL,
  environment TEXT NOT NULL,
  benchmark TEXT NOT NULL,
  reward_space TEXT NOT NULL,
  compiler TEXT NOT NULL,
  action TEXT NOT NULL,
  depth INTEGER NOT NULL,
  reward REAL NOT NULL,
  changed INTEGER NOT NULL,
  observation TEXT NOT NULL,
  created INTEGER NOT NULL DEFAULT (unixepoch())
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS step_parent ON step (parent);
)sql";

constexpr const char* kColumns =
    "key, input, recipe, mode, compiler, metric_version, final, result";
constexpr const char* kStepColumns =
    "key, parent, environment, benchmark, reward_space, compiler, action, "
    "depth, reward, changed, observation";

// A statement that is finalised on every path. Parameters are bound in order.
class Statement {
 public:
  Statement(sqlite3* database, const std::string& sql) {
    code_ = sqlite3_prepare_v2(database, sql.c_str(), -1, &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& text(const std::string& value) {
    if (statement_ != nullptr)
      sqlite3_bind_text(statement_, ++bound_, value.data(),
                        static_cast<int>(value.size()), SQLITE_TRANSIENT);
    return *this;
  }
  Statement& blob(const Hash128& value) {
    if (statement_ != nullptr)
      sqlite3_bind_blob(statement_, ++bound_, &value, sizeof value,
                        SQLITE_TRANSIENT);
    return *this;
  }
  Statement& integer(int64_t value) {
    if (statement_ != nullptr) sqlite3_bind_int64(statement_, ++bound_, value);
    return *this;
  }
  Statement& real(double value) {
    if (statement_ != nullptr) sqlite3_bind_double(statement_, ++bound_, value);
    return *this;
  }
  // SQLITE_ROW, SQLITE_DONE, or an error.
  int step() {
    if (code_ == SQLITE_OK || code_ == SQLITE_ROW)
      code_ = sqlite3_step(statement_);
    return code_;
  }
  // For the next row of values.
  void again() {
    if (statement_ != nullptr) code_ = sqlite3_reset(statement_);
    bound_ = 0;
  }
  std::string text_at(int column) const {
    const auto* bytes =
        static_cast<const char*>(sqlite3_column_blob(statement_, column));
    const int size = sqlite3_column_bytes(statement_, column);
    return bytes == nullptr ? ""
                            : std::string(bytes, static_cast<size_t>(size));
  }
  Hash128 hash_at(int column) const {
    Hash128 hash;
    const std::string bytes = text_at(column);
    if (bytes.size() == sizeof hash)
      std::memcpy(&hash, bytes.data(), sizeof hash);
    return hash;
  }
  int64_t integer_at(int column) const {
    return sqlite3_column_int64(statement_, column);
  }
  double real_at(int column) const {
    return sqlite3_column_double(statement_, column);
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int code_ = SQLITE_OK;
  int bound_ = 0;
};

Row read_row(const Statement& statement) {
  Row row;
  row.key = statement.hash_at(0);
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

StepRow read_step(const Statement& statement) {
  return {.key = statement.hash_at(0),
          .parent = statement.hash_at(1),
          .environment = statement.text_at(2),
          .benchmark = statement.text_at(3),
          .reward_space = statement.text_at(4),
          .compiler = statement.text_at(5),
          .action = statement.text_at(6),
          .depth = statement.integer_at(7),
          .reward = statement.real_at(8),
          .changed = statement.integer_at(9) != 0,
          .observation = statement.text_at(10)};
}

class SqliteBackend final : public Backend {
 public:
  ~SqliteBackend() override { sqlite3_close(database_); }
  Status open(const std::filesystem::path& path);

  Result<std::optional<Row>> find(const Hash128& key) override;
  Status insert(std::span<const Row> rows) override;
  Status insert_steps(std::span<const StepRow> rows) override;
  Result<Info> info() override;
  Status for_each(const std::function<Status(const Row&)>& visit) override;
  Status for_each_step(
      const std::function<Status(const StepRow&)>& visit) override;
  Result<int64_t> collect_garbage(const std::string& compiler,
                                  int64_t metric_version) override;

 private:
  Error error(std::string_view doing) const {
    return Error(ErrorKind::Io,
                 fmt::format("the store '{}': cannot {}: {}", path_.string(),
                             doing, sqlite3_errmsg(database_)));
  }
  Status execute(const char* sql, std::string_view doing) {
    if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
      return error(doing);
    return {};
  }
  Status set_journal();
  // `add` binds and steps a statement for each row; all or none are kept.
  Status together(size_t rows, const std::function<Status()>& add);
  int64_t number(const std::string& sql) {
    Statement statement(database_, sql);
    return statement.step() == SQLITE_ROW ? statement.integer_at(0) : 0;
  }

  std::filesystem::path path_;
  sqlite3* database_ = nullptr;
  std::mutex mutex_;
};

// WAL: a killed writer leaves committed rows intact and blocks nobody. SQLite
// does not wait by itself when two processes switch to it at once.
Status SqliteBackend::set_journal() {
  constexpr int kTries = 1000;
  for (int tries = 1;; ++tries) {
    Status status =
        execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
                "set its journal");
    if (status.ok() || tries == kTries ||
        sqlite3_errcode(database_) != SQLITE_BUSY)
      return status;
    sqlite3_sleep(10);
  }
}

Status SqliteBackend::open(const std::filesystem::path& path) {
  path_ = path;
  if (path != ":memory:" && path.has_parent_path()) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error)
      return Error(ErrorKind::Io,
                   fmt::format("cannot make the folder of the store '{}': {}; "
                               "name another with --store",
                               path.string(), error.message()));
  }
  if (sqlite3_open(path.c_str(), &database_) != SQLITE_OK)
    return error("open it");
  sqlite3_busy_timeout(database_, 10'000);
  // One view of the file: somebody else may be creating it.
  (void)execute("BEGIN", "read it");
  const int64_t id = number("PRAGMA application_id");
  const int64_t version = number("PRAGMA user_version");
  const int64_t tables = number("SELECT count(*) FROM sqlite_master");
  const int code = sqlite3_errcode(database_);
  Error unreadable = error("read it");
  (void)execute("COMMIT", "read it");
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
  HONE_RETURN_IF_ERROR(set_journal());
  if (version == kSchemaVersion) return {};
  const std::string set_up = fmt::format(
      "BEGIN IMMEDIATE; {} PRAGMA application_id={}; PRAGMA user_version={}; "
      "COMMIT",
      kSchema, kApplicationId, kSchemaVersion);
  return execute(set_up.c_str(), "create its tables");
}

Result<std::optional<Row>> SqliteBackend::find(const Hash128& key) {
  const std::lock_guard lock(mutex_);
  Statement statement(
      database_,
      fmt::format("SELECT {} FROM evaluation WHERE key = ?", kColumns));
  const int code = statement.blob(key).step();
  if (code == SQLITE_ROW) return std::optional(read_row(statement));
  if (code != SQLITE_DONE) return error("look a row up");
  return std::optional<Row>();
}

Status SqliteBackend::together(size_t rows,
                               const std::function<Status()>& add) {
  if (rows <= 1) return add();
  HONE_RETURN_IF_ERROR(execute("BEGIN IMMEDIATE", "add rows"));
  Status status = add();
  if (status.ok()) status = execute("COMMIT", "add rows");
  if (!status.ok()) (void)execute("ROLLBACK", "take rows back");
  return status;
}

Status SqliteBackend::insert(std::span<const Row> rows) {
  const std::lock_guard lock(mutex_);
  return together(rows.size(), [&]() -> Status {
    Statement statement(
        database_,
        fmt::format("INSERT INTO evaluation ({}) VALUES (?,?,?,?,?,?,?,?) "
                    "ON CONFLICT (key) DO UPDATE SET final = excluded.final, "
                    "result = excluded.result WHERE evaluation.final = 0",
                    kColumns));
    for (const Row& row : rows) {
      statement.blob(row.key)
          .text(row.input.hex())
          .text(row.recipe)
          .text(row.mode)
          .text(row.compiler)
          .integer(row.metric_version)
          .integer(row.final ? 1 : 0)
          .text(row.result);
      if (statement.step() != SQLITE_DONE) return error("add a row");
      statement.again();
    }
    return {};
  });
}

Status SqliteBackend::insert_steps(std::span<const StepRow> rows) {
  const std::lock_guard lock(mutex_);
  return together(rows.size(), [&]() -> Status {
    Statement statement(
        database_,
        fmt::format("INSERT INTO step ({}) VALUES (?,?,?,?,?,?,?,?,?,?,?) "
                    "ON CONFLICT (key) DO NOTHING",
                    kStepColumns));
    for (const StepRow& row : rows) {
      statement.blob(row.key)
          .blob(row.parent)
          .text(row.environment)
          .text(row.benchmark)
          .text(row.reward_space)
          .text(row.compiler)
          .text(row.action)
          .integer(row.depth)
          .real(row.reward)
          .integer(row.changed ? 1 : 0)
          .text(row.observation);
      if (statement.step() != SQLITE_DONE) return error("add a step");
      statement.again();
    }
    return {};
  });
}

Result<Info> SqliteBackend::info() {
  const std::lock_guard lock(mutex_);
  Info info{.place = path_.string()};
  info.rows = number("SELECT count(*) FROM evaluation");
  info.inputs = number("SELECT count(DISTINCT input) FROM evaluation");
  info.not_final = number("SELECT count(*) FROM evaluation WHERE final = 0");
  info.steps = number("SELECT count(*) FROM step WHERE depth > 0");
  info.episodes = number("SELECT count(*) FROM step WHERE depth = 0");
  info.file_bytes = number("PRAGMA page_count") * number("PRAGMA page_size");
  return info;
}

Status SqliteBackend::for_each(const std::function<Status(const Row&)>& visit) {
  const std::lock_guard lock(mutex_);
  Statement statement(
      database_,
      fmt::format("SELECT {} FROM evaluation ORDER BY key", kColumns));
  int code;
  while ((code = statement.step()) == SQLITE_ROW)
    HONE_RETURN_IF_ERROR(visit(read_row(statement)));
  if (code != SQLITE_DONE) return error("read its rows");
  return {};
}

Status SqliteBackend::for_each_step(
    const std::function<Status(const StepRow&)>& visit) {
  const std::lock_guard lock(mutex_);
  Statement statement(
      database_, fmt::format("SELECT {} FROM step ORDER BY key", kStepColumns));
  int code;
  while ((code = statement.step()) == SQLITE_ROW)
    HONE_RETURN_IF_ERROR(visit(read_step(statement)));
  if (code != SQLITE_DONE) return error("read its steps");
  return {};
}

Result<int64_t> SqliteBackend::collect_garbage(const std::string& compiler,
                                               int64_t metric_version) {
  const std::lock_guard lock(mutex_);
  Statement evaluations(database_,
                        "DELETE FROM evaluation WHERE compiler <> ? OR "
                        "metric_version <> ? OR final = 0");
  if (evaluations.text(compiler).integer(metric_version).step() != SQLITE_DONE)
    return error("remove rows");
  int64_t removed = sqlite3_changes(database_);
  Statement steps(database_, "DELETE FROM step WHERE compiler <> ?");
  if (steps.text(compiler).step() != SQLITE_DONE) return error("remove steps");
  removed += sqlite3_changes(database_);
  HONE_RETURN_IF_ERROR(
      execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)", "shrink"));
  return removed;
}

}  // namespace

Result<std::unique_ptr<Backend>> open_sqlite(
    const std::filesystem::path& path) {
  auto backend = std::make_unique<SqliteBackend>();
  HONE_RETURN_IF_ERROR(backend->open(path));
  return std::unique_ptr<Backend>(std::move(backend));
}

}  // namespace hone::store
