#include "libs/sources/grpc/grpc_source.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libs/event/event_reason.h"
#include "libs/server/grpc_server.h"
#include "libs/sources/byte_allowance.h"
#include "libs/sources/grpc/ingest_service.h"
#include "libs/sources/not_taken.h"

namespace phoenix {
namespace {

// What gRPC may hold: windows of some hundred connections, or large messages.
constexpr size_t kLeastTransportBytes = 32 << 20;
constexpr size_t kMessagesInTransport = 4;

size_t MaxMessageBytes(const GrpcSourceOptions& options) {
  return static_cast<size_t>(options.max_message_bytes);
}

size_t TransportBytes(const GrpcSourceOptions& options) {
  return std::max(kLeastTransportBytes,
                  kMessagesInTransport * MaxMessageBytes(options));
}

}  // namespace

class GrpcSource::Impl {
 public:
  Impl(GrpcSourceOptions options, Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        allowance_(std::max(
            options_.max_buffered_bytes,
            IngestServiceImpl::BytesToTake(MaxMessageBytes(options_)))),
        server_({.address = options_.address,
                 .max_message_bytes = options_.max_message_bytes,
                 .max_transport_bytes = TransportBytes(options_)}) {}

  absl::Status Start(Outlet& outlet) {
    service_.emplace(
        IngestServiceOptions{options_.door, options_.max_event_bytes,
                             options_.stream_credit_bytes,
                             options_.stream_credit_events,
                             options_.ack_timeout},
        allowance_, outlet, clock_);
    server_.AddService(ingest::v1::IngestService::service_full_name(),
                       *service_);
    return server_.Start();
  }

  void StopAccepting() {
    if (service_.has_value()) service_->Drain();
    server_.Drain();
  }

  void Stop() { server_.Stop(); }

  size_t max_batch_bytes() const {
    return std::max(kUsualBatchBytes, 2 * MaxMessageBytes(options_));
  }

  size_t max_memory_bytes() const {
    return allowance_.max_bytes() + TransportBytes(options_);
  }

  size_t buffered_bytes() const { return allowance_.used_bytes(); }

  uint16_t port() const { return server_.port(); }

 private:
  const GrpcSourceOptions options_;
  Clock& clock_;
  ByteAllowance allowance_;
  std::optional<IngestServiceImpl> service_;
  GrpcServer server_;
};

GrpcSource::GrpcSource(GrpcSourceOptions options, Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), clock)) {}

GrpcSource::~GrpcSource() { Stop(); }

absl::Status GrpcSource::Start(Outlet& outlet) { return impl_->Start(outlet); }

void GrpcSource::StopAccepting() { impl_->StopAccepting(); }

void GrpcSource::Stop() { impl_->Stop(); }

size_t GrpcSource::max_memory_bytes() const {
  return impl_->max_memory_bytes();
}

size_t GrpcSource::buffered_bytes() const { return impl_->buffered_bytes(); }

size_t GrpcSource::max_batch_bytes() const { return impl_->max_batch_bytes(); }

uint16_t GrpcSource::port() const { return impl_->port(); }

std::vector<const char*> GrpcSource::refusal_reasons() const {
  return {"ACK_TIMEOUT",         "BATCH_EMPTY",
          "BATCH_TOO_LARGE",     "CREDIT_EXCEEDED",
          "DOOR_NOT_FOUND",      "DRAINING",
          kEventInvalid,         kEventTooLarge,
          "FRAME_UNKNOWN",       kNotTaken,
          "QUEUE_FULL",          "SEQUENCE_GAP",
          "STREAM_ALREADY_OPEN", "STREAM_NOT_OPEN"};
}

}  // namespace phoenix
