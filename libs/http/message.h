#ifndef LIBS_HTTP_MESSAGE_H_
#define LIBS_HTTP_MESSAGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace phoenix::http {

// Header fields in the order in which they came. Names keep their case and are
// compared without it.
using Headers = std::vector<std::pair<std::string, std::string>>;

// Whether two names are the same field's.
bool SameHeaderName(std::string_view a, std::string_view b);

// The value of the first field of that name; empty when there is none.
std::string_view FindHeader(const Headers& headers, std::string_view name);

// A request without its body.
struct RequestHead {
  std::string method;  // As it came: `POST`.
  std::string path;    // Without the query; as it came, not decoded.
  std::string query;   // Without the `?`.
  Headers headers;

  // The length that was announced; none for a chunked body.
  std::optional<uint64_t> content_length;

  // Numbers the connection; unique in the process.
  uint64_t connection = 0;
};

// A whole response. Content-Length and Connection are added when it is sent.
struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body = {};
  Headers headers = {};  // Further fields; never made of what a client sent.
};

}  // namespace phoenix::http

#endif  // LIBS_HTTP_MESSAGE_H_
