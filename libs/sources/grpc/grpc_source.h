#ifndef LIBS_SOURCES_GRPC_GRPC_SOURCE_H_
#define LIBS_SOURCES_GRPC_GRPC_SOURCE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/component/source.h"

namespace phoenix {

struct GrpcSourceOptions {
  std::string address;  // `HOST:PORT`.
  std::string door;     // The source's name; an empty door means this one too.
  int max_message_bytes = 4 << 20;
  // For all calls and streams together; at least what the largest message
  // needs.
  size_t max_buffered_bytes = 48 << 20;
  size_t max_event_bytes = 1 << 20;
  int64_t stream_credit_bytes = 8 << 20;
  int64_t stream_credit_events = 100'000;
  std::chrono::milliseconds ack_timeout{30'000};  // Of unary calls.
};

// The source `grpc`: phoenix.ingest.v1.IngestService, as its proto says.
class GrpcSource : public Source {
 public:
  // `clock` outlives the source.
  GrpcSource(GrpcSourceOptions options, Clock& clock);
  ~GrpcSource() override;

  absl::Status Start(Outlet& outlet) override;
  void StopAccepting() override;
  void Stop() override;

  // `max_buffered_bytes` for calls, streams and their messages, and what gRPC
  // itself may hold of messages that come and go: 32 MiB, or four of the
  // largest.
  std::vector<const char*> refusal_reasons() const override;
  size_t max_memory_bytes() const override;

  // What calls and streams take of `max_buffered_bytes` now. Thread-safe.
  size_t buffered_bytes() const;

  // A message becomes one batch: its text and its columns.
  size_t max_batch_bytes() const override;

  // The port that is bound; after Start.
  uint16_t port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_GRPC_GRPC_SOURCE_H_
