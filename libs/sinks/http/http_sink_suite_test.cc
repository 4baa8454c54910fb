// The clauses of docs/specs/component.md, held by the http sink against a real
// connection.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/clock.h"
#include "libs/component/testing/sink_suite.h"
#include "libs/sinks/http/canned_server.h"
#include "libs/sinks/http/curl_client.h"
#include "libs/sinks/http/http_sink.h"
#include "libs/sinks/rows/ndjson_row_encoder.h"

namespace phoenix {
namespace {

class HttpFixture : public SinkFixture {
 public:
  std::unique_ptr<Sink> MakeSink() override {
    CurlClient::Options client;
    client.url = server_.url();
    HttpSink::Options options;
    options.name = "out";
    return std::make_unique<HttpSink>(
        std::move(options), std::make_unique<NdjsonRowEncoder>(),
        std::make_unique<CurlClient>(std::move(client)), Clock::System());
  }

  std::vector<std::string> Arrived() override {
    std::vector<std::string> lines;
    for (const CannedServer::Request& request : server_.requests()) {
      size_t begin = 0;
      for (size_t end;
           (end = request.body.find('\n', begin)) != std::string::npos;
           begin = end + 1) {
        lines.push_back(request.body.substr(begin, end - begin));
      }
    }
    return lines;
  }

  bool Break() override {
    server_.AnswerNext("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    return true;
  }

 private:
  CannedServer server_;
};

const bool kRegistered = RegisterSinkSuite(
    {.name = "Http",
     .make_fixture = [] { return std::make_unique<HttpFixture>(); },
     .can_break = true});

}  // namespace
}  // namespace phoenix
