#ifndef LIBS_SOURCES_GRPC_PUBLISH_STREAM_H_
#define LIBS_SOURCES_GRPC_PUBLISH_STREAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "libs/base/mutex.h"
#include "libs/component/source.h"
#include "libs/event/decode_error.h"
#include "libs/sources/byte_allowance.h"
#include "libs/sources/grpc/batch_reader.h"
#include "libs/sources/grpc/ingest_service.h"
#include "libs/sources/grpc/stream_ledger.h"
#include "libs/sources/request_trace.h"
#include "phoenix/ingest/v1/ingest_service.grpc.pb.h"

namespace phoenix {

// One call of PublishStream. A batch for which the pipeline has no room is held
// and nothing is read meanwhile, so that at most one waits. A frame that is
// refused ends it, as soon as all batches before that have their outcomes and
// the producer has been told; nothing is read meanwhile either. Its frames come
// on gRPC's threads, outcomes on any; it lives until both are done with it.
class PublishStream
    : public grpc::ServerBidiReactor<ingest::v1::PublishStreamRequest,
                                     ingest::v1::PublishStreamResponse>,
      public std::enable_shared_from_this<PublishStream> {
 public:
  // The reactor of a new call. `service` outlives it. Events that bring no
  // trace context have `trace`.
  static PublishStream* Open(IngestServiceImpl& service, uint64_t lane,
                             RequestTrace trace);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  PublishStream(IngestServiceImpl& service, uint64_t lane, RequestTrace trace);

 private:
  std::optional<PublishError> Handle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::optional<PublishError> HandleOpen()
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::optional<PublishError> HandleBatch()
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Begin();
  void OfferHeld();
  void ReadNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropMessage() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void GiveBackHeld(const absl::Status& offered)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnSettled(int64_t sequence, const std::vector<DecodeError>& errors,
                 const BatchOutcome& outcome);
  void EndWhenSettled(const PublishError& error)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WriteOrFinish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishOnce(const grpc::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  IngestServiceImpl& service_;
  Outlet& outlet_;
  const uint64_t lane_;
  const RequestTrace trace_;
  std::shared_ptr<PublishStream> self_;       // Until OnDone.
  ByteAllowance::Share share_;                // Of itself and request_.
  ingest::v1::PublishStreamRequest request_;  // Of the read that is under way.
  BatchReader reader_;

  Mutex mutex_;
  StreamLedger ledger_ ABSL_GUARDED_BY(mutex_);
  DecodedBatch held_ ABSL_GUARDED_BY(mutex_);  // Waits to be taken.
  int64_t held_sequence_ ABSL_GUARDED_BY(mutex_) = 0;
  ingest::v1::PublishStreamResponse response_ ABSL_GUARDED_BY(mutex_);
  bool opened_ ABSL_GUARDED_BY(mutex_) = false;
  bool greet_ ABSL_GUARDED_BY(mutex_) = false;  // `opened` is to be sent.
  bool drain_told_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mutex_) = false;
  // How it ends once all that was taken has settled.
  std::optional<grpc::Status> end_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_GRPC_PUBLISH_STREAM_H_
