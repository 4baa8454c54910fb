#include "libs/sinks/http/curl_client.h"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/sinks/http/canned_server.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

class CurlClientTest : public testing::Test {
 protected:
  CurlClientTest() {
    options_.url = server_.url();
    options_.content_type = "text/x-test";
    options_.idempotency_header = "Idempotency-Key";
  }

  CurlClient& Client() {
    if (client_ == nullptr) client_ = std::make_unique<CurlClient>(options_);
    return *client_;
  }

  absl::StatusOr<HttpAnswer> Post(const std::string& body) {
    Client().Start(
        0, {.body = body, .content_encoding = "gzip", .idempotency_key = "k1"});
    return Client().Wait().answer;
  }

  CannedServer server_;
  CurlClient::Options options_;
  std::unique_ptr<CurlClient> client_;
};

TEST_F(CurlClientTest, PostsBodyAndHeaders) {
  options_.headers = {"Authorization: Bearer x", "X-Empty:"};
  const auto answer = Post("hello");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->excerpt, "ok");
  ASSERT_EQ(server_.requests().size(), 1u);
  auto request = server_.requests()[0];
  EXPECT_EQ(request.body, "hello");
  EXPECT_EQ(request.headers["content-type"], "text/x-test");
  EXPECT_EQ(request.headers["content-encoding"], "gzip");
  EXPECT_EQ(request.headers["idempotency-key"], "k1");
  EXPECT_EQ(request.headers["authorization"], "Bearer x");
  EXPECT_EQ(request.headers.count("expect"), 0u);
}

TEST_F(CurlClientTest, KeepsTheConnectionOpen) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Post("x").ok());
  EXPECT_EQ(server_.requests().size(), 5u);
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(CurlClientTest, ReadsWhenToTryAgain) {
  server_.AnswerNext(
      "HTTP/1.1 503 Busy\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n");
  const auto answer = Post("x");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->retry_after, absl::Seconds(17));
  EXPECT_FALSE(Post("x")->retry_after.has_value());
}

TEST_F(CurlClientTest, KeepsOnlyTheBeginningOfAnAnswer) {
  server_.AnswerNext("HTTP/1.1 400 Bad\r\nContent-Length: 5000\r\n\r\n" +
                     std::string(5000, 'e'));
  EXPECT_EQ(Post("x")->excerpt, std::string(CurlClient::kMaxExcerptBytes, 'e'));
}

TEST_F(CurlClientTest, FollowsNoRedirect) {
  server_.AnswerNext(
      "HTTP/1.1 307 Elsewhere\r\nLocation: /other\r\nContent-Length: "
      "0\r\n\r\n");
  EXPECT_EQ(Post("x")->status, 307);
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(CurlClientTest, IsUnavailableWhenTheConnectionBreaks) {
  server_.AnswerNext("");
  EXPECT_EQ(Post("x").status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(Post("x").ok());
}

TEST_F(CurlClientTest, IsUnavailableWhenNobodyListens) {
  options_.url = "http://127.0.0.1:1/";
  const absl::Status status = Post("x").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no answer: "));
}

TEST_F(CurlClientTest, EndsARequestThatTakesTooLong) {
  options_.timeout = absl::Milliseconds(50);
  server_.AnswerNext("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_EQ(Post("x").status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(CurlClientTest, EndsARequestThatIsCancelled) {
  server_.AnswerNext("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  Client();
  std::thread canceller([this] {
    while (server_.requests().empty()) std::this_thread::yield();
    client_->Cancel();
  });
  EXPECT_EQ(Post("x").status().code(), absl::StatusCode::kCancelled);
  canceller.join();
  EXPECT_EQ(Post("y").status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(CurlClientTest, HasSeveralCallsUnderWay) {
  constexpr size_t kCalls = 4;
  server_.AnswerAfter(kCalls);
  const std::vector<std::string> bodies = {"a", "b", "c", "d"};
  for (size_t i = 0; i < kCalls; ++i) Client().Start(i, {.body = bodies[i]});
  std::set<size_t> answered;
  for (size_t i = 0; i < kCalls; ++i) {
    const HttpCompletion completion = Client().Wait();
    EXPECT_TRUE(completion.answer.ok()) << completion.answer.status();
    EXPECT_GT(completion.took, absl::ZeroDuration());
    answered.insert(completion.call);
  }
  EXPECT_EQ(answered.size(), kCalls);
  EXPECT_EQ(server_.connections(), static_cast<int>(kCalls));
}

TEST_F(CurlClientTest, EndsAllCallsThatAreCancelled) {
  server_.AnswerAfter(100);
  for (size_t i = 0; i < 3; ++i) Client().Start(i, {.body = "x"});
  Client().Cancel();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(absl::IsCancelled(Client().Wait().answer.status()));
  }
}

TEST_F(CurlClientTest, SpeaksHttpOnly) {
  options_.url = "file:///etc/passwd";
  EXPECT_FALSE(Post("x").ok());
}

}  // namespace
}  // namespace phoenix
