#ifndef LIBS_SINKS_HTTP_HTTP_SINK_H_
#define LIBS_SINKS_HTTP_HTTP_SINK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/component/held_rows.h"
#include "libs/component/sink.h"
#include "libs/sinks/http/http_client.h"
#include "libs/sinks/http/pending_request.h"
#include "libs/sinks/http/request_dispatcher.h"
#include "libs/sinks/rows/event_field.h"
#include "libs/sinks/rows/event_field_reader.h"
#include "libs/sinks/rows/row_encoder.h"

namespace phoenix {

// Posts rows in batches, and settles them by the answers. With one lane,
// requests come one after the other and rows in order. With more, rows with the
// same key do, for a key has a lane of its own; without a key order is not
// kept. Threads as Sink.
class HttpSink : public Sink {
 public:
  struct Options {
    std::string name = {};  // Of the component.
    size_t max_batch_bytes = 1 << 20;
    size_t max_batch_events = 1000;
    std::optional<EventField> key = {};  // Events without it share a lane.
    RequestDispatcher::Options requests = {};
  };

  // `encoder` makes the lines. `clock` outlives the sink.
  HttpSink(Options options, std::unique_ptr<RowEncoder> encoder,
           std::unique_ptr<HttpClient> client, Clock& clock);

  absl::Status Open() override { return absl::OkStatus(); }
  void Write(BatchView view, SettleCallback settle) override;
  void Flush() override;
  absl::Status Close() override;
  void Cancel() override { requests_.Cancel(); }

  bool keeps_order() const override {
    return options_.key.has_value() || requests_.lane_count() == 1;
  }
  size_t max_memory_bytes() const override;
  void PublishMetrics(MetricsRegistry& registry) override;
  std::vector<std::string> Report() const override;

 private:
  // The rows of a view, by their index in it.
  void AddRow(const std::shared_ptr<WriteInProgress>& write,
              const BatchView& view, size_t index);
  bool IsFull(const PendingRequest& pending, std::string_view line) const;
  size_t PendingOf(const EventBatch& batch, uint32_t row);
  void SendPending(size_t index, bool full);
  void HoldBackPending();
  uint64_t IdentityHash(const EventBatch& batch, uint32_t row);

  const Options options_;
  const std::unique_ptr<RowEncoder> encoder_;
  RequestDispatcher requests_;
  EncodedRows rows_;
  // With a key one for each lane, else one for them all.
  std::vector<PendingRequest> pending_;
  EventFieldReader reader_;
  std::string scratch_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_HTTP_SINK_H_
