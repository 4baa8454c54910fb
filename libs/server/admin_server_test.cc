#include "libs/server/admin_server.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/net/testing/tcp_client.h"

namespace phoenix {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class AdminServerTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.Start().ok()); }

  std::string Get(const std::string& path) {
    TcpClient client(server_.port());
    client.Send("GET " + path + " HTTP/1.0\r\n\r\n");
    return client.ReadAll();
  }

  MetricsRegistry metrics_;
  HealthRegistry health_;
  AdminServer server_{{.address = "127.0.0.1:0"}, metrics_, health_};
};

TEST_F(AdminServerTest, RendersMetricsForPrometheus) {
  const std::string response = Get("/metrics");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(response, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(response, EndsWith("\r\n\r\n" + metrics_.Render()));
}

TEST_F(AdminServerTest, IsReadyOnceEachPartIs) {
  health_.Add("sink 'orders'");
  const std::string response = Get("/readyz");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(response, HasSubstr("sink 'orders'"));
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200"));
  health_.SetReady("sink 'orders'");
  EXPECT_THAT(Get("/readyz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminServerTest, IsNotHealthyWhenAPartHasFailed) {
  health_.Add("log");
  health_.SetFailed("log", "disk is gone");
  const std::string response = Get("/healthz");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(response, HasSubstr("disk is gone"));
}

TEST_F(AdminServerTest, IsNotReadyWhileItDrains) {
  health_.SetDraining();
  EXPECT_THAT(Get("/readyz"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminServerTest, HasNothingElse) {
  EXPECT_THAT(Get("/"), StartsWith("HTTP/1.1 404"));
}

TEST_F(AdminServerTest, SaysThatThePortIsInUse) {
  AdminServer second({.address = "127.0.0.1:" + std::to_string(server_.port())},
                     metrics_, health_);
  EXPECT_EQ(second.Start().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace phoenix
