#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/component/testing/source_suite.h"
#include "libs/net/testing/tcp_client.h"
#include "libs/sources/http/http_source.h"

namespace phoenix {
namespace {

class HttpFixture : public SourceFixture {
 public:
  std::unique_ptr<Source> MakeSource() override {
    auto source = std::make_unique<HttpSource>(Options(0), clock_);
    source_ = source.get();
    return source;
  }

  void Produce(const std::vector<std::string>& payloads) override {
    std::string lines;
    for (const std::string& payload : payloads) lines += payload + "\n";
    Post(lines);
  }

  void ProduceInvalid() override { Post("nonsense\n"); }

  std::unique_ptr<Source> MakeRival() override {
    return std::make_unique<HttpSource>(Options(source_->port()), clock_);
  }

 private:
  static HttpSourceOptions Options(uint16_t port) {
    HttpSourceOptions options;
    options.server.address = "127.0.0.1:" + std::to_string(port);
    options.endpoints.push_back({"/", BodyFormat::kNdjson});
    options.defaults = {"id-", "/test", "test", "application/json"};
    options.max_wait = std::chrono::hours(1);
    return options;
  }

  void Post(const std::string& body) {
    client_.emplace(source_->port());
    client_->Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  FakeClock clock_;
  HttpSource* source_ = nullptr;
  std::optional<TcpClient> client_;
};

[[maybe_unused]] const bool kRegistered = RegisterSourceSuite(
    {.name = "Http",
     .make_fixture = [] { return std::make_unique<HttpFixture>(); },
     .has_invalid_input = true,
     .is_exclusive = true});

}  // namespace
}  // namespace phoenix
