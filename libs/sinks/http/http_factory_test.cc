#include "libs/sinks/http/http_factory.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_config_report.h"
#include "libs/sinks/http/http.pb.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HttpFactoryTest : public testing::Test {
 protected:
  HttpFactoryTest() { RegisterHttpSink(registry_); }

  std::unique_ptr<Sink> Create() {
    BuildContext context{"out", "p", report_, rules_, clock_};
    return registry_.Find("http")->create(config_, context);
  }

  SinkRegistry registry_;
  FakeConfigReport report_;
  RuleSetBuilder rules_;
  FakeClock clock_;
  sinks::http::v1::Http config_;
};

TEST_F(HttpFactoryTest, MakesASink) {
  config_.set_url("https://example.com/");
  auto* header = config_.add_headers();
  header->set_name("X-Key");
  header->set_value("v");
  EXPECT_NE(Create(), nullptr);
  EXPECT_THAT(report_.errors, IsEmpty());
}

TEST_F(HttpFactoryTest, TakesHttpAndHttpsOnly) {
  for (const char* url :
       {"", "example.com", "ftp://x/", "file:///etc/passwd", "gopher://x",
        "http//x", "http://", "https:///x", "http://x:99999/", "http://a b/"}) {
    config_.set_url(url);
    report_.errors.clear();
    EXPECT_EQ(Create(), nullptr);
    EXPECT_THAT(report_.errors,
                ElementsAre("url@0: url has no scheme http:// or "
                            "https://, or no host: expected "
                            "one such as "
                            "'https://example.com/events'"))
        << url;
  }
}

TEST_F(HttpFactoryTest, LetsNoValueAddAHeader) {
  config_.set_url("http://x/");
  auto* header = config_.add_headers();
  header->set_name("X");
  header->set_value("a\r\nEvil: yes");
  config_.add_headers()->set_name("bad name");
  config_.set_idempotency_header("a:b");
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors, ElementsAre(HasSubstr("headers[0].value"),
                                          HasSubstr("headers[1].name"),
                                          HasSubstr("idempotency_header")));
}

TEST_F(HttpFactoryTest, TakesAFieldAsTheKeyOfConcurrentRequests) {
  config_.set_url("http://x/");
  config_.mutable_concurrency()->set_max(8);
  for (const char* key : {"", "subject", "ext.tenant", "data.a.b"}) {
    config_.mutable_concurrency()->set_key(key);
    EXPECT_NE(Create(), nullptr) << key;
  }
  config_.mutable_concurrency()->set_key("no field");
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors,
              ElementsAre(HasSubstr("concurrency.key@0: 'no field' is no "
                                    "field, expected an attribute")));
}

TEST_F(HttpFactoryTest, BoundsTheMemoryOfAllRequestsUnderWay) {
  config_.set_url("http://x/");
  config_.set_max_batch_bytes(1 << 20);
  EXPECT_EQ(Create()->max_memory_bytes(), 3u << 20);
  config_.mutable_concurrency()->set_max(8);
  EXPECT_EQ(Create()->max_memory_bytes(), 17u << 20);
  config_.mutable_concurrency()->set_key("subject");
  EXPECT_EQ(Create()->max_memory_bytes(), 24u << 20);
}

}  // namespace
}  // namespace phoenix
