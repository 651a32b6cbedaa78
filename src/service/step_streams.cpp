// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/step_streams.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <hone/service/v1/environments.grpc.pb.h>
#include "base/wakeful.h"
#include "service/dispatch.h"
#include "service/server_call.h"

namespace hone::service {

namespace {

// How long the one who leads waits for workers. Nobody else's request is read
// meanwhile, so that many streams share the time.
constexpr std::chrono::microseconds kPatience(200);
constexpr std::chrono::microseconds kLeastPatience(20);

// The thread's hold on the lead, for one event of the queue.
struct Turn {
  bool leads = true;
};

}  // namespace

struct StepStreams::State {
  // One stream and the request or reply that is on its way. At most one event
  // of it is in the queue, so that one thread at a time has to do with it.
  struct Stream {
    enum class Waits { Accepted, Read, Written, Finished };

    // Written before the queue is asked for an event, read when it has come:
    // gRPC orders the two, with all else of the stream. It is said here once
    // more, for ThreadSanitizer, which does not look into gRPC.
    std::atomic<Waits> waits_for = Waits::Accepted;
    grpc::ServerContext context;
    Wire wire{&context};
    std::string client;
    Attachment attachment;
    grpc::ByteBuffer bytes;  // of what is read or written
    v1::StepBatchRequest request;
    v1::StepBatchReply reply;

    grpc::Status parse() {
      return grpc::SerializationTraits<v1::StepBatchRequest>::Deserialize(
          &bytes, &request);
    }
    grpc::Status serialize() {
      bool owns = false;  // which says nothing of a ByteBuffer
      return grpc::SerializationTraits<v1::StepBatchReply>::Serialize(
          reply, &bytes, &owns);
    }

    void read() {
      waits_for.store(Waits::Read, std::memory_order_release);
      wire.Read(&bytes, this);
    }
    void write() {
      waits_for.store(Waits::Written, std::memory_order_release);
      wire.Write(bytes, this);
    }
    void finish(const grpc::Status& status) {
      waits_for.store(Waits::Finished, std::memory_order_release);
      wire.Finish(status, this);
    }
  };

  Service& service;
  Metrics& metrics;
  const StepStreamOptions options;
  std::unique_ptr<grpc::ServerCompletionQueue> queue;
  Request request;

  std::mutex mutex;  // of all that follows
  std::condition_variable changed;
  std::vector<std::thread> threads;
  size_t idle = 0;
  bool has_leader = false;
  bool ended = false;
  std::set<Stream*> open;   // accepted, not yet finished
  std::set<Stream*> still;  // of these, the ones that wait for a request
  size_t streams = 0;       // in all, with the one that is asked for
  bool stopping = false;

  // --- Threads ---------------------------------------------------------------

  void run() {
    std::unique_lock lock(mutex);
    while (!ended) {
      ++idle;
      changed.wait(lock, [this] { return ended || !has_leader; });
      --idle;
      if (ended) return;
      has_leader = true;
      lock.unlock();
      lead();
      lock.lock();
    }
  }

  void lead() {
    Turn turn;
    void* tag = nullptr;
    bool ok = false;
    while (turn.leads && next(tag, ok))
      handle(*static_cast<Stream*>(tag), ok, turn);
    if (!turn.leads) return;
    const std::scoped_lock lock(mutex);
    ended = true;
    changed.notify_all();
  }

  // Of cores to wake, gRPC's epoll lets the kernel choose one that sleeps.
  bool next(void*& tag, bool& ok) {
    using Found = grpc::CompletionQueue::NextStatus;
    Found found = Found::TIMEOUT;
    const auto look = [&] {
      found = queue->AsyncNext(&tag, &ok, gpr_time_0(GPR_CLOCK_MONOTONIC));
      return found != Found::TIMEOUT;
    };
    if (look_awake(Clock::now(), look)) return found == Found::GOT_EVENT;
    return queue->Next(&tag, &ok);
  }

  // With no thread left the lead is kept, and others wait.
  void give_up_lead(Turn& turn) {
    const std::scoped_lock lock(mutex);
    if (idle == 0 && threads.size() > options.streams) return;
    if (idle == 0) threads.emplace_back([this] { run(); });
    turn.leads = false;
    has_leader = false;
    changed.notify_one();
  }

  // --- Streams ---------------------------------------------------------------

  void accept_next() {
    const std::scoped_lock lock(mutex);
    if (stopping) return;
    auto* next = new Stream();
    ++streams;
    request(next->context, next->wire, *queue, next);
  }

  void handle(Stream& stream, bool ok, Turn& turn) {
    switch (stream.waits_for.load(std::memory_order_acquire)) {
      case Stream::Waits::Accepted:
        return accepted(stream, ok);
      case Stream::Waits::Read:
        return ok ? answer(stream, turn) : stream.finish(grpc::Status::OK);
      case Stream::Waits::Written:
        return ok ? read(stream) : stream.finish(grpc::Status::OK);
      case Stream::Waits::Finished:
        return forget(stream);
    }
  }

  void accepted(Stream& stream, bool ok) {
    if (!ok) return forget(stream);  // the server is shut down
    accept_next();
    size_t count = 0;
    {
      const std::scoped_lock lock(mutex);
      open.insert(&stream);
      count = open.size();
    }
    if (!is_allowed(stream.context, options.token))
      return stream.finish(unauthenticated());
    if (count > options.streams)
      return stream.finish(
          {grpc::RESOURCE_EXHAUSTED,
           fmt::format("{} streams are open, which is all that may be",
                       options.streams)});
    stream.client = client_of(stream.context);
    read(stream);
  }

  void read(Stream& stream) {
    const std::scoped_lock lock(mutex);
    if (stopping) stream.context.TryCancel();
    still.insert(&stream);
    stream.read();
  }

  void answer(Stream& stream, Turn& turn) {
    std::chrono::microseconds patience = kPatience;
    {
      const std::scoped_lock lock(mutex);
      still.erase(&stream);
      patience = std::max<std::chrono::microseconds>(
          kPatience / static_cast<int64_t>(open.size()), kLeastPatience);
    }
    if (const grpc::Status parsed = stream.parse(); !parsed.ok())
      return stream.finish(parsed);
    Call call = {.client = stream.client,
                 .deadline = deadline_of(stream.context),
                 .attachment = &stream.attachment,
                 .patience = patience,
                 .before_wait = [&] { give_up_lead(turn); }};
    stream.reply.Clear();
    const Status status = dispatch(service, metrics, Method::StepBatch, call,
                                   stream.request, stream.reply);
    if (!status.ok())
      return stream.finish(refused(stream.context, call, status.error()));
    if (const grpc::Status written = stream.serialize(); !written.ok())
      return stream.finish(written);
    stream.write();
  }

  void forget(Stream& stream) {
    const std::unique_ptr<Stream> owned(&stream);
    const std::scoped_lock lock(mutex);
    open.erase(&stream);
    still.erase(&stream);
    if (--streams == 0) changed.notify_all();
  }
};

StepStreams::StepStreams(Service& service, Metrics& metrics,
                         StepStreamOptions options,
                         std::unique_ptr<grpc::ServerCompletionQueue> queue)
    : state_(new State{.service = service,
                       .metrics = metrics,
                       .options = std::move(options),
                       .queue = std::move(queue)}) {}

StepStreams::~StepStreams() {
  stop();
  {
    // A stream may ask nothing of a queue that is shut down.
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [this] { return state_->streams == 0; });
  }
  state_->queue->Shutdown();
  while (true) {
    std::thread last;
    {
      const std::scoped_lock lock(state_->mutex);
      if (state_->threads.empty()) break;
      last = std::move(state_->threads.back());
      state_->threads.pop_back();
    }
    last.join();
  }
  // gRPC wants it empty, also where no server has ever started.
  void* tag = nullptr;
  bool ok = false;
  while (state_->queue->Next(&tag, &ok)) {
  }
}

void StepStreams::start(Request request) {
  state_->request = std::move(request);
  state_->accept_next();
  const std::scoped_lock lock(state_->mutex);
  state_->threads.emplace_back([this] { state_->run(); });
}

void StepStreams::stop() {
  const std::scoped_lock lock(state_->mutex);
  state_->stopping = true;
  for (State::Stream* const stream : state_->still) stream->context.TryCancel();
}

}  // namespace hone::service
