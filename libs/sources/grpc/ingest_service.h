#ifndef LIBS_SOURCES_GRPC_INGEST_SERVICE_H_
#define LIBS_SOURCES_GRPC_INGEST_SERVICE_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/component/source.h"
#include "libs/event/decode_error.h"
#include "libs/sources/byte_allowance.h"
#include "libs/sources/grpc/publish_error.h"
#include "phoenix/ingest/v1/ingest_service.grpc.pb.h"

namespace phoenix {

class PublishCall;

struct IngestServiceOptions {
  std::string door;  // The source's name; an empty door means this one too.
  size_t max_event_bytes = 1 << 20;
  int64_t stream_credit_bytes = 8 << 20;
  int64_t stream_credit_events = 100'000;
  std::chrono::milliseconds ack_timeout{30'000};  // Of unary calls.
};

// phoenix.ingest.v1.IngestService in front of an outlet. A stream is a lane;
// the unary calls of a connection are one together, so that a producer which
// waits for each answer keeps its order, also where an answer comes before the
// outcome. A unary call waits for the outcomes of its events no
// longer than `ack_timeout`, or than the client's deadline; the events go on
// when it ends so. A stream has no such bound: its producer keeps the time of
// each batch itself. What calls and streams hold comes from one allowance: when
// that is used up they end with RESOURCE_EXHAUSTED. Runs on gRPC's threads and
// never blocks them.
class IngestServiceImpl : public ingest::v1::IngestService::CallbackService {
 public:
  // What a call or stream takes for itself, gRPC's part of it included.
  static constexpr size_t kCallBytes = 64 << 10;

  // And with a message: as it was parsed, about twice what it was on the wire,
  // and the batch made of it.
  static size_t BytesToTake(size_t message_bytes) {
    return kCallBytes + 3 * message_bytes;
  }

  // All references outlive the calls.
  IngestServiceImpl(IngestServiceOptions options, ByteAllowance& allowance,
                    Outlet& outlet, Clock& clock);

  grpc::ServerUnaryReactor* Publish(
      grpc::CallbackServerContext* context,
      const ingest::v1::PublishRequest* request,
      ingest::v1::PublishResponse* response) override;

  grpc::ServerBidiReactor<ingest::v1::PublishStreamRequest,
                          ingest::v1::PublishStreamResponse>*
  PublishStream(grpc::CallbackServerContext* context) override;

  // Refuses new calls; open streams are asked to go elsewhere at their next
  // frame.
  void Drain() { draining_ = true; }

  // What the streams of the service read.
  const IngestServiceOptions& options() const { return options_; }
  Outlet& outlet() { return outlet_; }
  ByteAllowance& allowance() { return allowance_; }
  bool draining() const { return draining_; }
  int64_t NowNanos() const;

  // The end of a call or stream that is refused, which it counts.
  grpc::Status Refuse(const PublishError& error);

  // Counts events that were refused alone.
  void CountRefused(const std::vector<DecodeError>& errors);

  // Why events can't be taken for this door in a batch of this size; none when
  // they can.
  std::optional<PublishError> CheckDoor(const std::string& door) const;
  static std::optional<PublishError> CheckBatch(int event_count);

  // Makes `share` large enough for a call with such a message; an error, which
  // is counted, when there is no memory for it.
  std::optional<PublishError> Reserve(ByteAllowance::Share& share,
                                      size_t message_bytes);

 private:
  void Take(const ingest::v1::PublishRequest& request,
            const grpc::CallbackServerContext& context,
            const std::shared_ptr<PublishCall>& call);

  const IngestServiceOptions options_;
  ByteAllowance& allowance_;
  Outlet& outlet_;
  Clock& clock_;
  std::atomic<uint64_t> next_lane_ = 0;
  std::atomic<bool> draining_ = false;
};

// The error as gRPC carries it, with its details in the trailers.
grpc::Status ToGrpcStatus(const PublishError& error);

}  // namespace phoenix

#endif  // LIBS_SOURCES_GRPC_INGEST_SERVICE_H_
