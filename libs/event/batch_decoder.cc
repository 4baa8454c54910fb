#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/attribute_name.h"
#include "libs/event/batch_codec.h"
#include "libs/event/batch_message.h"
#include "libs/event/status_text.h"
#include "libs/event/utf8.h"

namespace phoenix {
namespace {

// The ranges of a column: `count` pairs, or just one if that may stand for all.
absl::StatusOr<std::vector<ByteRange>> ReadRanges(const wire::Fixed32List& list,
                                                  uint32_t count,
                                                  bool one_for_all) {
  const std::string_view bytes = list.bytes();
  const size_t pairs = bytes.size() / sizeof(ByteRange);
  if (bytes.size() % sizeof(ByteRange) != 0) {
    return wire::InvalidField("ranges",
                              "has an odd count of numbers, expected pairs");
  }
  if (pairs != count && !(one_for_all && pairs == 1)) {
    return wire::InvalidField(
        "ranges", Cat("has '", pairs, "' pairs, expected one for each of '",
                      count, "' events"));
  }
  std::vector<ByteRange> ranges(pairs);
  if (pairs > 0) std::memcpy(ranges.data(), bytes.data(), bytes.size());
  return ranges;
}

// One pass without branches, so that the compiler vectorises it.
bool AllWithin(const std::vector<ByteRange>& ranges, size_t blob_size,
               bool nulls_allowed) {
  const uint32_t size = static_cast<uint32_t>(blob_size);
  const uint32_t null_edge = nulls_allowed ? ~0u : 0;
  uint32_t bad = 0;
  for (const ByteRange range : ranges) {
    const uint32_t out = (range.begin > range.end) | (range.end > size);
    const uint32_t null =
        (range.begin == ~0u) & (range.end == ~0u) & (null_edge == ~0u);
    bad |= out & (null ^ 1);
  }
  return bad == 0;
}

absl::Status OutsideBlob(const std::vector<ByteRange>& ranges, size_t blob_size,
                         bool nulls_allowed) {
  const auto bad =
      std::find_if(ranges.begin(), ranges.end(), [&](const ByteRange& range) {
        return !AllWithin({range}, blob_size, nulls_allowed);
      });
  return wire::InvalidField(
      "ranges", Cat("has '[", bad->begin, ", ", bad->end, ")' at row '",
                    bad - ranges.begin(), "', which is not within the '",
                    blob_size, "' bytes of 'blob'"));
}

// Makes a batch of the message that was read from `encoded`.
class BatchDecoder {
 public:
  explicit BatchDecoder(SharedBytes encoded) : encoded_(std::move(encoded)) {}

  absl::StatusOr<EventBatchPtr> Decode() {
    wire::BatchMessage message;
    PHOENIX_RETURN_IF_ERROR(wire::ReadBatchMessage(encoded_.view(), message));
    PHOENIX_RETURN_IF_ERROR(SetCount(message.event_count));
    PHOENIX_RETURN_IF_ERROR(SetPayload(message.payload));
    PHOENIX_RETURN_IF_ERROR(SetAttributes(message.attributes));
    for (const wire::ExtensionMessage& extension : message.extensions) {
      absl::Status status = AddExtension(extension);
      if (!status.ok()) return InContext(status, "extensions");
    }
    columns_.identity = std::move(message.identity);
    columns_.receive_time_nanos = message.receive_time_nanos;
    columns_.pipeline = std::move(message.pipeline);
    columns_.revision = std::move(message.revision);
    return std::make_shared<const EventBatch>(std::move(columns_),
                                              std::move(encoded_));
  }

 private:
  absl::Status SetCount(int32_t count) {
    if (count < 1 || count > int32_t{EventBatch::kMaxEvents}) {
      return wire::InvalidField("event_count",
                                Cat("is '", count, "', expected 1 to '",
                                    EventBatch::kMaxEvents, "'"));
    }
    columns_.event_count = static_cast<uint32_t>(count);
    return absl::OkStatus();
  }

  absl::Status SetAttributes(
      const std::array<wire::StringMessage, kAttributeCount>& messages) {
    for (size_t i = 0; i < kAttributeCount; ++i) {
      auto column = MakeColumn(messages[i]);
      if (!column.ok()) {
        return InContext(column.status(),
                         AttributeName(static_cast<Attribute>(i)));
      }
      columns_.attributes[i] = *std::move(column);
    }
    return absl::OkStatus();
  }

  // `bytes`, which lie in the message, as a part of it.
  SharedBytes Part(std::string_view bytes) const {
    if (bytes.empty()) return SharedBytes();
    const size_t begin = bytes.data() - encoded_.data();
    return encoded_.Part(begin, begin + bytes.size());
  }

  template <typename Enum>
  absl::StatusOr<std::vector<Enum>> ReadEnums(std::string_view name,
                                              std::string_view bytes,
                                              Enum greatest) const {
    if (bytes.size() != 1 && bytes.size() != columns_.event_count) {
      return wire::InvalidField(
          name, Cat("has '", bytes.size(), "' bytes, expected 1 or '",
                    columns_.event_count, "'"));
    }
    const auto is_bad = [&](uint8_t byte) {
      return byte < 1 || byte > static_cast<uint8_t>(greatest);
    };
    const auto bad = std::find_if(bytes.begin(), bytes.end(), is_bad);
    if (bad != bytes.end()) {
      return wire::InvalidField(
          name, Cat("has the value '", static_cast<uint8_t>(*bad),
                    "', expected 1 to '", static_cast<int>(greatest), "'"));
    }
    std::vector<Enum> values(bytes.size());
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  absl::Status SetPayload(const wire::PayloadMessage& message) {
    absl::Status status = FillPayload(message);
    return status.ok() ? status : InContext(status, "payload");
  }

  absl::Status FillPayload(const wire::PayloadMessage& message) {
    PHOENIX_ASSIGN_OR_RETURN(
        std::vector<ByteRange> ranges,
        ReadRanges(message.ranges, columns_.event_count, false));
    if (!AllWithin(ranges, message.blob.size(), false)) {
      return OutsideBlob(ranges, message.blob.size(), false);
    }
    PHOENIX_ASSIGN_OR_RETURN(
        columns_.payload.kinds.values,
        ReadEnums("kinds", message.kinds, PayloadKind::kPlainText));
    columns_.payload.blob = Part(message.blob);
    columns_.payload.ranges =
        std::make_shared<const std::vector<ByteRange>>(std::move(ranges));
    return absl::OkStatus();
  }

  absl::StatusOr<StringColumn> MakeColumn(
      const wire::StringMessage& message) const {
    if (message.is_sequence) return MakeSequence(message);
    if (message.ranges.bytes().empty()) return StringColumn();
    PHOENIX_ASSIGN_OR_RETURN(
        std::vector<ByteRange> ranges,
        ReadRanges(message.ranges, columns_.event_count, true));
    if (!AllWithin(ranges, message.blob.size(), true)) {
      return OutsideBlob(ranges, message.blob.size(), true);
    }
    if (!AreUtf8(message.blob, ranges))
      return wire::InvalidField("blob", "is not UTF-8");
    if (ranges.size() > 1) {
      return StringColumn::Ranges(Part(message.blob), std::move(ranges));
    }
    if (ranges[0] == StringColumn::kNullRange) return StringColumn();
    return StringColumn::Constant(Part(ranges[0].In(message.blob)));
  }

  static absl::StatusOr<StringColumn> MakeSequence(
      const wire::StringMessage& message) {
    if (!message.blob.empty() || !message.ranges.bytes().empty()) {
      return wire::InvalidField("sequence_prefix",
                                "is set beside 'blob' or 'ranges'");
    }
    if (static_cast<int64_t>(message.sequence_first) < 0) {
      return wire::InvalidField("sequence_first", "is negative");
    }
    return StringColumn::Sequence(std::string(message.sequence_prefix),
                                  message.sequence_first);
  }

  absl::Status AddExtension(const wire::ExtensionMessage& message) {
    PHOENIX_RETURN_IF_ERROR(CheckExtensionName(message.name));
    auto& done = columns_.extensions;
    if (!done.empty() && done.back().name >= message.name) {
      return wire::InvalidField(message.name,
                                Cat("comes after '", done.back().name,
                                    "', expected ascending names, each once"));
    }
    auto values = MakeColumn(message.values);
    if (!values.ok()) return InContext(values.status(), message.name);
    auto types = ReadEnums("types", message.types, AttributeType::kTimestamp);
    if (!types.ok()) return InContext(types.status(), message.name);
    done.push_back(
        {std::string(message.name), *std::move(values), {*std::move(types)}});
    return absl::OkStatus();
  }

  SharedBytes encoded_;
  EventBatch::Columns columns_;
};

}  // namespace

absl::StatusOr<EventBatchPtr> DecodeEventBatch(SharedBytes encoded) {
  return BatchDecoder(std::move(encoded)).Decode();
}

}  // namespace phoenix
