// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The store in a PostgreSQL database, in a schema of its own (`hone`). Texts
// that SQLite takes as any bytes are bytea here: PostgreSQL's text refuses
// some.
#include <endian.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "store/backend.h"
#include "store/libpq.h"

namespace hone::store {

namespace {

constexpr const char* kSchema = R"sql(
CREATE SCHEMA IF NOT EXISTS hone;
CREATE TABLE IF NOT EXISTS hone.about (version bigint NOT NULL);
CREATE TABLE IF NOT EXISTS hone.evaluation (
  key bytea PRIMARY KEY,
  input text NOT NULL,
  recipe bytea NOT NULL,
  mode bytea NOT NULL,
  compiler text NOT NULL,
  metric_version bigint NOT NULL,
  final boolean NOT NULL,
  result bytea NOT NULL,
  created timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS evaluation_input ON hone.evaluation (input);
CREATE TABLE IF NOT EXISTS hone.step (
  key bytea PRIMARY KEY,
  parent bytea NOT NULL,
  environment text NOT NULL,
  benchmark text NOT NULL,
  reward_space text NOT NULL,
  compiler text NOT NULL,
  action text NOT NULL,
  depth bigint NOT NULL,
  reward double precision NOT NULL,
  changed boolean NOT NULL,
  observation bytea NOT NULL,
  created timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS step_parent ON hone.step (parent);
)sql";

// "HONE": held while the tables are made, because IF NOT EXISTS alone does not
// keep two of them from making one.
constexpr int kLock = 0x484f4e45;
// A server that restarts is waited for as long as SQLite waits for a writer.
constexpr std::chrono::seconds kPatience{10};

constexpr const char* kColumns =
    "key, input, recipe, mode, compiler, metric_version, final, result";
constexpr const char* kStepColumns =
    "key, parent, environment, benchmark, reward_space, compiler, action, "
    "depth, reward, changed, observation";

// What came back of one statement, in PostgreSQL's binary format.
class Answer {
 public:
  explicit Answer(PGresult* result) : result_(result) {}
  ~Answer() { pq().PQclear(result_); }
  Answer(Answer&& other) noexcept
      : result_(std::exchange(other.result_, nullptr)) {}
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  bool ok() const {
    const ExecStatusType status = pq().PQresultStatus(result_);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  }
  std::string_view state() const {
    const char* state = pq().PQresultErrorField(result_, PG_DIAG_SQLSTATE);
    return state == nullptr ? "" : state;
  }
  int rows() const { return pq().PQntuples(result_); }
  int64_t affected() const { return std::atoll(pq().PQcmdTuples(result_)); }

  std::string text(int row, int column) const {
    return {pq().PQgetvalue(result_, row, column),
            static_cast<size_t>(pq().PQgetlength(result_, row, column))};
  }
  Hash128 hash(int row, int column) const {
    Hash128 hash;
    if (pq().PQgetlength(result_, row, column) == sizeof hash)
      std::memcpy(&hash, pq().PQgetvalue(result_, row, column), sizeof hash);
    return hash;
  }
  int64_t integer(int row, int column) const {
    uint64_t bytes = 0;
    if (pq().PQgetlength(result_, row, column) == sizeof bytes)
      std::memcpy(&bytes, pq().PQgetvalue(result_, row, column), sizeof bytes);
    return static_cast<int64_t>(be64toh(bytes));
  }
  double real(int row, int column) const {
    return std::bit_cast<double>(integer(row, column));
  }
  bool boolean(int row, int column) const {
    return *pq().PQgetvalue(result_, row, column) != 0;
  }

 private:
  PGresult* result_;
};

// Parameters of one statement, in order.
class Values {
 public:
  Values& bytes(std::string value) { return add(std::move(value), 1); }
  Values& hash(const Hash128& value) {
    return bytes({reinterpret_cast<const char*>(&value), sizeof value});
  }
  Values& text(std::string value) { return add(std::move(value), 0); }
  Values& integer(int64_t value) { return add(std::to_string(value), 0); }
  Values& boolean(bool value) { return add(value ? "t" : "f", 0); }
  Values& real(double value) {
    const uint64_t bits = htobe64(std::bit_cast<uint64_t>(value));
    return bytes({reinterpret_cast<const char*>(&bits), sizeof bits});
  }

  Answer execute(PGconn* connection, const std::string& sql) const {
    std::vector<const char*> values;
    std::vector<int> lengths;
    for (const std::string& value : values_) {
      values.push_back(value.data());
      lengths.push_back(static_cast<int>(value.size()));
    }
    return Answer(pq().PQexecParams(
        connection, sql.c_str(), static_cast<int>(values.size()), nullptr,
        values.data(), lengths.data(), formats_.data(), /*resultFormat=*/1));
  }

 private:
  Values& add(std::string value, int format) {
    values_.push_back(std::move(value));
    formats_.push_back(format);
    return *this;
  }
  std::vector<std::string> values_;
  std::vector<int> formats_;  // 0 text, 1 binary
};

Row read_row(const Answer& answer, int i) {
  Row row;
  row.key = answer.hash(i, 0);
  if (Result<Hash128> input = parse_hash(answer.text(i, 1)); input.ok())
    row.input = *input;
  row.recipe = answer.text(i, 2);
  row.mode = answer.text(i, 3);
  row.compiler = answer.text(i, 4);
  row.metric_version = answer.integer(i, 5);
  row.final = answer.boolean(i, 6);
  row.result = answer.text(i, 7);
  return row;
}

StepRow read_step(const Answer& answer, int i) {
  return {.key = answer.hash(i, 0),
          .parent = answer.hash(i, 1),
          .environment = answer.text(i, 2),
          .benchmark = answer.text(i, 3),
          .reward_space = answer.text(i, 4),
          .compiler = answer.text(i, 5),
          .action = answer.text(i, 6),
          .depth = answer.integer(i, 7),
          .reward = answer.real(i, 8),
          .changed = answer.boolean(i, 9),
          .observation = answer.text(i, 10)};
}

// In the order of their keys: transactions that add the same rows wait for each
// other in one order, and never in a circle.
template <typename AnyRow>
std::vector<const AnyRow*> sorted(std::span<const AnyRow> rows) {
  std::vector<const AnyRow*> order;
  for (const AnyRow& row : rows) order.push_back(&row);
  std::ranges::sort(order, {}, &AnyRow::key);
  return order;
}

// The URI for people: a password becomes ***.
std::string without_password(std::string uri) {
  const size_t begin = uri.find("://") + 3;
  const size_t at = uri.find('@', begin);
  const size_t colon = uri.find(':', begin);
  if (at < uri.find('/', begin) && colon < at)
    uri.replace(colon + 1, at - colon - 1, "***");
  if (const size_t word = uri.find("password="); word != std::string::npos) {
    const size_t value = word + std::string_view("password=").size();
    uri.replace(value, std::min(uri.find('&', value), uri.size()) - value,
                "***");
  }
  return uri;
}

class PostgresqlBackend final : public Backend {
 public:
  explicit PostgresqlBackend(const std::string& uri)
      : place_(without_password(uri)) {}
  ~PostgresqlBackend() override { pq().PQfinish(connection_); }
  Status open(const std::string& uri);

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
    // The first line; what follows are hints at the SQL.
    const std::string said(trim(pq().PQerrorMessage(connection_)));
    return Error(ErrorKind::Io,
                 fmt::format("the store '{}': cannot {}: {}", place_, doing,
                             said.substr(0, said.find('\n'))));
  }
  // Runs statements that may be run twice. Where the connection is lost on the
  // way it is made again, as long as patience lasts; where two transactions
  // stand in each other's way, one is repeated.
  template <typename Work>
  Status persist(std::string_view doing, Work work);
  // The same, where all statements of `work` count or none.
  template <typename Work>
  Status in_transaction(std::string_view doing, Work work);
  // False leaves the reason in the connection.
  bool execute(const std::string& sql) { return run(sql, {}).ok(); }
  Answer run(const std::string& sql, const Values& values) {
    Answer answer = values.execute(connection_, sql);
    state_ = answer.state();
    return answer;
  }
  Status walk(const std::string& select, std::string_view doing,
              const std::function<Status(const Answer&, int)>& visit);
  Status set_up();

  std::string place_;
  PGconn* connection_ = nullptr;
  std::string state_;  // SQLSTATE of the last statement, empty for success
  std::mutex mutex_;
};

template <typename Work>
Status PostgresqlBackend::persist(std::string_view doing, Work work) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!work()) {
    const bool lost = pq().PQstatus(connection_) == CONNECTION_BAD;
    // Class 40: serialisation failures and deadlocks.
    const bool repeat = lost || state_.starts_with("40");
    Error failure = error(doing);
    if (!repeat || std::chrono::steady_clock::now() > end) return failure;
    std::this_thread::sleep_for(std::chrono::milliseconds(lost ? 100 : 1));
    if (lost) pq().PQreset(connection_);
  }
  return {};
}

template <typename Work>
Status PostgresqlBackend::in_transaction(std::string_view doing, Work work) {
  return persist(doing, [&] {
    if (!execute("BEGIN")) return false;
    if (work() && execute("COMMIT")) return true;
    // The reason of the failure is what is asked for, not that of the rollback.
    const std::string state = state_;
    if (pq().PQstatus(connection_) == CONNECTION_OK)
      pq().PQclear(pq().PQexec(connection_, "ROLLBACK"));
    state_ = state;
    return false;
  });
}

Status PostgresqlBackend::open(const std::string& uri) {
  // What the URI says comes later and counts.
  const char* const names[] = {"connect_timeout", "fallback_application_name",
                               "dbname", nullptr};
  const char* const values[] = {"10", "hone", uri.c_str(), nullptr};
  connection_ = pq().PQconnectdbParams(names, values, /*expand_dbname=*/1);
  if (pq().PQstatus(connection_) != CONNECTION_OK) {
    Error failure = error("open it");
    failure.message +=
        "; expected postgresql://USER@HOST/DATABASE of a server "
        "that runs";
    return failure;
  }
  pq().PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
  return set_up();
}

Status PostgresqlBackend::set_up() {
  int64_t version = 0;
  const auto read_version = [&] {
    const Answer known =
        run("SELECT to_regclass('hone.about') IS NOT NULL", {});
    if (!known.ok()) return false;
    if (!known.boolean(0, 0)) return true;
    const Answer answer = run("SELECT max(version) FROM hone.about", {});
    if (answer.ok()) version = answer.integer(0, 0);
    return answer.ok();
  };
  HONE_RETURN_IF_ERROR(persist("read it", read_version));
  if (version > kSchemaVersion)
    return Error(
        ErrorKind::Unsupported,
        fmt::format("the store '{}' was written by a newer Hone", place_));
  if (version == kSchemaVersion) return {};
  // Several statements in one call are one transaction.
  const std::string sql = fmt::format(
      "SELECT pg_advisory_xact_lock({}); {} DELETE FROM hone.about; "
      "INSERT INTO hone.about VALUES ({})",
      kLock, kSchema, kSchemaVersion);
  return persist("create its tables", [&] {
    const Answer answer(pq().PQexec(connection_, sql.c_str()));
    state_ = answer.state();
    return answer.ok();
  });
}

Result<std::optional<Row>> PostgresqlBackend::find(const Hash128& key) {
  const std::lock_guard lock(mutex_);
  const std::string sql =
      fmt::format("SELECT {} FROM hone.evaluation WHERE key = $1", kColumns);
  std::optional<Row> row;
  HONE_RETURN_IF_ERROR(persist("look a row up", [&] {
    const Answer answer = run(sql, Values().hash(key));
    if (answer.ok() && answer.rows() == 1) row = read_row(answer, 0);
    return answer.ok();
  }));
  return row;
}

Status PostgresqlBackend::insert(std::span<const Row> rows) {
  const std::lock_guard lock(mutex_);
  const std::string sql = fmt::format(
      "INSERT INTO hone.evaluation AS old ({}) VALUES "
      "($1,$2,$3,$4,$5,$6,$7,$8) ON CONFLICT (key) DO UPDATE SET "
      "final = excluded.final, result = excluded.result WHERE NOT old.final",
      kColumns);
  const auto order = sorted(rows);
  const auto add = [&] {
    for (const Row* row : order) {
      const Values values = Values()
                                .hash(row->key)
                                .text(row->input.hex())
                                .bytes(row->recipe)
                                .bytes(row->mode)
                                .text(row->compiler)
                                .integer(row->metric_version)
                                .boolean(row->final)
                                .bytes(row->result);
      if (!run(sql, values).ok()) return false;
    }
    return true;
  };
  // One statement is a transaction by itself.
  return rows.size() == 1 ? persist("add a row", add)
                          : in_transaction("add rows", add);
}

Status PostgresqlBackend::insert_steps(std::span<const StepRow> rows) {
  const std::lock_guard lock(mutex_);
  const std::string sql = fmt::format(
      "INSERT INTO hone.step ({}) VALUES "
      "($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) ON CONFLICT (key) DO NOTHING",
      kStepColumns);
  const auto order = sorted(rows);
  const auto add = [&] {
    for (const StepRow* row : order) {
      const Values values = Values()
                                .hash(row->key)
                                .hash(row->parent)
                                .text(row->environment)
                                .text(row->benchmark)
                                .text(row->reward_space)
                                .text(row->compiler)
                                .text(row->action)
                                .integer(row->depth)
                                .real(row->reward)
                                .boolean(row->changed)
                                .bytes(row->observation);
      if (!run(sql, values).ok()) return false;
    }
    return true;
  };
  // One statement is a transaction by itself.
  return rows.size() == 1 ? persist("add a row", add)
                          : in_transaction("add rows", add);
}

Result<Info> PostgresqlBackend::info() {
  const std::lock_guard lock(mutex_);
  Info info{.place = place_};
  HONE_RETURN_IF_ERROR(persist("count its rows", [&] {
    const Answer answer =
        run("SELECT count(*), count(DISTINCT input), "
            "count(*) FILTER (WHERE NOT final), "
            "(SELECT count(*) FROM hone.step WHERE depth > 0), "
            "(SELECT count(*) FROM hone.step WHERE depth = 0), "
            "pg_total_relation_size('hone.evaluation') + "
            "pg_total_relation_size('hone.step') FROM hone.evaluation",
            {});
    if (!answer.ok()) return false;
    info.rows = answer.integer(0, 0);
    info.inputs = answer.integer(0, 1);
    info.not_final = answer.integer(0, 2);
    info.steps = answer.integer(0, 3);
    info.episodes = answer.integer(0, 4);
    info.file_bytes = answer.integer(0, 5);
    return true;
  }));
  return info;
}

// By a cursor: a store may be larger than memory. A walk that has begun is not
// repeated, since its rows were visited.
Status PostgresqlBackend::walk(
    const std::string& select, std::string_view doing,
    const std::function<Status(const Answer&, int)>& visit) {
  HONE_RETURN_IF_ERROR(persist(doing, [&] {
    return execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }));
  Status status;
  if (!execute("DECLARE rows NO SCROLL CURSOR FOR " + select))
    status = error(doing);
  while (status.ok()) {
    const Answer answer = run("FETCH 500 FROM rows", {});
    if (!answer.ok()) status = error(doing);
    if (!answer.ok() || answer.rows() == 0) break;
    for (int i = 0; i < answer.rows() && status.ok(); ++i)
      status = visit(answer, i);
  }
  pq().PQclear(pq().PQexec(connection_, "ROLLBACK"));
  return status;
}

Status PostgresqlBackend::for_each(
    const std::function<Status(const Row&)>& visit) {
  const std::lock_guard lock(mutex_);
  return walk(
      fmt::format("SELECT {} FROM hone.evaluation ORDER BY key", kColumns),
      "read its rows",
      [&](const Answer& answer, int i) { return visit(read_row(answer, i)); });
}

Status PostgresqlBackend::for_each_step(
    const std::function<Status(const StepRow&)>& visit) {
  const std::lock_guard lock(mutex_);
  return walk(
      fmt::format("SELECT {} FROM hone.step ORDER BY key", kStepColumns),
      "read its steps",
      [&](const Answer& answer, int i) { return visit(read_step(answer, i)); });
}

Result<int64_t> PostgresqlBackend::collect_garbage(const std::string& compiler,
                                                   int64_t metric_version) {
  const std::lock_guard lock(mutex_);
  int64_t removed = 0;
  HONE_RETURN_IF_ERROR(in_transaction("remove rows", [&] {
    const Answer evaluations =
        run("DELETE FROM hone.evaluation WHERE compiler <> $1 OR "
            "metric_version <> $2 OR NOT final",
            Values().text(compiler).integer(metric_version));
    if (!evaluations.ok()) return false;
    const Answer steps = run("DELETE FROM hone.step WHERE compiler <> $1",
                             Values().text(compiler));
    removed = evaluations.affected() + steps.affected();
    return steps.ok();
  }));
  HONE_RETURN_IF_ERROR(persist("shrink", [&] {
    return execute("VACUUM FULL hone.evaluation") &&
           execute("VACUUM FULL hone.step");
  }));
  return removed;
}

}  // namespace

Result<std::unique_ptr<Backend>> open_postgresql(const std::string& uri) {
  HONE_RETURN_IF_ERROR(need_libpq());
  auto backend = std::make_unique<PostgresqlBackend>(uri);
  HONE_RETURN_IF_ERROR(backend->open(uri));
  return std::unique_ptr<Backend>(std::move(backend));
}

}  // namespace hone::store
