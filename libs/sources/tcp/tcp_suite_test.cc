#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/component/testing/source_suite.h"
#include "libs/net/testing/tcp_client.h"
#include "libs/sources/tcp/tcp_source.h"

namespace phoenix {
namespace {

class TcpFixture : public SourceFixture {
 public:
  std::unique_ptr<Source> MakeSource() override {
    auto source = std::make_unique<TcpSource>(Options(0), clock_);
    source_ = source.get();
    return source;
  }

  void Produce(const std::vector<std::string>& payloads) override {
    std::string lines;
    for (const std::string& payload : payloads) lines += payload + "\n";
    Send(lines);
  }

  void ProduceInvalid() override { Send("nonsense\n"); }

  std::unique_ptr<Source> MakeRival() override {
    return std::make_unique<TcpSource>(Options(source_->port()), clock_);
  }

 private:
  static TcpSourceOptions Options(uint16_t port) {
    TcpSourceOptions options;
    options.address = "127.0.0.1:" + std::to_string(port);
    options.decode.defaults = {"id-", "/test", "test", "application/json"};
    return options;
  }

  void Send(const std::string& lines) {
    client_.emplace(source_->port());
    client_->Send(lines);
  }

  FakeClock clock_;
  TcpSource* source_ = nullptr;
  std::optional<TcpClient> client_;
};

[[maybe_unused]] const bool kRegistered = RegisterSourceSuite(
    {.name = "Tcp",
     .make_fixture = [] { return std::make_unique<TcpFixture>(); },
     .has_invalid_input = true,
     .is_exclusive = true});

}  // namespace
}  // namespace phoenix
