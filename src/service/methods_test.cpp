// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every call of the table, with requests that make no sense: an empty one, and
// seeded mutants of a full one, as bytes and as JSON. Nothing but a reply or an
// error may come of them.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>

#include <hone/service/v1/environments.pb.h>
#include "base/random.h"
#include "env/test_tools.h"
#include "service/dispatch.h"
#include "service/messages.h"
#include "service/service.h"

namespace hone::service {

namespace {

using program::must;

constexpr int kMutants = 150;

// Something in every field, of every message below it too.
void fill(google::protobuf::Message& message, const std::string& session,
          int depth = 0) {
  const auto* const reflection = message.GetReflection();
  const auto* const descriptor = message.GetDescriptor();
  using Field = google::protobuf::FieldDescriptor;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const Field* const field = descriptor->field(i);
    const bool many = field->is_repeated();
    switch (field->cpp_type()) {
      case Field::CPPTYPE_STRING: {
        const std::string text =
            field->name().starts_with("session") ? session : "llvm";
        if (many)
          reflection->AddString(&message, field, text);
        else
          reflection->SetString(&message, field, text);
        break;
      }
      case Field::CPPTYPE_UINT32:
        if (many)
          reflection->AddUInt32(&message, field, 7);
        else
          reflection->SetUInt32(&message, field, 7);
        break;
      case Field::CPPTYPE_INT64:
        if (many)
          reflection->AddInt64(&message, field, -1);
        else
          reflection->SetInt64(&message, field, -1);
        break;
      case Field::CPPTYPE_UINT64:
        reflection->SetUInt64(&message, field, 1 << 30);
        break;
      case Field::CPPTYPE_DOUBLE:
        reflection->SetDouble(&message, field, 0.5);
        break;
      case Field::CPPTYPE_MESSAGE:
        if (depth < 3)
          fill(many ? *reflection->AddMessage(&message, field)
                    : *reflection->MutableMessage(&message, field),
               session, depth + 1);
        break;
      default:
        break;
    }
  }
}

std::string mutant(std::string bytes, Random& random) {
  const uint64_t edits = 1 + random.below(4);
  for (uint64_t i = 0; i < edits && !bytes.empty(); ++i) {
    const size_t at = random.below(bytes.size());
    switch (random.below(4)) {
      case 0:
        bytes[at] = static_cast<char>(random.below(256));
        break;
      case 1:
        bytes.erase(at, 1 + random.below(4));
        break;
      case 2:
        bytes.insert(at, bytes.substr(random.below(bytes.size()), 8));
        break;
      default:
        bytes.resize(at);
    }
  }
  return bytes;
}

struct Fixture {
  Fixture() { env::use_own_worker(); }
  // Sessions are not made here: there is room for none.
  SessionTable table{{.sessions = 0}};
  Programs programs = must(Programs::make({.upload_bytes = 1000}));
  Metrics metrics;
  Service service{{}, table, programs, metrics, nullptr};
};

template <typename Request, typename Reply>
void send_nonsense(Fixture& fixture, Method method) {
  Random random(static_cast<uint64_t>(method) + 1);
  Request full;
  fill(full, random_name());
  const std::string bytes = full.SerializeAsString();
  std::string json;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(full, &json).ok());
  for (int i = -1; i < kMutants; ++i) {
    Request request;
    if (i >= 0 && i % 2 == 0 && !request.ParseFromString(mutant(bytes, random)))
      continue;
    if (i >= 0 && i % 2 == 1 &&
        !google::protobuf::util::JsonStringToMessage(mutant(json, random),
                                                     &request)
             .ok())
      continue;
    Call call{.client = "test", .deadline = deadline_in(1)};
    Reply reply;
    const Status status = dispatch(fixture.service, fixture.metrics, method,
                                   call, request, reply);
    if (status.ok()) continue;
    EXPECT_FALSE(status.error().message.empty());
    EXPECT_NE(status.error().kind, ErrorKind::Internal)
        << status.error().message;
    EXPECT_NE(wire_code(status.error().kind).grpc, 0);
    EXPECT_GE(wire_code(status.error().kind).http, 400);
  }
}

}  // namespace

#define HONE_METHOD(identifier, name, sentence)                                \
  TEST(Methods, identifier##SurvivesNonsense) {                                \
    Fixture fixture;                                                           \
    send_nonsense<v1::identifier##Request, v1::identifier##Reply>(             \
        fixture, Method::identifier);                                          \
    EXPECT_THAT(                                                               \
        fixture.metrics.text(fixture.table),                                   \
        ::testing::HasSubstr("hone_call_seconds_count{method=\"" name "\"}")); \
  }
#include "service/methods.def"
#undef HONE_METHOD

// Deeper than any message of ours.
TEST(Methods, DeepJsonIsRefused) {
  std::string json;
  for (int i = 0; i < 100'000; ++i) json += "{\"options\":";
  v1::MakeRequest request;
  EXPECT_FALSE(
      google::protobuf::util::JsonStringToMessage(json, &request).ok());
}

TEST(Messages, ErrorKindsKeepTheirNames) {
#define HONE_ERROR(identifier, text, exit_code, sentence) \
  EXPECT_EQ(read_error_kind(text), ErrorKind::identifier);
#include "base/errors.def"
#undef HONE_ERROR
  EXPECT_EQ(read_error_kind("of another version"), ErrorKind::Internal);
}

}  // namespace hone::service
