#include "libs/net/listen_address.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/net/testing/tcp_client.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

TEST(ListenAddressTest, ReadsHostAndPort) {
  auto address = ParseListenAddress("127.0.0.1:9000");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->host, "127.0.0.1");
  EXPECT_EQ(address->port, 9000);
  EXPECT_EQ(address->ToString(), "127.0.0.1:9000");
}

TEST(ListenAddressTest, ReadsAnIpv6AddressInBrackets) {
  auto address = ParseListenAddress("[::1]:80");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->host, "::1");
  EXPECT_EQ(address->ToString(), "[::1]:80");
}

TEST(ListenAddressTest, RefusesWhatIsNoAddress) {
  for (const char* text :
       {"", "9000", ":9000", "host:", "host:x", "host:65536", "host:-1",
        "::1:80", "[]:80", "[host]:80", "256.0.0.1:80", "1.2.3:80", "a b:80",
        "http://a:80", "[::g]:80", "host:+1", "host: 1"}) {
    auto address = ParseListenAddress(text);
    EXPECT_EQ(address.status().code(), absl::StatusCode::kInvalidArgument)
        << text;
    EXPECT_THAT(std::string(address.status().message()),
                HasSubstr("expected HOST:PORT"));
  }
}

TEST(ListenAddressTest, SaysWhatItExpects) {
  EXPECT_EQ(
      std::string(ParseListenAddress("127.0.0.1:99999").status().message()),
      "address '127.0.0.1:99999': expected HOST:PORT with a port up to "
      "65535, such as '127.0.0.1:9000' or '[::1]:9000'");
}

TEST(ListenSocketTest, ListensOnAPortOfTheSystemsChoice) {
  auto listener = OpenListenSocket("127.0.0.1:0");
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_GT(listener->port, 0);
  EXPECT_TRUE(TcpClient(listener->port).connected());
}

TEST(ListenSocketTest, SaysThatAPortIsInUseAndWhatToChange) {
  auto first = OpenListenSocket("127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  auto second = OpenListenSocket("127.0.0.1:" + std::to_string(first->port));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  const std::string message(second.status().message());
  EXPECT_THAT(message, HasSubstr("in use"));
  EXPECT_THAT(message, HasSubstr("`address`"));
}

TEST(ListenSocketTest, NamesTheOptionThatTheAddressCameFrom) {
  auto first = OpenListenSocket("127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  auto second = OpenListenSocket("127.0.0.1:" + std::to_string(first->port),
                                 "admin_address");
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr("change `admin_address`"));
}

TEST(ListenSocketTest, SaysThatAnAddressIsNotOfThisMachine) {
  auto listener = OpenListenSocket("192.0.2.1:0");
  EXPECT_EQ(listener.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(listener.status().message()),
              HasSubstr("192.0.2.1:0"));
}

TEST(ListenSocketTest, ListensOnIpv6) {
  auto listener = OpenListenSocket("[::1]:0");
  // A machine without IPv6 says so clearly.
  if (!listener.ok()) {
    EXPECT_EQ(listener.status().code(), absl::StatusCode::kFailedPrecondition);
    return;
  }
  EXPECT_GT(listener->port, 0);
}

}  // namespace
}  // namespace phoenix
