#ifndef LIBS_FLOW_FRAME_H_
#define LIBS_FLOW_FRAME_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/flow/credit.h"

// The frames of a stream as the state machines see them. What each means is
// said in proto/phoenix/flow/v1/pipeline_service.proto; a transport between
// processes translates (see frame_codec.h), one in process passes them on as
// they are. Copying a frame shares its batch and its outcomes.
namespace phoenix::flow {

// How far a sender may number batches above the last confirmed one: bounds what
// a receiver must remember to 1,024 outcomes a stream, of a byte an event.
inline constexpr int64_t kMaxWindow = 1024;

// How many rows of a batch have their reasons told; the rest only have their
// outcome. Bounds an answer to about a megabyte.
inline constexpr size_t kMaxReasonsPerBatch = 1000;

struct OpenStream {
  std::string stream_id = {};
  std::string sender = {};
  std::string pipeline = {};
  int64_t resume_sequence = 1;
};

struct BatchFrame {
  int64_t sequence = 0;
  int64_t settled_sequence = 0;
  int64_t accounted_bytes = 0;

  // Without a batch the frame only keeps its number: the batch was answered
  // before the connection was lost.
  BatchView view = {};

  // Not OK: the frame came whole but its batch can't be read. `view.batch` is
  // null then, and the receiver rejects the batch by its outcome.
  absl::Status unreadable = {};
};

// A frame from the sender.
using SenderFrame = std::variant<OpenStream, BatchFrame>;

struct StreamOpened {
  int64_t received_sequence = 0;
  Credit credit = {};
  std::string instance_id = {};
};

struct BatchResult {
  int64_t sequence = 0;

  // One outcome a row of the batch, or a single one for all rows.
  std::shared_ptr<const BatchOutcome> outcome = {};
};

struct Acknowledgement {
  int64_t acknowledged_sequence = 0;
  std::vector<BatchResult> results = {};
  std::optional<Credit> credit = {};
};

struct Drain {
  absl::Duration grace_period = absl::ZeroDuration();
};

// A frame from the receiver.
using ReceiverFrame = std::variant<StreamOpened, Acknowledgement, Drain>;

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_FRAME_H_
