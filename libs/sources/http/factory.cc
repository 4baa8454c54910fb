#include "libs/sources/http/factory.h"

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/net/listen_address.h"
#include "libs/sources/event_defaults.h"
#include "libs/sources/http/http_source.h"
#include "libs/sources/http/http_source.pb.h"
#include "libs/sources/proto_duration.h"

namespace phoenix {
namespace {

using Config = sources::http::v1::HttpSource;

void CheckPath(const std::string& path, const std::string& field,
               std::set<std::string>& seen, ConfigReport& report) {
  if (path.empty() || path[0] != '/') {
    report.Error(field, 0,
                 absl::StrCat("path '", path,
                              "': expected one that begins "
                              "with '/'"));
  } else if (!seen.insert(path).second) {
    report.Error(field, 0, absl::StrCat("path '", path, "' is there twice"));
  }
}

void Check(const Config& config, ConfigReport& report) {
  const absl::Status address = ParseListenAddress(config.address()).status();
  if (!address.ok()) {
    report.Error("address", 0, std::string(address.message()));
  }
  std::set<std::string> seen;
  CheckPath(config.path(), "path", seen, report);
  for (int i = 0; i < config.endpoints_size(); ++i) {
    CheckPath(config.endpoints(i).path(),
              absl::StrCat("endpoints[", i, "].path"), seen, report);
  }
}

http::ServerOptions ServerOptionsOf(const Config& config) {
  http::ServerOptions options;
  options.address = config.address();
  options.max_body_bytes = config.max_stream_bytes();
  options.max_connections = config.max_connections();
  options.header_timeout = ToMillis(config.header_timeout());
  options.read_timeout = ToMillis(config.read_timeout());
  options.idle_timeout = ToMillis(config.idle_timeout());
  return options;
}

std::unique_ptr<Source> CreateHttpSource(const Config& config,
                                         BuildContext& context) {
  const int errors = context.report.error_count();
  Check(config, context.report);
  if (context.report.error_count() > errors) return nullptr;
  HttpSourceOptions options;
  options.server = ServerOptionsOf(config);
  options.endpoints.push_back(
      {config.path(), ParseBodyFormat(config.format())});
  for (const auto& endpoint : config.endpoints()) {
    options.endpoints.push_back(
        {endpoint.path(), ParseBodyFormat(endpoint.format())});
  }
  options.defaults =
      MakeEventDefaults(context, config.event_source(), config.event_type());
  options.max_buffered_bytes = config.max_buffered_bytes();
  options.max_body_bytes = config.max_body_bytes();
  options.max_event_bytes = config.max_event_bytes();
  options.decompression.max_output_bytes = config.max_stream_bytes();
  options.decompression.output_limit_name = "max_stream_bytes";
  options.decompression.max_ratio = config.max_compression_ratio();
  options.max_wait = ToMillis(config.max_wait());
  options.ack_timeout = ToMillis(config.ack_timeout());
  return std::make_unique<HttpSource>(std::move(options), context.clock);
}

}  // namespace

void RegisterHttpSource(SourceRegistry& registry) {
  registry.Register<Config>("http", CreateHttpSource);
}

}  // namespace phoenix
