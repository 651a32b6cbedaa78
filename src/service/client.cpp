// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/client.h"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

#include <hone/service/v1/environments.pb.h>
#include "service/client_call.h"
#include "service/client_stream.h"
#include "service/client_wire.h"
#include "service/messages.h"

namespace hone::service {

namespace {

// Of one request, where a history is taken again: far below what a server
// takes, and each piece has a call's deadline to itself.
constexpr size_t kPiece = 1000;

struct Upload {
  std::string content;
  std::string kind;
  std::vector<std::string> flags;
};

// What an environment and its forks have in common.
struct Spaces {
  std::vector<std::string> actions;
  std::unordered_map<std::string, uint32_t> indices;  // of the actions
  std::vector<env::NamedSpace> observations;
  std::vector<std::string> rewards;
};

// What is not found twice is something else than the session.
bool is_final(Remedy remedy, bool recovered) {
  return remedy == Remedy::None || remedy == Remedy::Forget ||
         (remedy == Remedy::Recover && recovered);
}

}  // namespace

struct Connection::State {
  ClientWire wire;
  std::mutex mutex;  // of the uploads
  std::map<std::string, Upload, std::less<>> uploads;
  std::mutex together_mutex;
  ClientStream together;  // of the steps of several environments

  explicit State(ClientOptions options) : wire(std::move(options)) {}
  // The environments end before the connection does.
  ~State() { (void)together.end(options()); }

  const ClientOptions& options() const { return wire.options(); }

  std::optional<Failure> patiently(
      const std::function<std::optional<Failure>()>& attempt) const {
    Pause pause(options().recovery_seconds);
    return service::patiently(pause, attempt);
  }

  std::optional<Failure> send(const Upload& upload, v1::UploadReply& reply) {
    v1::UploadRequest request;
    request.set_content(upload.content);
    request.set_kind(upload.kind);
    for (const std::string& flag : upload.flags) request.add_flags(flag);
    return wire.call(request, reply);
  }

  std::optional<Failure> step_together(const v1::StepBatchRequest& request,
                                       v1::StepBatchReply& reply) {
    if (const Status home = check_home(); !home.ok())
      return Failure{home.error()};
    const std::scoped_lock lock(together_mutex);
    if (together.write(options(), wire.opened(), request) &&
        together.read(options(), reply) &&
        reply.steps_size() == request.steps_size())
      return std::nullopt;
    return together.end(options());
  }

  // Where the benchmark is an upload of this connection.
  std::optional<Failure> send_again(const std::string& benchmark) {
    if (const Status home = check_home(); !home.ok())
      return Failure{home.error()};
    std::optional<Upload> upload;
    {
      const std::scoped_lock lock(mutex);
      const auto found = uploads.find(benchmark);
      if (found != uploads.end()) upload = found->second;
    }
    v1::UploadReply reply;
    return upload ? send(*upload, reply) : std::nullopt;
  }
};

Connection::Connection(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
Connection::~Connection() = default;

Result<std::shared_ptr<Connection>> Connection::open(ClientOptions options) {
  auto state = std::make_unique<State>(std::move(options));
  HONE_RETURN_IF_ERROR(state->wire.reach());
  return std::shared_ptr<Connection>(new Connection(std::move(state)));
}

Result<std::string> Connection::upload(std::string content,
                                       std::string_view kind,
                                       std::vector<std::string> flags) {
  Upload upload{std::move(content), std::string(kind), std::move(flags)};
  v1::UploadReply reply;
  if (const auto failure =
          state_->patiently([&] { return state_->send(upload, reply); }))
    return failure->error;
  const std::scoped_lock lock(state_->mutex);
  state_->uploads.insert_or_assign(reply.benchmark(), std::move(upload));
  return reply.benchmark();
}

Result<env::Validation> Connection::validate(const env::Episode& episode) {
  v1::ValidateRequest request;
  write_episode(episode, *request.mutable_episode());
  v1::ValidateReply reply;
  const auto call = [&] { return state_->wire.call(request, reply); };
  const auto failure = state_->patiently([&] {
    const std::optional<Failure> first = call();
    if (!first || first->remedy != Remedy::Recover) return first;
    // A server that was started again knows no upload.
    const std::optional<Failure> unsent = state_->send_again(episode.benchmark);
    return unsent ? unsent : call();
  });
  if (failure) return failure->error;
  return env::Validation{.state_matches = reply.state_matches(),
                         .reward_matches = reply.reward_matches(),
                         .found = read_episode(reply.found())};
}

// --- Environments ------------------------------------------------------------

struct RemoteEnvironment::State {
  std::shared_ptr<Connection> connection;
  std::string environment;
  env::EnvironmentOptions options;
  std::shared_ptr<const Spaces> spaces;
  std::string session;              // empty where there is none
  std::string benchmark;            // empty before the first reset
  std::vector<std::string> taken;   // the episode's actions
  std::vector<std::string> posted;  // asked for, not yet answered
  int recoveries = 0;

  ClientStream stream;

  Connection::State& server() const { return *connection->state_; }
  const ClientWire& wire() const { return server().wire; }

  // Tells the server; without a session, the next call makes another one.
  void close();

  // With the whole history in it, or none at all. A server that was started
  // again knows no upload.
  std::optional<Failure> make_session() {
    if (auto failure = server().send_again(benchmark)) return failure;
    v1::MakeRequest request;
    request.set_environment(environment);
    write_options(options, *request.mutable_options());
    request.set_lease_seconds(wire().options().lease_seconds);
    request.set_benchmark(benchmark);
    v1::MakeReply reply;
    if (auto failure = wire().call(request, reply)) return failure;
    session = reply.session();
    std::optional<Failure> failure = take_again();
    if (failure) close();
    return failure;
  }

  std::optional<Failure> take_again() {
    for (size_t begin = 0; begin < taken.size(); begin += kPiece) {
      v1::StepRequest request;
      request.set_session(session);
      const size_t end = std::min(begin + kPiece, taken.size());
      for (size_t i = begin; i < end; ++i) request.add_action_texts(taken[i]);
      v1::StepReply reply;
      if (auto failure = wire().call(request, reply)) {
        // The new session is gone already, and its server may be.
        if (failure->remedy == Remedy::Recover) failure->remedy = Remedy::Wait;
        return failure;
      }
      if (!reply.step().failures().empty())
        return Failure{Error(ErrorKind::Crashed,
                             "an action that was taken before cannot be taken "
                             "again: " +
                                 reply.step().failures(0))};
    }
    return std::nullopt;
  }

  // Makes the session again that a failure has lost.
  std::optional<Failure> recover(Pause& pause) {
    (void)stream.end(wire().options());
    session.clear();  // though it may live on where the network was to blame
    ++recoveries;
    return patiently(pause, [this] { return make_session(); });
  }

  // A call on the session, again where the session had to be made again.
  template <typename Request, typename Reply>
  Status call(Request request, Reply& reply) {
    Pause pause(wire().options().recovery_seconds);
    for (bool recovered = false;;) {
      request.set_session(session);
      std::optional<Failure> failure = wire().call(request, reply);
      if (!failure) return {};
      if (failure->remedy == Remedy::Forget) session.clear();
      if (is_final(failure->remedy, recovered)) return failure->error;
      if (failure->error.kind == ErrorKind::LimitReached) {
        if (!pause.wait()) return failure->error;
        continue;  // full, or busy with another call
      }
      if (const auto lost = recover(pause)) return lost->error;
      recovered = true;
    }
  }

  v1::StepBatchRequest step_request() const {
    v1::StepBatchRequest batch;
    v1::StepRequest& request = *batch.add_steps();
    request.set_session(session);
    for (const std::string& action : posted) {
      const auto index = spaces->indices.find(action);
      if (index != spaces->indices.end()) {
        request.add_actions(index->second);
        continue;
      }
      // Another space's: all by their texts.
      request.clear_actions();
      request.mutable_action_texts()->Assign(posted.begin(), posted.end());
      break;
    }
    return batch;
  }

  void write() {
    // A stream that has ended says so when the reply is read.
    (void)stream.write(wire().options(), wire().opened(), step_request());
  }

  std::optional<Failure> read(v1::StepReply& reply) {
    v1::StepBatchReply batch;
    if (stream.read(wire().options(), batch) && batch.steps_size() == 1) {
      reply = std::move(*batch.mutable_steps(0));
      if (!reply.has_error()) return std::nullopt;
      const Error error = read_error(reply.error());
      return Failure{error, error.kind == ErrorKind::NotFound ? Remedy::Recover
                                                              : Remedy::None};
    }
    return *stream.end(wire().options());
  }

  // Lost actions are no part of the history; the server knows which those are.
  Result<env::Step> finish(const v1::Step& message) {
    HONE_ASSIGN_OR_RETURN(env::Step step, read_step(message));
    const std::vector<std::string> actions = std::move(posted);
    posted.clear();
    if (step.failures.empty()) {
      taken.insert(taken.end(), actions.begin(), actions.end());
      return step;
    }
    learn_history();
    return step;
  }

  // What the server has taken, where this side cannot know it. Where the server
  // cannot say it either, the session is given up for one with the history that
  // is known.
  void learn_history() {
    v1::StateRequest request;
    request.set_session(session);
    v1::StateReply reply;
    if (wire().call(request, reply))
      session.clear();
    else
      taken = read_episode(reply.episode()).actions;
  }
};

RemoteEnvironment::RemoteEnvironment(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

void RemoteEnvironment::State::close() {
  if (session.empty()) return;
  wire().end_session(session);
  session.clear();
}

RemoteEnvironment::~RemoteEnvironment() {
  (void)state_->stream.end(state_->wire().options());
  state_->close();
}

Result<std::unique_ptr<RemoteEnvironment>> Connection::make(
    std::string_view environment, const env::EnvironmentOptions& options) {
  auto state = std::make_unique<RemoteEnvironment::State>();
  state->connection = shared_from_this();
  state->environment = environment;
  state->options = options;
  if (const auto failure =
          state_->patiently([&] { return state->make_session(); }))
    return failure->error;
  std::unique_ptr<RemoteEnvironment> made(
      new RemoteEnvironment(std::move(state)));
  RemoteEnvironment::State& own = *made->state_;
  v1::SpacesReply reply;
  HONE_RETURN_IF_ERROR(own.call(v1::SpacesRequest(), reply));
  auto spaces = std::make_shared<Spaces>();
  spaces->actions.assign(reply.actions().begin(), reply.actions().end());
  for (uint32_t i = 0; i < spaces->actions.size(); ++i)
    spaces->indices.emplace(spaces->actions[i], i);
  spaces->rewards.assign(reply.rewards().begin(), reply.rewards().end());
  for (const v1::ObservationSpace& message : reply.observations()) {
    HONE_ASSIGN_OR_RETURN(env::NamedSpace space, read_space(message));
    spaces->observations.push_back(std::move(space));
  }
  own.spaces = std::move(spaces);
  return made;
}

std::vector<Result<env::Step>> Connection::step_together(
    std::span<RemoteEnvironment* const> environments,
    std::span<const std::vector<int64_t>> actions) {
  v1::StepBatchRequest request;
  for (size_t i = 0; i < environments.size(); ++i) {
    v1::StepRequest& step = *request.add_steps();
    step.set_session(environments[i]->session());
    for (const int64_t action : actions[i])
      step.add_actions(static_cast<uint32_t>(action));
  }
  v1::StepBatchReply reply;
  const std::optional<Failure> failure = state_->step_together(request, reply);
  std::vector<Result<env::Step>> steps;
  for (size_t i = 0; i < environments.size(); ++i) {
    RemoteEnvironment::State& own = *environments[i]->state_;
    const v1::StepReply* const step =
        failure ? nullptr : &reply.steps(static_cast<int>(i));
    if (failure && failure->remedy == Remedy::Forget) {
      own.session.clear();
      steps.emplace_back(failure->error);
    } else if (step == nullptr ||
               step->error().kind() == error_name(ErrorKind::NotFound)) {
      // Whether it was taken nobody knows: in a session made again, it was not.
      own.close();
      steps.push_back(environments[i]->step(actions[i]));
    } else if (step->has_error()) {
      own.learn_history();
      steps.emplace_back(read_error(step->error()));
    } else {
      own.posted.clear();
      for (const int64_t action : actions[i])
        own.posted.push_back(own.spaces->actions[static_cast<size_t>(action)]);
      steps.push_back(own.finish(step->step()));
    }
  }
  return steps;
}

std::string_view RemoteEnvironment::name() const { return state_->environment; }

const std::vector<std::string>& RemoteEnvironment::actions() const {
  return state_->spaces->actions;
}

std::vector<env::NamedSpace> RemoteEnvironment::observation_spaces() const {
  return state_->spaces->observations;
}

std::vector<std::string> RemoteEnvironment::reward_spaces() const {
  return state_->spaces->rewards;
}

const env::EnvironmentOptions& RemoteEnvironment::options() const {
  return state_->options;
}

const std::string& RemoteEnvironment::session() const {
  return state_->session;
}

void RemoteEnvironment::abandon(
    std::unique_ptr<RemoteEnvironment> environment) {
  environment->state_->session.clear();
}

int RemoteEnvironment::recoveries() const { return state_->recoveries; }

Result<env::Step> RemoteEnvironment::reset(std::string_view benchmark) {
  State& own = *state_;
  // A session made again begins with what is asked for, not with what was.
  const std::string before = own.benchmark;
  const std::vector<std::string> taken = std::move(own.taken);
  if (!benchmark.empty()) own.benchmark = benchmark;
  own.taken.clear();
  v1::ResetRequest request;
  request.set_benchmark(own.benchmark);
  v1::ResetReply reply;
  if (Status status = own.call(request, reply); !status.ok()) {
    own.benchmark = before;
    own.taken = taken;
    return std::move(status).error();
  }
  return read_step(reply.step());
}

Status RemoteEnvironment::post_texts(std::vector<std::string> actions) {
  state_->posted = std::move(actions);
  state_->write();
  return {};
}

Result<env::Step> RemoteEnvironment::take() {
  State& own = *state_;
  Pause pause(own.wire().options().recovery_seconds);
  for (bool recovered = false;;) {
    v1::StepReply reply;
    std::optional<Failure> failure = own.read(reply);
    if (!failure) return own.finish(reply.step());
    if (is_final(failure->remedy, recovered)) {
      own.posted.clear();
      if (failure->remedy == Remedy::Forget)
        own.session.clear();
      else
        own.learn_history();
      return failure->error;
    }
    if (const auto lost = own.recover(pause)) {
      own.posted.clear();
      return lost->error;
    }
    recovered = true;
    own.write();
  }
}

Result<env::Value> RemoteEnvironment::observe(std::string_view space) {
  v1::ObserveRequest request;
  request.set_observation(std::string(space));
  v1::ObserveReply reply;
  HONE_RETURN_IF_ERROR(state_->call(request, reply));
  return read_value(reply.value());
}

Result<double> RemoteEnvironment::reward_in(std::string_view space) {
  v1::StepRequest request;  // of no action
  request.add_rewards(std::string(space));
  v1::StepReply reply;
  HONE_RETURN_IF_ERROR(state_->call(request, reply));
  // An older server knows no such field.
  if (reply.step().rewards().empty())
    return Error(ErrorKind::Unsupported, "the server is too old; update it");
  return reply.step().rewards(0);
}

Result<std::unique_ptr<env::Environment>> RemoteEnvironment::fork() {
  v1::ForkReply reply;
  HONE_RETURN_IF_ERROR(state_->call(v1::ForkRequest(), reply));
  auto copy = std::make_unique<State>();
  copy->connection = state_->connection;
  copy->environment = state_->environment;
  copy->options = state_->options;
  copy->spaces = state_->spaces;
  copy->benchmark = state_->benchmark;
  copy->taken = state_->taken;
  copy->session = reply.session();
  return std::unique_ptr<env::Environment>(
      new RemoteEnvironment(std::move(copy)));
}

Result<env::Episode> RemoteEnvironment::episode() {
  v1::StateReply reply;
  HONE_RETURN_IF_ERROR(state_->call(v1::StateRequest(), reply));
  return read_episode(reply.episode());
}

Result<env::Episode> RemoteEnvironment::record() {
  v1::RecordReply reply;
  HONE_RETURN_IF_ERROR(state_->call(v1::RecordRequest(), reply));
  return read_episode(reply.episode());
}

}  // namespace hone::service
