// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What gRPC's own calls see of a server: streams, health, limits.
#include "service/grpc_server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <future>

#include <grpc/health/v1/health.grpc.pb.h>
#include <hone/service/v1/environments.grpc.pb.h>
#include "service/test_tools.h"

namespace hone::service {

namespace {

using ::testing::HasSubstr;
namespace health = grpc::health::v1;

// A server of the gRPC kind alone, with limits of its own.
struct Served {
  explicit Served(GrpcOptions options = {}) {
    env::use_own_worker();
    options.address =
        must(parse_address("unix:" + scratch.path().string() + "/s"));
    server = must(GrpcServer::start(service, metrics, options));
    channel = grpc::CreateChannel(server->address().text(),
                                  grpc::InsecureChannelCredentials());
    calls = v1::Environments::NewStub(channel);
  }

  std::string make() {
    grpc::ClientContext context;
    v1::MakeRequest request;
    request.set_environment("llvm");
    v1::MakeReply reply;
    EXPECT_TRUE(calls->Make(&context, request, &reply).ok());
    return reply.session();
  }

  program::Scratch scratch;
  SessionTable table{{}};
  Programs programs = must(Programs::make({}));
  Metrics metrics;
  Service service{{}, table, programs, metrics, nullptr};
  std::unique_ptr<GrpcServer> server;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::Environments::StubInterface> calls;
};

struct Stream {
  explicit Stream(v1::Environments::StubInterface& calls)
      : wire(calls.StepStream(&context)) {}

  // One step, of no action and of a session that need not exist.
  bool step(const std::string& session) {
    v1::StepBatchRequest request;
    request.add_steps()->set_session(session);
    return wire->Write(request) && wire->Read(&reply) &&
           reply.steps_size() == 1;
  }
  grpc::Status finish() {
    wire->WritesDone();
    return wire->Finish();
  }

  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReaderWriterInterface<v1::StepBatchRequest,
                                                    v1::StepBatchReply>>
      wire;
  v1::StepBatchReply reply;
};

}  // namespace

TEST(StepStream, AStepThatTakesLongHoldsNobodyElseUp) {
  const Fixture fixture;
  const auto connection = fixture.connect();
  const std::string uri = fixture.upload(*connection);
  const auto slow = must(connection->make("llvm", {}));
  must(slow->reset(uri));
  const std::vector<pid_t> stopped = workers();
  ASSERT_EQ(stopped.size(), 1U);
  ::kill(stopped[0], SIGSTOP);
  auto late = std::async(std::launch::async, [&] { return slow->step({{1}}); });
  auto others = std::async(std::launch::async, [&] {
    const auto quick = must(connection->make("llvm", {}));
    must(quick->reset(uri));
    for (int i = 0; i < 20; ++i) must(quick->step({{1}}));
  });
  const bool done =
      others.wait_for(std::chrono::seconds(20)) == std::future_status::ready;
  EXPECT_TRUE(done);
  EXPECT_NE(late.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  ::kill(stopped[0], SIGCONT);
  EXPECT_TRUE(late.get().ok());
}

TEST(StepStream, MoreStreamsThanMayBeAreRefused) {
  Served served({.threads = 2});
  Stream one(*served.calls);
  Stream two(*served.calls);
  ASSERT_TRUE(one.step("none"));
  EXPECT_THAT(one.reply.steps(0).error().message(), HasSubstr("no session"));
  ASSERT_TRUE(two.step("none"));
  {
    Stream three(*served.calls);
    EXPECT_FALSE(three.step("none"));
    EXPECT_EQ(three.finish().error_code(), grpc::RESOURCE_EXHAUSTED);
  }
  EXPECT_TRUE(one.finish().ok());
  Stream again(*served.calls);
  EXPECT_TRUE(again.step("none"));
  EXPECT_TRUE(two.step("none"));
}

TEST(StepStream, ARequestThatIsTooLargeEndsIt) {
  Served served;
  Stream stream(*served.calls);
  v1::StepBatchRequest request;
  for (int i = 0; i < 5000; ++i) request.add_steps()->set_session("none");
  EXPECT_TRUE(stream.wire->Write(request));
  EXPECT_FALSE(stream.wire->Read(&stream.reply));
  const grpc::Status status = stream.finish();
  EXPECT_EQ(status.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("at most 4096"));
  EXPECT_EQ(
      stream.context.GetServerTrailingMetadata().find("hone-error")->second,
      std::string(error_name(ErrorKind::LimitReached)));
}

TEST(StepStream, ItAsksForTheToken) {
  Served served({.token = "secret"});
  Stream without(*served.calls);
  EXPECT_FALSE(without.step("none"));
  EXPECT_EQ(without.finish().error_code(), grpc::UNAUTHENTICATED);
}

TEST(StepStream, BytesThatAreNoRequestAreNoQuietEnd) {
  Served served;
  grpc::GenericStub raw(served.channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto wait = [&] {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
  };
  const auto wire = raw.PrepareCall(
      &context, "/hone.service.v1.Environments/StepStream", &queue);
  wire->StartCall(nullptr);
  wait();
  const grpc::Slice bytes("\xff\xff\xff");
  wire->Write(grpc::ByteBuffer(&bytes, 1), nullptr);
  wait();
  grpc::Status status;
  wire->Finish(&status, nullptr);
  wait();
  EXPECT_EQ(status.error_code(), grpc::INTERNAL);
}

TEST(StepStream, AServerThatStopsEndsStreamsThatWait) {
  Served served;
  Stream stream(*served.calls);
  ASSERT_TRUE(stream.step("none"));
  served.server->stop(5);
  EXPECT_FALSE(stream.wire->Read(&stream.reply));
  EXPECT_FALSE(stream.finish().ok());
}

TEST(StepStream, SessionsEndThatAreSteppedByNobody) {
  Served served;
  const std::string session = served.make();
  {
    Stream stream(*served.calls);
    ASSERT_TRUE(stream.step(session));
    served.table.sweep(Clock::now() + std::chrono::hours(1));
    EXPECT_EQ(served.table.size(), 1U);
    EXPECT_TRUE(stream.finish().ok());
  }
  for (int i = 0; i < 400 && served.table.size() == 1; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    served.table.sweep(Clock::now() + std::chrono::hours(1));
  }
  EXPECT_EQ(served.table.size(), 0U);
}

TEST(Health, OneWhoWatchesIsToldOfTheEnd) {
  Served served;
  const auto calls = health::Health::NewStub(served.channel);
  const auto check = [&](const std::string& name) {
    grpc::ClientContext context;
    health::HealthCheckRequest request;
    request.set_service(name);
    health::HealthCheckResponse reply;
    const grpc::Status status = calls->Check(&context, request, &reply);
    return std::pair(status.error_code(), reply.status());
  };
  EXPECT_EQ(check(""),
            std::pair(grpc::OK, health::HealthCheckResponse::SERVING));
  EXPECT_EQ(check("hone.service.v1.Environments").second,
            health::HealthCheckResponse::SERVING);
  EXPECT_EQ(check("another").first, grpc::NOT_FOUND);

  grpc::ClientContext context;
  const auto watched = calls->Watch(&context, health::HealthCheckRequest());
  health::HealthCheckResponse reply;
  ASSERT_TRUE(watched->Read(&reply));
  EXPECT_EQ(reply.status(), health::HealthCheckResponse::SERVING);
  served.server->stop(5);
  ASSERT_TRUE(watched->Read(&reply));
  EXPECT_EQ(reply.status(), health::HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(watched->Read(&reply));
}

}  // namespace hone::service
