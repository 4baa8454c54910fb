#include "libs/sources/tcp/factory.h"

#include <memory>
#include <string>
#include <utility>

#include "libs/net/listen_address.h"
#include "libs/sources/event_defaults.h"
#include "libs/sources/proto_duration.h"
#include "libs/sources/tcp/tcp_source.h"
#include "libs/sources/tcp/tcp_source.pb.h"

namespace phoenix {
namespace {

std::unique_ptr<Source> CreateTcpSource(
    const sources::tcp::v1::TcpSource& config, BuildContext& context) {
  const absl::Status address = ParseListenAddress(config.address()).status();
  if (!address.ok()) {
    context.report.Error("address", 0, std::string(address.message()));
    return nullptr;
  }
  TcpSourceOptions options;
  options.address = config.address();
  options.decode.defaults =
      MakeEventDefaults(context, config.event_source(), config.event_type());
  options.decode.max_event_bytes = config.max_line_bytes();
  options.decode.limit_name = "max_line_bytes";
  options.decode.buffer_bytes = config.batch_bytes();
  options.max_connections = config.max_connections();
  options.max_buffered_bytes = config.max_buffered_bytes();
  options.linger = ToMillis(config.linger());
  options.idle_timeout = ToMillis(config.idle_timeout());
  return std::make_unique<TcpSource>(std::move(options), context.clock);
}

}  // namespace

void RegisterTcpSource(SourceRegistry& registry) {
  registry.Register<sources::tcp::v1::TcpSource>("tcp", CreateTcpSource);
}

}  // namespace phoenix
