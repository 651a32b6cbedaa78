// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// grpc.health.v1.Health: serving until it is told to stop.
#pragma once

#include <memory>

namespace grpc {
class Service;
}  // namespace grpc

namespace hone::service {

class Health {
 public:
  Health();
  ~Health();

  grpc::Service& service();
  // From now on NOT_SERVING; those who watch are told, and their calls end.
  void stop();

 private:
  class Handlers;
  std::unique_ptr<Handlers> handlers_;
};

}  // namespace hone::service
