#ifndef LIBS_EVENT_BATCH_MESSAGE_H_
#define LIBS_EVENT_BATCH_MESSAGE_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/event/event_batch.h"
#include "libs/event/wire_format.h"

// The messages of event_batch.proto as they are read where they lie: every
// string_view is a part of the message that was read. Nothing says yet that the
// parts fit together. Fields that are given twice are merged as protobuf
// demands: of scalars the last counts, lists grow.
namespace phoenix::wire {

// INVALID_ARGUMENT that says what is wrong with a field.
absl::Status InvalidField(std::string_view field, std::string_view problem);

// A `repeated fixed32` as it comes: normally one packed field, used where it
// lies, but protobuf also allows several, and single numbers.
class Fixed32List {
 public:
  // Adds a field, packed or a single number.
  absl::Status Add(const Field& field);

  // All numbers, four bytes each.
  std::string_view bytes() const {
    return joined_.empty() ? in_place_ : std::string_view(joined_);
  }

 private:
  std::string_view in_place_;
  std::string joined_;
};

struct StringMessage {
  std::string_view blob;
  Fixed32List ranges;
  bool is_sequence = false;  // `sequence_prefix` is set.
  std::string_view sequence_prefix;
  uint64_t sequence_first = 0;
};

struct PayloadMessage {
  std::string_view blob;
  Fixed32List ranges;
  std::string_view kinds;
};

struct ExtensionMessage {
  std::string_view name;
  StringMessage values;
  std::string_view types;
};

struct BatchMessage {
  int32_t event_count = 0;
  PayloadMessage payload;
  std::array<StringMessage, kAttributeCount> attributes;
  std::vector<ExtensionMessage> extensions;
  bool has_identity = false;
  BatchIdentity identity;  // As it is without one unless `has_identity`.
  int64_t receive_time_nanos = 0;
  std::string pipeline;
  std::string revision;
};

// Reads a whole message into `batch`. INVALID_ARGUMENT when the bytes are no
// protobuf message, or a `string` is not UTF-8.
absl::Status ReadBatchMessage(std::string_view bytes, BatchMessage& batch);

}  // namespace phoenix::wire

#endif  // LIBS_EVENT_BATCH_MESSAGE_H_
