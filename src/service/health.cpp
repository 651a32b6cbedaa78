// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/health.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

#include <grpc/health/v1/health.grpc.pb.h>
#include <hone/service/v1/environments.grpc.pb.h>

namespace hone::service {

namespace {

namespace wire = grpc::health::v1;

// How often one who watches is looked after: his call may have ended.
constexpr auto kLook = std::chrono::milliseconds(200);

bool is_known(const std::string& name) {
  return name.empty() || name == v1::Environments::service_full_name();
}

}  // namespace

class Health::Handlers final : public wire::Health::Service {
 public:
  grpc::Status Check(grpc::ServerContext*,
                     const wire::HealthCheckRequest* request,
                     wire::HealthCheckResponse* reply) override {
    if (!is_known(request->service()))
      return {grpc::NOT_FOUND,
              "no service '" + request->service().substr(0, 80) + "' here"};
    const std::scoped_lock lock(mutex_);
    reply->set_status(status());
    return grpc::Status::OK;
  }

  grpc::Status Watch(
      grpc::ServerContext* context, const wire::HealthCheckRequest* request,
      grpc::ServerWriter<wire::HealthCheckResponse>* writer) override {
    wire::HealthCheckResponse reply;
    std::unique_lock lock(mutex_);
    reply.set_status(is_known(request->service())
                         ? status()
                         : wire::HealthCheckResponse::SERVICE_UNKNOWN);
    lock.unlock();
    writer->Write(reply);
    lock.lock();
    while (!stopping_ && !context->IsCancelled())
      changed_.wait_for(lock, kLook, [this] { return stopping_; });
    lock.unlock();
    if (reply.status() == wire::HealthCheckResponse::SERVING) {
      reply.set_status(wire::HealthCheckResponse::NOT_SERVING);
      writer->Write(reply);
    }
    return {grpc::CANCELLED, "the server is stopping"};
  }

  void stop() {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }

 private:
  wire::HealthCheckResponse::ServingStatus status() const {
    return stopping_ ? wire::HealthCheckResponse::NOT_SERVING
                     : wire::HealthCheckResponse::SERVING;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
};

Health::Health() : handlers_(std::make_unique<Handlers>()) {}
Health::~Health() = default;

grpc::Service& Health::service() { return *handlers_; }

void Health::stop() { handlers_->stop(); }

}  // namespace hone::service
