#include "libs/server/admin_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The whole response to a GET, head and body.
std::string Get(uint16_t port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address))) {
    close(fd);
    return "no connection";
  }
  const std::string request =
      "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(send(fd, request.data(), request.size(), 0),
            static_cast<ssize_t>(request.size()));
  std::string response;
  char buffer[4096];
  for (ssize_t n; (n = recv(fd, buffer, sizeof(buffer), 0)) > 0;) {
    response.append(buffer, static_cast<size_t>(n));
  }
  close(fd);
  return response;
}

class AdminServerTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.Start().ok()); }

  MetricsRegistry metrics_;
  HealthRegistry health_;
  AdminServer server_{{.address = "127.0.0.1:0"}, metrics_, health_};
};

TEST_F(AdminServerTest, ServesMetrics) {
  PublishBuildInfo(metrics_, "1.2.3", "abc");
  const std::string response = Get(server_.port(), "/metrics");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(response, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(response, HasSubstr("phoenix_build_info"));
}

TEST_F(AdminServerTest, IsNotReadyBeforeItsPartsAre) {
  health_.Add("archive");
  EXPECT_THAT(Get(server_.port(), "/readyz"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(Get(server_.port(), "/readyz"), HasSubstr("archive"));
  EXPECT_THAT(Get(server_.port(), "/healthz"), StartsWith("HTTP/1.1 200"));
  health_.SetReady("archive");
  EXPECT_THAT(Get(server_.port(), "/readyz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminServerTest, IsNotReadyWhileItDrains) {
  health_.SetDraining();
  EXPECT_THAT(Get(server_.port(), "/readyz"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(Get(server_.port(), "/healthz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminServerTest, IsNotHealthyWhenAPartHasFailed) {
  health_.SetFailed("archive", "disk is gone");
  const std::string response = Get(server_.port(), "/healthz");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(response, HasSubstr("disk is gone"));
}

TEST_F(AdminServerTest, AnswersUnknownPathsWithNotFound) {
  EXPECT_THAT(Get(server_.port(), "/nothing"), StartsWith("HTTP/1.1 404"));
}

TEST_F(AdminServerTest, SaysThatItsPortIsInUse) {
  AdminServer second({.address = "127.0.0.1:" + std::to_string(server_.port())},
                     metrics_, health_);
  const absl::Status status = second.Start();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()),
              HasSubstr(std::to_string(server_.port())));
}

}  // namespace
}  // namespace phoenix
