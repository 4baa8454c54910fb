#include "libs/http/server.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/mutex.h"
#include "libs/http/handler.h"
#include "libs/http/message.h"
#include "libs/http/router.h"
#include "libs/net/testing/tcp_client.h"

namespace phoenix::http {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Answers with the body that it got, or keeps the request until it is told.
class EchoHandler : public Handler {
 public:
  class Echo : public Exchange {
   public:
    Echo(EchoHandler& handler, std::shared_ptr<Responder> responder)
        : handler_(handler), responder_(std::move(responder)) {}
    ~Echo() override { handler_.Count(&EchoHandler::destroyed_); }

    void OnBody(std::string_view part) override {
      body_ += part;
      if (handler_.pause_on_ != 0 && body_.size() >= handler_.pause_on_) {
        handler_.pause_on_ = 0;
        responder_->PauseReading();
        handler_.Hold(responder_);
      }
    }
    void OnEnd() override {
      if (handler_.hold_) return handler_.Hold(responder_);
      responder_->Respond({.content_type = "text/plain", .body = body_});
    }
    void OnAbort() override { handler_.Count(&EchoHandler::aborted_); }

   private:
    EchoHandler& handler_;
    std::shared_ptr<Responder> responder_;
    std::string body_;
  };

  std::unique_ptr<Exchange> Accept(
      const RequestHead& head, std::shared_ptr<Responder> responder) override {
    {
      MutexLock lock(mutex_);
      heads_.push_back(head);
    }
    if (head.path == "/refuse") responder->Respond({.status = 413});
    return std::make_unique<Echo>(*this, std::move(responder));
  }

  std::shared_ptr<Responder> WaitForHeld() {
    MutexLock lock(mutex_);
    while (held_ == nullptr) changed_.Wait(mutex_);
    return std::exchange(held_, nullptr);
  }

  void WaitForAborted() {
    MutexLock lock(mutex_);
    while (aborted_ == 0) changed_.Wait(mutex_);
  }

  void WaitForDestroyed() {
    MutexLock lock(mutex_);
    while (destroyed_ == 0) changed_.Wait(mutex_);
  }

  std::vector<RequestHead> heads() {
    MutexLock lock(mutex_);
    return heads_;
  }

  int destroyed() {
    MutexLock lock(mutex_);
    return destroyed_;
  }

  // Set before the requests come.
  bool hold_ = false;
  size_t pause_on_ = 0;

 private:
  void Hold(std::shared_ptr<Responder> responder) {
    MutexLock lock(mutex_);
    held_ = std::move(responder);
    changed_.NotifyAll();
  }
  void Count(int EchoHandler::*what) {
    MutexLock lock(mutex_);
    ++(this->*what);
    changed_.NotifyAll();
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<RequestHead> heads_;
  std::shared_ptr<Responder> held_;
  int aborted_ = 0;
  int destroyed_ = 0;
};

class ServerTest : public testing::Test {
 protected:
  void Start() {
    options_.address = "127.0.0.1:0";
    server_ = std::make_unique<Server>(options_, handler_);
    ASSERT_TRUE(server_->Start().ok());
  }

  // One response with its body.
  static std::string ReadResponse(TcpClient& client) {
    std::string head = client.ReadUntil("\r\n\r\n");
    const std::string name = "Content-Length: ";
    const size_t at = head.find(name);
    if (at == std::string::npos) return head;
    return head + client.Read(std::stoul(head.substr(at + name.size())));
  }

  std::string Roundtrip(std::string_view request) {
    TcpClient client(server_->port());
    EXPECT_TRUE(client.Send(request));
    return ReadResponse(client);
  }

  EchoHandler handler_;
  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, HandsOverHeadAndBodyAndSendsTheResponse) {
  Start();
  const std::string response = Roundtrip(
      "POST /a/b?x=1&y HTTP/1.1\r\nHost: h\r\nX-Key: v\r\n"
      "Content-Length: 5\r\n\r\nhello");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response, HasSubstr("Content-Type: text/plain\r\n"));
  EXPECT_THAT(response, testing::EndsWith("\r\n\r\nhello"));
  const RequestHead head = handler_.heads().at(0);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.path, "/a/b");
  EXPECT_EQ(head.query, "x=1&y");
  EXPECT_EQ(head.content_length, 5u);
  EXPECT_EQ(FindHeader(head.headers, "x-key"), "v");
}

TEST_F(ServerTest, KeepsTheConnectionForFurtherRequests) {
  Start();
  TcpClient client(server_->port());
  for (const char* body : {"one", "two"}) {
    ASSERT_TRUE(
        client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n" +
                    std::string(body)));
    EXPECT_THAT(ReadResponse(client), testing::EndsWith(body));
  }
  EXPECT_EQ(handler_.heads()[0].connection, handler_.heads()[1].connection);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  Start();
  TcpClient client(server_->port());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n" +
                std::to_string(10 + i);
  }
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(ReadResponse(client),
                testing::EndsWith("\r\n\r\n" + std::to_string(10 + i)));
  }
}

TEST_F(ServerTest, TakesTheFramingOutOfAChunkedBody) {
  Start();
  EXPECT_THAT(
      Roundtrip(
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
          "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n"),
      testing::EndsWith("\r\n\r\nabcdefg"));
  EXPECT_EQ(handler_.heads()[0].content_length, std::nullopt);
}

TEST_F(ServerTest, PassesALargeBodyOnInParts) {
  Start();
  const std::string body(3 << 20, 'x');
  EXPECT_THAT(Roundtrip("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                        std::to_string(body.size()) + "\r\n\r\n" + body),
              testing::EndsWith(body));
}

TEST_F(ServerTest, TellsAClientToContinue) {
  Start();
  TcpClient client(server_->port());
  ASSERT_TRUE(
      client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
                  "Expect: 100-continue\r\n\r\n"));
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), StartsWith("HTTP/1.1 100"));
  ASSERT_TRUE(client.Send("ok"));
  EXPECT_THAT(ReadResponse(client), testing::EndsWith("ok"));
}

TEST_F(ServerTest, SendsAnEarlyResponseAndThenCloses) {
  Start();
  TcpClient client(server_->port());
  ASSERT_TRUE(client.Send(
      "POST /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n"
      "Expect: 100-continue\r\n\r\n"));
  const std::string response = client.ReadAll();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(response, HasSubstr("Connection: close\r\n"));
}

TEST_F(ServerTest, WaitsForAResponseFromAnotherThread) {
  handler_.hold_ = true;
  Start();
  TcpClient client(server_->port());
  ASSERT_TRUE(
      client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"));
  auto responder = handler_.WaitForHeld();
  responder->Respond({.status = 202});
  responder->Respond({.status = 500});
  EXPECT_THAT(ReadResponse(client), StartsWith("HTTP/1.1 202 Accepted"));
}

TEST_F(ServerTest, ReadsOnWhenAPausedRequestResumes) {
  handler_.pause_on_ = 1;
  Start();
  TcpClient client(server_->port());
  ASSERT_TRUE(
      client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab"));
  auto responder = handler_.WaitForHeld();
  ASSERT_TRUE(client.Send("cd"));
  responder->ResumeReading();
  EXPECT_THAT(ReadResponse(client), testing::EndsWith("abcd"));
}

TEST_F(ServerTest, AbortsTheRequestOfAClientThatGoesAway) {
  Start();
  TcpClient client(server_->port());
  ASSERT_TRUE(
      client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab"));
  client.Reset();
  handler_.WaitForAborted();
}

TEST_F(ServerTest, TellsAClientThatItsBodyBrokeOff) {
  Start();
  for (const char* framing :
       {"Content-Length: 9\r\n\r\nab",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\nc"}) {
    TcpClient client(server_->port());
    ASSERT_TRUE(
        client.Send(std::string("POST / HTTP/1.1\r\nHost: h\r\n") + framing));
    client.HalfClose();
    EXPECT_THAT(client.ReadAll(), AllOf(StartsWith("HTTP/1.1 400"),
                                        HasSubstr("BODY_INCOMPLETE")));
  }
}

TEST_F(ServerTest, RefusesWhatIsNoHttp) {
  Start();
  const std::string response = Roundtrip("nonsense\r\n\r\n");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(response, HasSubstr("HTTP_INVALID"));
}

TEST_F(ServerTest, RefusesHeadersOverTheLimitAndTakesThoseAtIt) {
  options_.max_header_bytes = 1024;
  Start();
  const std::string line =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nX: ";
  const size_t room = 1024 - line.size() - 4;
  EXPECT_THAT(Roundtrip(line + std::string(room, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 200"));
  // The request line has the limit for itself.
  EXPECT_THAT(Roundtrip(line + std::string(room + 64, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431"));
}

TEST_F(ServerTest, RefusesABodyOverTheLimit) {
  options_.max_body_bytes = 4;
  Start();
  EXPECT_THAT(
      Roundtrip("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nabcd"),
      StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(
      Roundtrip("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde"),
      StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(
      Roundtrip(
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
          "5\r\nabcde\r\n0\r\n\r\n"),
      StartsWith("HTTP/1.1 413"));
}

TEST_F(ServerTest, CutsOffAClientThatDripsHeaders) {
  options_.header_timeout = std::chrono::milliseconds(20);
  Start();
  EXPECT_THAT(Roundtrip("POST / HTTP/1.1\r\nX"), StartsWith("HTTP/1.1 408"));
}

TEST_F(ServerTest, CutsOffAClientWhoseBodyStops) {
  options_.read_timeout = std::chrono::milliseconds(20);
  Start();
  EXPECT_THAT(
      Roundtrip("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab"),
      StartsWith("HTTP/1.1 408"));
  handler_.WaitForAborted();
}

TEST_F(ServerTest, ClosesAnIdleConnection) {
  options_.idle_timeout = std::chrono::milliseconds(20);
  Start();
  EXPECT_EQ(TcpClient(server_->port()).ReadAll(), "");
}

TEST_F(ServerTest, CutsOffAClientThatDoesNotTakeItsResponse) {
  options_.write_timeout = std::chrono::milliseconds(20);
  Start();
  TcpClient client(server_->port());
  // More than the sockets on the way hold.
  const std::string body(32 << 20, 'x');
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                          std::to_string(body.size()) + "\r\n\r\n" + body));
  handler_.WaitForDestroyed();
  while (server_->connection_count() > 0) std::this_thread::yield();
  EXPECT_LT(client.ReadAll().size(), body.size());
}

TEST_F(ServerTest, RefusesMoreConnectionsThanItMayHave) {
  options_.max_connections = 1;
  Start();
  TcpClient first(server_->port());
  ASSERT_TRUE(
      first.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_THAT(ReadResponse(first), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(server_->connection_count(), 1u);
  EXPECT_THAT(TcpClient(server_->port()).ReadAll(), StartsWith("HTTP/1.1 503"));
}

TEST_F(ServerTest, FinishesARequestWhenItStopsAccepting) {
  handler_.hold_ = true;
  Start();
  TcpClient busy(server_->port());
  ASSERT_TRUE(
      busy.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"));
  auto responder = handler_.WaitForHeld();
  server_->StopAccepting();
  EXPECT_FALSE(TcpClient(server_->port()).connected());
  responder->Respond({});
  const std::string response = busy.ReadAll();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(response, HasSubstr("Connection: close"));
}

TEST_F(ServerTest, AnswersARequestThatComesAfterItStoppedAccepting) {
  Start();
  TcpClient client(server_->port());
  const std::string request =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
  ASSERT_TRUE(client.Send(request));
  EXPECT_THAT(ReadResponse(client), HasSubstr("Connection: keep-alive"));
  server_->StopAccepting();
  ASSERT_TRUE(client.Send(request));
  EXPECT_THAT(client.ReadAll(), AllOf(StartsWith("HTTP/1.1 200"),
                                      HasSubstr("Connection: close")));
}

TEST_F(ServerTest, DestroysItsExchangesAndIgnoresLateAnswersAfterStop) {
  handler_.hold_ = true;
  Start();
  TcpClient client(server_->port());
  ASSERT_TRUE(
      client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"));
  auto responder = handler_.WaitForHeld();
  server_->Stop();
  EXPECT_EQ(handler_.destroyed(), 1);
  server_.reset();
  responder->Respond({});
  responder->ResumeReading();
  EXPECT_EQ(client.ReadAll(), "");
}

TEST_F(ServerTest, SaysThatThePortIsInUse) {
  Start();
  ServerOptions options;
  options.address = "127.0.0.1:" + std::to_string(server_->port());
  Server second(options, handler_);
  EXPECT_EQ(second.Start().code(), absl::StatusCode::kFailedPrecondition);
  options.address_option = "door_address";
  EXPECT_THAT(std::string(Server(options, handler_).Start().message()),
              HasSubstr("change `door_address`"));
}

TEST_F(ServerTest, RefusesARequestWithoutHost) {
  Start();
  EXPECT_THAT(Roundtrip("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab"),
              AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("HOST_MISSING"),
                    HasSubstr("Connection: close\r\n")));
  EXPECT_THAT(Roundtrip("POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nab"),
              StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, RefusesAnExpectationThatItDoesNotKnow) {
  Start();
  EXPECT_THAT(Roundtrip("POST / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n"
                        "Content-Length: 2\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 417"),
                    HasSubstr("\"status\":\"UNIMPLEMENTED\"")));
  EXPECT_TRUE(handler_.heads().empty());
}

class RouterTest : public ServerTest {
 protected:
  void StartRouter() {
    router_.Add("GET", "/page", page_);
    options_.address = "127.0.0.1:0";
    server_ = std::make_unique<Server>(options_, router_);
    ASSERT_TRUE(server_->Start().ok());
  }

  PageHandler page_{[](const RequestHead& head) {
    return Response{.content_type = "text/plain", .body = "q=" + head.query};
  }};
  Router router_;
};

TEST_F(RouterTest, FindsThePageOfAPath) {
  StartRouter();
  EXPECT_THAT(Roundtrip("GET /page?1 HTTP/1.1\r\nHost: h\r\n\r\n"),
              testing::EndsWith("\r\n\r\nq=1"));
}

TEST_F(RouterTest, FindsThePageOfATargetInAbsoluteForm) {
  StartRouter();
  EXPECT_THAT(Roundtrip("GET http://h:1/page?1 HTTP/1.1\r\nHost: h\r\n\r\n"),
              testing::EndsWith("\r\n\r\nq=1"));
  EXPECT_THAT(Roundtrip("GET http://h?1 HTTP/1.1\r\nHost: h\r\n\r\n"),
              HasSubstr("nothing at '/'"));
}

TEST_F(RouterTest, AnswersHeadWithoutABody) {
  StartRouter();
  TcpClient client(server_->port());
  ASSERT_TRUE(client.Send("HEAD /page?1 HTTP/1.0\r\n\r\n"));
  const std::string response = client.ReadAll();
  EXPECT_THAT(response, HasSubstr("Content-Length: 3\r\n"));
  EXPECT_THAT(response, testing::EndsWith("\r\n\r\n"));
}

TEST_F(RouterTest, SaysThatThereIsNothingAtAPath) {
  StartRouter();
  const std::string response =
      Roundtrip("GET /pages HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(response, HasSubstr("'/pages'"));
}

TEST_F(RouterTest, SaysWhichMethodsAPathTakes) {
  StartRouter();
  const std::string response =
      Roundtrip("PUT /page HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(response, HasSubstr("Allow: GET\r\n"));
}

}  // namespace
}  // namespace phoenix::http
