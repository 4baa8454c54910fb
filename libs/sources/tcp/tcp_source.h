#ifndef LIBS_SOURCES_TCP_TCP_SOURCE_H_
#define LIBS_SOURCES_TCP_TCP_SOURCE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/component/source.h"
#include "libs/event/ndjson_decoder.h"

namespace phoenix {

struct TcpSourceOptions {
  std::string address;   // `HOST:PORT`.
  NdjsonOptions decode;  // `id_prefix` gets the connection's number added.
  size_t max_connections = 256;
  std::chrono::milliseconds linger{1};
};

// The source `tcp`: lines of JSON from any number of connections, read, decoded
// and offered by one thread. Each connection is a lane.
//
// A line that is no JSON or too long is counted and answered, and hurts no
// other. Without credit the connection is not read. When the peer has closed
// its side and all of its lines have settled, the connection is closed; it is
// reset instead when not all was taken, so that an orderly end always means
// success.
class TcpSource : public Source {
 public:
  // `clock` outlives the source.
  TcpSource(TcpSourceOptions options, Clock& clock);
  ~TcpSource() override;

  absl::Status Start(Outlet& outlet) override;
  void StopAccepting() override;
  void Stop() override;

  // The port that is bound; after Start.
  uint16_t port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_TCP_TCP_SOURCE_H_
