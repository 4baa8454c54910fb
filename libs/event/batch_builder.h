#ifndef LIBS_EVENT_BATCH_BUILDER_H_
#define LIBS_EVENT_BATCH_BUILDER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/event_batch.h"
#include "libs/event/payload_column_builder.h"
#include "libs/event/string_column_builder.h"

namespace phoenix {

// What an event gets that brings no such attribute itself.
struct EventDefaults {
  // Ids are this followed by a running number, and unique only if no other
  // builder or decoder that feeds the same `source` has the same prefix: make
  // it of something random or of a position in the input.
  std::string id_prefix = {};

  // Empty: none, an event without the attribute is refused.
  std::string source = {};
  std::string type = {};

  // Empty: none, the attribute stays null.
  std::string data_content_type = {};
};

// The bounds of one batch. At the first two the builder is full, at the others
// an event is refused.
struct BatchLimits {
  // A message between services holds about this much; see also kMaxEvents.
  static constexpr size_t kDefaultMaxBytes = 4 << 20;
  // Generous for an event, small beside a batch.
  static constexpr size_t kDefaultMaxEventBytes = 1 << 20;
  // CloudEvents wants whole events of 64 KiB to pass.
  static constexpr size_t kDefaultMaxAttributeBytes = 64 << 10;
  // Each name is a column of the batch.
  static constexpr size_t kDefaultMaxExtensions = 128;

  uint32_t max_events = EventBatch::kMaxEvents;  // At most kMaxEvents.
  size_t max_bytes =
      kDefaultMaxBytes;  // One event always fits, whatever its size.
  size_t max_event_bytes = kDefaultMaxEventBytes;  // Payload and attributes.
  size_t max_attribute_bytes = kDefaultMaxAttributeBytes;  // Name and value.
  size_t max_extensions = kDefaultMaxExtensions;  // Distinct, in a batch.
};

// An extension attribute of one event.
struct ExtensionField {
  std::string_view name;
  std::string_view value;  // In CloudEvents' canonical string form.
  AttributeType type = AttributeType::kString;
};

// One event to be added: views that need to be valid only during the call, of
// which the texts are UTF-8. Reuse one object, so that its vector keeps its
// memory.
struct EventFields {
  std::array<std::optional<std::string_view>, kAttributeCount> attributes;
  std::vector<ExtensionField> extensions;  // In any order.
  std::string_view payload;
  PayloadKind kind = PayloadKind::kText;

  std::optional<std::string_view>& operator[](Attribute attribute) {
    return attributes[static_cast<size_t>(attribute)];
  }
  const std::optional<std::string_view>& operator[](Attribute attribute) const {
    return attributes[static_cast<size_t>(attribute)];
  }

  // Back to an event without anything.
  void Clear();
};

// Builds batches event by event: what the codecs of row-wise forms feed. One
// builder builds one batch after the other. Thread-compatible.
class BatchBuilder {
 public:
  explicit BatchBuilder(EventDefaults defaults, BatchLimits limits = {});

  // Payloads that lie in `input` are referred to instead of copied, as long as
  // all of the batch do. Without effect unless the batch is empty.
  void UseInput(SharedBytes input);

  // Adds an event. On an error nothing is added:
  // RESOURCE_EXHAUSTED: the batch is full. Build it, then add the event again.
  // INVALID_ARGUMENT: a required attribute (`id` if there is no id prefix,
  // `source`, `type`) is missing or empty, the name of an extension is invalid
  // or comes twice, or a size is over its limit.
  absl::Status AddEvent(const EventFields& event);

  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Bytes of the batch so far, payloads in the input among them.
  size_t byte_size() const;

  // The batch of the events added since the last call, null when there are
  // none. `receive_time_nanos`: when the door took them, since 1970.
  EventBatchPtr Build(int64_t receive_time_nanos);

 private:
  struct ExtensionBuilder {
    std::string name;
    StringColumnBuilder values;
    std::vector<AttributeType> types;
  };

  bool IsFull(size_t event_bytes) const;
  absl::Status Check(const EventFields& event) const;
  absl::Status CheckRequired(const EventFields& event) const;
  absl::Status CheckExtensions(const EventFields& event) const;
  void AddAttributes(const EventFields& event);
  void AddId(const std::optional<std::string_view>& id);
  void AddExtension(const ExtensionField& extension, size_t likely_index);
  ExtensionBuilder& FindOrAdd(std::string_view name, size_t likely_index);
  std::string_view Default(Attribute attribute) const;
  StringColumn BuildIds();
  std::vector<ExtensionColumn> BuildExtensions();

  const EventDefaults defaults_;
  const BatchLimits limits_;
  uint32_t size_ = 0;
  uint64_t first_id_ = 0;  // The running number of row 0.
  PayloadColumnBuilder payload_;
  std::array<StringColumnBuilder, kAttributeCount> attributes_;
  std::vector<ExtensionBuilder> extensions_;
};

// The batch of payloads that bring no attributes: constants and a sequence of
// ids from `first_id` on, nothing per event. The payload has as many ranges as
// there are events, 1 to kMaxEvents.
EventBatchPtr MakePayloadBatch(PayloadColumn payload,
                               const EventDefaults& defaults, uint64_t first_id,
                               int64_t receive_time_nanos);

}  // namespace phoenix

#endif  // LIBS_EVENT_BATCH_BUILDER_H_
