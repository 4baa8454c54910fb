#ifndef LIBS_SOURCES_TCP_TCP_SOURCE_H_
#define LIBS_SOURCES_TCP_TCP_SOURCE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/component/source.h"
#include "libs/event/ndjson_decoder.h"

namespace phoenix {

struct TcpSourceOptions {
  std::string address;   // `HOST:PORT`.
  NdjsonOptions decode;  // `id_prefix` gets the connection's number added.
  size_t max_connections = 256;
  // For the buffers of all connections beyond what each has of its own; at
  // least what the longest line needs.
  size_t max_buffered_bytes = 32 << 20;
  std::chrono::milliseconds linger{1};
  std::chrono::milliseconds idle_timeout{0};  // 0: silence is no offence.
};

// The source `tcp`: lines of JSON from any number of connections, read, decoded
// and offered by one thread. Each connection is a lane.
//
// A line that is no JSON or too long is counted and answered, and hurts no
// other. Without credit the connection is not read. When the peer has closed
// its side and all of its lines have settled, the connection is closed. When it
// ends otherwise, because the source drains, events were given back, or nothing
// came for `idle_timeout`, the last reply says how many of its lines, from the
// first one on, are final: the peer sends those after them again. After Stop
// alone, or when the outcomes did not come before it, it is reset, and nothing
// is known.
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

  // What connections can make the source hold at most, events that the pipeline
  // has taken aside: `max_buffered_bytes`; for each connection what its lines
  // have at least (see LineSession), the replies that wait to be sent and those
  // on their way; and the one buffer that grows at the moment. Thread-safe.
  std::vector<const char*> refusal_reasons() const override;
  size_t max_memory_bytes() const override;

  // What is taken of `max_buffered_bytes` at the moment. Thread-safe.
  size_t buffered_bytes() const;

  // A line buffer may become one batch: its text and its columns.
  size_t max_batch_bytes() const override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_TCP_TCP_SOURCE_H_
