#ifndef LIBS_SINKS_HTTP_HTTP_SINK_H_
#define LIBS_SINKS_HTTP_HTTP_SINK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "libs/component/held_rows.h"
#include "libs/component/sink.h"
#include "libs/sinks/http/body_compressor.h"
#include "libs/sinks/http/http_client.h"
#include "libs/sinks/http/pending_request.h"
#include "libs/sinks/rows/row_encoder.h"

namespace phoenix {

// Posts rows in batches, one request after the other, and settles them by the
// answers. Threads as Sink.
class HttpSink : public Sink {
 public:
  struct Options {
    std::string name;    // Of the component.
    bool array = false;  // Lines become the elements of a JSON array.
    BodyCompression compression = BodyCompression::kNone;
    size_t max_batch_bytes = 1 << 20;
    size_t max_batch_events = 1000;
  };

  // `encoder` makes the lines.
  HttpSink(Options options, std::unique_ptr<RowEncoder> encoder,
           std::unique_ptr<HttpClient> client);

  absl::Status Open() override { return absl::OkStatus(); }
  void Write(BatchView view, SettleCallback settle) override;
  void Flush() override;
  absl::Status Close() override;
  void Cancel() override { client_->Cancel(); }

  size_t max_memory_bytes() const override;
  std::vector<std::string> Report() const override;

 private:
  void SendPending();
  // Rows [begin, end) of the pending request.
  void Send(size_t begin, size_t end);
  absl::StatusOr<HttpAnswer> Post(size_t begin, size_t end);
  uint64_t IdentityHash(const EventBatch& batch, uint32_t row);

  const Options options_;
  const std::unique_ptr<RowEncoder> encoder_;
  const std::unique_ptr<HttpClient> client_;
  EncodedRows rows_;
  PendingRequest pending_;
  std::string body_;
  std::string compressed_;
  std::string scratch_;
  // Why a request of the current Write or Flush is to be tried again; what
  // would come after it is so too, unsent, which keeps the order.
  absl::Status held_up_;
  uint64_t requests_ = 0;
};

// What an answer means for the rows of its request.
enum class Verdict {
  kDelivered,
  kRetry,    // The server, or what is between, may take them later.
  kRefused,  // It will never take them.
  kTooMany,  // It does not take these together: some of them alone, perhaps.
};
Verdict VerdictOf(int http_status);

// The status of rows whose request had this answer, which was not 2xx; with the
// server's Retry-After.
absl::Status StatusOfAnswer(const HttpAnswer& answer);

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_HTTP_SINK_H_
