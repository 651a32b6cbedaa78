// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Requests as anybody may send them: the first byte is the call, by its row in
// methods.def, and whether the rest is JSON, as over HTTP, or bytes, as over
// gRPC. There is room for no session, so that what is reached is the parsing,
// the look-ups and the limits. Every error has to have a message and a code.
#include <google/protobuf/util/json_util.h>

#include <iterator>
#include <type_traits>

#include <hone/service/v1/environments.pb.h>
#include "service/dispatch.h"
#include "service/messages.h"

namespace hone::service {

namespace {

constexpr Method kMethods[] = {
#define HONE_METHOD(identifier, name, sentence) Method::identifier,
#include "service/methods.def"
#undef HONE_METHOD
};

struct Served {
  SessionTable table{{.sessions = 0}};
  Programs programs = *Programs::make({.upload_bytes = 1000});
  Metrics metrics;
  Service service{{}, table, programs, metrics, nullptr};
};

template <typename Request, typename Reply>
void send(Method method, bool is_json, std::string_view body) {
  static Served served;
  Request request;
  if (is_json) {
    if (!google::protobuf::util::JsonStringToMessage(
             google::protobuf::StringPiece(body.data(), body.size()), &request)
             .ok())
      return;
  } else if (!request.ParseFromArray(body.data(),
                                     static_cast<int>(body.size()))) {
    return;
  }
  // Its programs would be compiled, which is clang's to survive.
  if constexpr (std::is_same_v<Request, v1::ValidateRequest>) return;
  Call call{.client = "fuzz", .deadline = deadline_in(0)};
  Reply reply;
  const Status status =
      dispatch(served.service, served.metrics, method, call, request, reply);
  if (status.ok()) {
    std::string json;
    HONE_CHECK(google::protobuf::util::MessageToJsonString(reply, &json).ok());
    return;
  }
  HONE_CHECK(!status.error().message.empty());
  HONE_CHECK(status.error().kind != ErrorKind::Internal);
  HONE_CHECK(wire_code(status.error().kind).http >= 400);
}

}  // namespace

}  // namespace hone::service

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hone::service;
  if (size == 0) return 0;
  const bool is_json = (data[0] & 1) != 0;
  const Method method = kMethods[(data[0] >> 1) % std::size(kMethods)];
  const std::string_view body(reinterpret_cast<const char*>(data) + 1,
                              size - 1);
  switch (method) {
#define HONE_METHOD(identifier, name, sentence)                           \
  case Method::identifier:                                                \
    send<v1::identifier##Request, v1::identifier##Reply>(method, is_json, \
                                                         body);           \
    break;
#include "service/methods.def"
#undef HONE_METHOD
  }
  return 0;
}
