// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// StepStream, answered by the thread that reads the wire.
//
// A step that changes nothing takes a worker 8 us; handing it from a thread
// that polls to one that answers, and polling on with a third, took the server
// 30. So there is one queue, and one thread leads: it waits for a request,
// sends it to the worker, waits for the answer and writes it. Where the answer
// does not come soon, or a session is busy, it first gives the lead to another
// thread and goes on as one that only answers:
//
//   leads   wait for a request, post it | answer within patience | write
//   leads   wait for a request, post it | no answer: give up the lead | take,
//           write | idle until the lead is free
//
// So a quick step meets no other thread, a slow one delays others by the
// patience, and there are as many threads as slow steps at a time and one.
//
// gRPC lets such a queue poll for the synchronous methods of the same server
// too, which have queues that do not poll.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "service/metrics.h"
#include "service/service.h"

namespace grpc {
class ByteBuffer;
class ServerCompletionQueue;
class ServerContext;
template <class W, class R>
class ServerAsyncReaderWriter;
}  // namespace grpc

namespace hone::service {

struct StepStreamOptions {
  std::string token;
  size_t streams = 256;  // open at a time; also threads
};

class StepStreams {
 public:
  // Of bytes: to gRPC a message that does not parse would be the stream's end.
  using Wire =
      grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;
  // Asks gRPC for the next stream; the tag comes out of the queue with it.
  using Request = std::function<void(grpc::ServerContext&, Wire&,
                                     grpc::ServerCompletionQueue&, void* tag)>;

  // The service and the metrics must outlive it.
  StepStreams(Service& service, Metrics& metrics, StepStreamOptions options,
              std::unique_ptr<grpc::ServerCompletionQueue> queue);
  // After the server has been shut down.
  ~StepStreams();

  // Once the server has started.
  void start(Request request);
  // Streams that wait for a request end; those at work answer first.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hone::service
