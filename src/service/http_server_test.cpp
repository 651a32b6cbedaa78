// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/http_server.h"

#include <gmock/gmock.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/json.h"
#include "service/address.h"
#include "service/test_tools.h"

namespace hone::service {

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kJson = "application/json";
// int f(int x) { int y = x * 2; return y + x; }
constexpr const char* kProgram =
    "aW50IGYoaW50IHgpIHsgaW50IHkgPSB4ICogMjsgcmV0dXJuIHkgKyB4OyB9Cg==";

struct Answered {
  int status = 0;
  Json body;
};

// One request to a server at "127.0.0.1:PORT".
struct Browser {
  explicit Browser(const Fixture& fixture)
      : client("http://" + fixture.server->http_address()) {}
  Answered post(const std::string& method, const Json& body,
                const httplib::Headers& headers = {}) {
    const httplib::Result result =
        client.Post("/v1/" + method, headers, to_text(body), kJson);
    HONE_CHECK(result);
    return {result->status, must(parse_json(result->body, "a reply"))};
  }
  httplib::Client client;
};

std::string message_of(const Answered& answered) {
  return answered.body["error"]["message"].get<std::string>();
}

}  // namespace

TEST(HttpServer, AnEpisodeAsJson) {
  const Fixture fixture({.http = "127.0.0.1:0"});
  Browser browser(fixture);
  const Answered uploaded = browser.post(
      "Upload", {{"content", kProgram}, {"kind", "c"}, {"flags", {"-w"}}});
  ASSERT_EQ(uploaded.status, 200) << to_text(uploaded.body);
  const Answered made =
      browser.post("Make", {{"environment", "llvm"},
                            {"options", {{"reward", "ir-instructions"}}},
                            {"benchmark", uploaded.body["benchmark"]}});
  ASSERT_EQ(made.status, 200) << to_text(made.body);
  const Json session = made.body["session"];
  const Answered step =
      browser.post("Step", {{"session", session},
                            {"actionTexts", {"function(sroa<modify-cfg>)"}},
                            {"observations", {"ir-instructions"}}});
  EXPECT_EQ(step.status, 200);
  EXPECT_GT(step.body["step"]["reward"].get<double>(), 0);
  EXPECT_TRUE(step.body["step"]["observations"][0].contains("integer"));
  EXPECT_EQ(browser.post("Close", {{"session", session}}).status, 200);
  EXPECT_EQ(browser.post("Close", {{"session", session}}).status, 404);
  const auto metrics = browser.client.Get("/metrics");
  EXPECT_THAT(metrics->body, HasSubstr("hone_sessions 0\n"));
  EXPECT_THAT(metrics->body, HasSubstr("hone_actions_total 1\n"));
  EXPECT_THAT(
      metrics->body,
      HasSubstr("hone_calls_total{method=\"Close\",ended=\"failed\"} 1\n"));
  EXPECT_EQ(browser.client.Get("/healthz")->body, "ok\n");
}

TEST(HttpServer, AnEpisodeIsTruncatedWhenItHasItsActions) {
  const Fixture fixture({.http = "127.0.0.1:0"});
  Browser browser(fixture);
  const Json benchmark =
      browser.post("Upload", {{"content", kProgram}, {"kind", "c"}})
          .body["benchmark"];
  const Json session = browser
                           .post("Make", {{"environment", "llvm"},
                                          {"options", {{"episodeActions", 3}}},
                                          {"benchmark", benchmark}})
                           .body["session"];
  const auto is_truncated = [&](const Json& actions) {
    const Answered step =
        browser.post("Step", {{"session", session}, {"actions", actions}});
    return step.body["step"].value("truncated", false);
  };
  EXPECT_FALSE(is_truncated({0, 1}));
  EXPECT_FALSE(is_truncated(Json::array()));
  EXPECT_TRUE(is_truncated({2}));
  EXPECT_EQ(browser.post("Reset", {{"session", session}}).status, 200);
  EXPECT_FALSE(is_truncated({0}));
}

TEST(HttpServer, WhatIsNoRequestIsAnswered) {
  const Fixture fixture({.http = "127.0.0.1:0"});
  Browser browser(fixture);
  EXPECT_EQ(browser.post("Make", {{"environmnt", "llvm"}}).status, 400);
  const Answered wrong = browser.post("Make", {{"environment", "lvm"}});
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(message_of(wrong), HasSubstr("no environment 'lvm'"));
  EXPECT_EQ(browser.post("Nonsense", Json::object()).status, 404);
  EXPECT_EQ(browser.client.Get("/v1/Make")->status, 404);
  EXPECT_EQ(browser.client.Post("/v1/List", "{}", "text/plain")->status, 415);
  EXPECT_EQ(browser.client.Post("/v1/List", "{", kJson)->status, 400);
  EXPECT_EQ(browser.client.Post("/v1/List", "{}", kJson)->status, 200);
}

TEST(HttpServer, ABodyComesInPiecesAndHasALimit) {
  const Fixture fixture({.http = "127.0.0.1:0"});
  httplib::Client client("http://" + fixture.server->http_address());
  // The connection stays, and what is left of a body is no request.
  client.set_keep_alive(true);
  const auto post = [&client](const std::string& piece, int pieces) {
    const httplib::Result result = client.Post(
        "/v1/List",
        [&, sent = 0](size_t, httplib::DataSink& sink) mutable {
          sink.write(piece.data(), piece.size());
          if (++sent == pieces) sink.done();
          return true;
        },
        kJson);
    HONE_CHECK(result);
    return Answered{result->status, must(parse_json(result->body, "a reply"))};
  };
  EXPECT_EQ(post("{}", 1).status, 200);
  const Answered large = post(std::string(1 << 20, ' '), 65);
  EXPECT_EQ(large.status, 413);
  EXPECT_THAT(message_of(large), HasSubstr("longer than the 67108864 bytes"));
  EXPECT_EQ(post("{}", 1).status, 200);
  const httplib::MultipartFormDataItems form = {{"a", "b", "", ""}};
  EXPECT_EQ(client.Post("/v1/List", form)->status, 415);
  EXPECT_EQ(post("{}", 1).status, 200);
}

// httplib's client always says how long its body is.
TEST(HttpServer, NoBodyIsAnEmptyMessage) {
  const Fixture fixture({.http = "127.0.0.1:0"});
  const Address address = must(parse_address(fixture.server->http_address()));
  sockaddr_in name = {.sin_family = AF_INET,
                      .sin_port = htons(static_cast<uint16_t>(address.port)),
                      .sin_addr = {htonl(INADDR_LOOPBACK)}};
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
  constexpr std::string_view kRequest =
      "POST /v1/List HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Type: application/json\r\n\r\n";
  EXPECT_EQ(::send(fd, kRequest.data(), kRequest.size(), 0),
            static_cast<ssize_t>(kRequest.size()));
  std::string answer(1000, '\0');
  answer.resize(static_cast<size_t>(
      std::max<ssize_t>(::recv(fd, answer.data(), answer.size(), 0), 0)));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  ::close(fd);
}

TEST(HttpServer, AHeaderThatIsTooLongIsNamed) {
  const Fixture fixture({.http = "127.0.0.1:0"});
  Browser browser(fixture);
  const Answered answered = browser.post("List", Json::object(),
                                         {{"X-Long", std::string(9000, 'x')}});
  EXPECT_EQ(answered.status, 400);
  EXPECT_THAT(message_of(answered), HasSubstr("a header is too long"));
}

TEST(HttpServer, AForeignPageGetsNothing) {
  const Fixture fixture({.http = "127.0.0.1:0"});
  Browser browser(fixture);
  const Answered foreign =
      browser.post("List", Json::object(), {{"Host", "evil.example:80"}});
  EXPECT_EQ(foreign.status, 403);
  EXPECT_EQ(
      browser.post("List", Json::object(), {{"Host", "localhost:1"}}).status,
      200);
}

TEST(HttpServer, ATokenIsAskedFor) {
  const Fixture fixture({.http = "127.0.0.1:0"}, "secret");
  Browser browser(fixture);
  EXPECT_EQ(browser.post("List", Json::object()).status, 401);
  EXPECT_EQ(browser.client.Get("/metrics")->status, 401);
  EXPECT_EQ(browser.client.Get("/healthz")->status, 200);
  for (const auto& [given, status] :
       {std::pair("Bearer secret", 200), std::pair("bearer secret", 200),
        std::pair("Bearer Secret", 401), std::pair("Basic secret", 401),
        std::pair("Bear", 401)})
    EXPECT_EQ(
        browser.post("List", Json::object(), {{"Authorization", given}}).status,
        status)
        << given;
}

TEST(HttpServer, AFullServerSaysWhenToTryAgain) {
  const Fixture fixture({.http = "127.0.0.1:0", .sessions = 1});
  Browser browser(fixture);
  const Answered made = browser.post("Make", {{"environment", "llvm"}});
  const auto full =
      browser.client.Post("/v1/Make", R"({"environment": "llvm"})", kJson);
  EXPECT_EQ(full->status, 429);
  EXPECT_EQ(full->get_header_value("Retry-After"), "1");
  // Who forks would wait for sessions of their own.
  const auto fork = browser.client.Post(
      "/v1/Fork", to_text(Json{{"session", made.body["session"]}}), kJson);
  EXPECT_EQ(fork->status, 429);
  EXPECT_FALSE(fork->has_header("Retry-After"));
  EXPECT_THAT(
      browser.client.Get("/metrics")->body,
      HasSubstr(R"(hone_calls_total{method="Fork",ended="refused"} 1)"));
}

}  // namespace hone::service
