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
#include "libs/event/attribute_name.h"
#include "libs/event/batch_codec.h"
#include "libs/event/batch_fields.h"
#include "libs/event/text.h"
#include "libs/event/utf8.h"
#include "libs/event/wire_format.h"

namespace phoenix {
namespace {

using wire::Field;
using wire::FieldReader;
using wire::WireType;

absl::Status Invalid(std::string_view field, std::string_view problem) {
  return InvalidArgument("'", field, "' ", problem);
}

// Calls `handle` for every field of `message`.
template <typename Handle>
absl::Status ForEachField(std::string_view message, Handle handle) {
  FieldReader reader(message);
  Field field;
  while (true) {
    PHOENIX_ASSIGN_OR_RETURN(const bool more, reader.Next(field));
    if (!more) return absl::OkStatus();
    PHOENIX_RETURN_IF_ERROR(handle(field));
  }
}

// Of a `string`, also where a later field replaces it.
absl::Status CheckText(std::string_view name, std::string_view bytes) {
  return IsUtf8(bytes) ? absl::OkStatus() : Invalid(name, "is not UTF-8");
}

absl::Status ReadText(std::string_view name, std::string_view bytes,
                      std::string& text) {
  text = bytes;
  return CheckText(name, bytes);
}

// A `repeated fixed32` as it comes: normally one packed field, used where it
// lies, but protobuf also allows several, and single numbers.
class Fixed32List {
 public:
  absl::Status Add(const Field& field) {
    if (field.bytes.size() % sizeof(uint32_t) != 0) {
      return Invalid("ranges", "has a part of a number at its end");
    }
    if (joined_.empty() && in_place_.empty()) {
      in_place_ = field.bytes;
    } else {
      if (joined_.empty()) joined_ = in_place_;
      joined_.append(field.bytes);
    }
    return absl::OkStatus();
  }

  std::string_view bytes() const {
    return joined_.empty() ? in_place_ : std::string_view(joined_);
  }

 private:
  std::string_view in_place_;
  std::string joined_;
};

bool IsRangesField(const Field& field) {
  return field.Is(batch_fields::kRanges, WireType::kLengthDelimited) ||
         field.Is(batch_fields::kRanges, WireType::kFixed32);
}

// The ranges of a column: `count` pairs, or just one if that may stand for all.
absl::StatusOr<std::vector<ByteRange>> ReadRanges(const Fixed32List& list,
                                                  uint32_t count,
                                                  bool one_for_all) {
  const std::string_view bytes = list.bytes();
  const size_t pairs = bytes.size() / sizeof(ByteRange);
  if (bytes.size() % sizeof(ByteRange) != 0) {
    return Invalid("ranges", "has an odd count of numbers, expected pairs");
  }
  if (pairs != count && !(one_for_all && pairs == 1)) {
    return Invalid("ranges",
                   Concat("has '", pairs, "' pairs, expected one for each of '",
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
  return Invalid("ranges",
                 Concat("has '[", bad->begin, ", ", bad->end, ")' at row '",
                        bad - ranges.begin(), "', which is not within the '",
                        blob_size, "' bytes of 'blob'"));
}

// Reads the messages of one batch. Fields that are given twice are merged as
// protobuf demands: of scalars the last counts, lists grow.
class BatchDecoder {
 public:
  explicit BatchDecoder(SharedBytes encoded) : encoded_(std::move(encoded)) {}

  absl::StatusOr<EventBatchPtr> Decode() {
    PHOENIX_RETURN_IF_ERROR(ForEachField(
        encoded_.view(), [this](const Field& field) { return Read(field); }));
    if (count_ < 1 || count_ > int32_t{EventBatch::kMaxEvents}) {
      return Invalid("event_count", Concat("is '", count_, "', expected 1 to '",
                                           EventBatch::kMaxEvents, "'"));
    }
    columns_.event_count = static_cast<uint32_t>(count_);
    PHOENIX_RETURN_IF_ERROR(Finish());
    return std::make_shared<const EventBatch>(std::move(columns_),
                                              std::move(encoded_));
  }

 private:
  struct StringFields {
    std::string_view blob;
    Fixed32List ranges;
    bool is_sequence = false;
    std::string_view sequence_prefix;
    uint64_t sequence_first = 0;
  };
  struct PayloadFields {
    std::string_view blob;
    Fixed32List ranges;
    std::string_view kinds;
  };
  struct ExtensionFields {
    std::string_view name;
    StringFields values;
    std::string_view types;
  };

  absl::Status Read(const Field& field) {
    if (field.type == WireType::kVarint) {
      ReadNumber(field);
      return absl::OkStatus();
    }
    if (field.type != WireType::kLengthDelimited) return absl::OkStatus();
    if (field.id >= batch_fields::kFirstAttribute &&
        field.id <= batch_fields::kLastAttribute) {
      return ReadString(field.bytes,
                        attributes_[field.id - batch_fields::kFirstAttribute]);
    }
    switch (field.id) {
      case batch_fields::kPayload:
        return ReadPayload(field.bytes);
      case batch_fields::kExtensions:
        return ReadExtension(field.bytes);
      case batch_fields::kIdentity:
        return ReadIdentity(field.bytes);
      case batch_fields::kPipeline:
        return ReadText("pipeline", field.bytes, columns_.pipeline);
      case batch_fields::kRevision:
        return ReadText("revision", field.bytes, columns_.revision);
      default:
        return absl::OkStatus();
    }
  }

  void ReadNumber(const Field& field) {
    if (field.id == batch_fields::kEventCount) {
      count_ = static_cast<int32_t>(field.number);
    } else if (field.id == batch_fields::kReceiveTimeNanos) {
      columns_.receive_time_nanos = static_cast<int64_t>(field.number);
    }
  }

  static absl::Status ReadString(std::string_view message,
                                 StringFields& column) {
    return ForEachField(message, [&](const Field& field) {
      if (field.Is(batch_fields::kBlob, WireType::kLengthDelimited)) {
        column.blob = field.bytes;
      } else if (IsRangesField(field)) {
        return column.ranges.Add(field);
      } else if (field.Is(batch_fields::kSequencePrefix,
                          WireType::kLengthDelimited)) {
        column.is_sequence = true;
        column.sequence_prefix = field.bytes;
        return CheckText("sequence_prefix", field.bytes);
      } else if (field.Is(batch_fields::kSequenceFirst, WireType::kVarint)) {
        column.sequence_first = field.number;
      }
      return absl::OkStatus();
    });
  }

  absl::Status ReadPayload(std::string_view message) {
    return ForEachField(message, [&](const Field& field) {
      if (field.Is(batch_fields::kBlob, WireType::kLengthDelimited)) {
        payload_.blob = field.bytes;
      } else if (IsRangesField(field)) {
        return payload_.ranges.Add(field);
      } else if (field.Is(batch_fields::kPayloadKinds,
                          WireType::kLengthDelimited)) {
        payload_.kinds = field.bytes;
      }
      return absl::OkStatus();
    });
  }

  absl::Status ReadExtension(std::string_view message) {
    ExtensionFields& extension = extensions_.emplace_back();
    return ForEachField(message, [&](const Field& field) {
      if (field.type != WireType::kLengthDelimited) return absl::OkStatus();
      if (field.id == batch_fields::kExtensionName) {
        extension.name = field.bytes;
        return CheckText("name", field.bytes);
      } else if (field.id == batch_fields::kExtensionValues) {
        return ReadString(field.bytes, extension.values);
      } else if (field.id == batch_fields::kExtensionTypes) {
        extension.types = field.bytes;
      }
      return absl::OkStatus();
    });
  }

  absl::Status ReadIdentity(std::string_view message) {
    BatchIdentity& identity = columns_.identity;
    if (!has_identity_) identity.first_offset = 0;
    has_identity_ = true;
    return ForEachField(message, [&](const Field& field) {
      if (field.Is(batch_fields::kLog, WireType::kLengthDelimited)) {
        return ReadText("identity.log", field.bytes, identity.log);
      }
      if (field.Is(batch_fields::kPartition, WireType::kVarint)) {
        identity.partition = static_cast<int32_t>(field.number);
      } else if (field.Is(batch_fields::kFirstOffset, WireType::kVarint)) {
        identity.first_offset = static_cast<int64_t>(field.number);
      }
      return absl::OkStatus();
    });
  }

  absl::Status Finish() {
    if (absl::Status s = FinishPayload(); !s.ok()) {
      return InContext(s, "payload");
    }
    for (size_t i = 0; i < kAttributeCount; ++i) {
      auto column = FinishString(attributes_[i]);
      if (!column.ok()) {
        return InContext(column.status(),
                         AttributeName(static_cast<Attribute>(i)));
      }
      columns_.attributes[i] = *std::move(column);
    }
    for (const ExtensionFields& extension : extensions_) {
      absl::Status status = FinishExtension(extension);
      if (!status.ok()) return InContext(status, "extensions");
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
      return Invalid(name,
                     Concat("has '", bytes.size(), "' bytes, expected 1 or '",
                            columns_.event_count, "'"));
    }
    const auto is_bad = [&](uint8_t byte) {
      return byte < 1 || byte > static_cast<uint8_t>(greatest);
    };
    const auto bad = std::find_if(bytes.begin(), bytes.end(), is_bad);
    if (bad != bytes.end()) {
      return Invalid(
          name, Concat("has the value '", static_cast<uint8_t>(*bad),
                       "', expected 1 to '", static_cast<int>(greatest), "'"));
    }
    std::vector<Enum> values(bytes.size());
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  absl::Status FinishPayload() {
    PHOENIX_ASSIGN_OR_RETURN(
        std::vector<ByteRange> ranges,
        ReadRanges(payload_.ranges, columns_.event_count, false));
    if (!AllWithin(ranges, payload_.blob.size(), false)) {
      return OutsideBlob(ranges, payload_.blob.size(), false);
    }
    PHOENIX_ASSIGN_OR_RETURN(
        columns_.payload.kinds.values,
        ReadEnums("kinds", payload_.kinds, PayloadKind::kProto));
    columns_.payload.blob = Part(payload_.blob);
    columns_.payload.ranges =
        std::make_shared<const std::vector<ByteRange>>(std::move(ranges));
    return absl::OkStatus();
  }

  absl::StatusOr<StringColumn> FinishString(const StringFields& fields) const {
    if (fields.is_sequence) return FinishSequence(fields);
    if (fields.ranges.bytes().empty()) return StringColumn();
    PHOENIX_ASSIGN_OR_RETURN(
        std::vector<ByteRange> ranges,
        ReadRanges(fields.ranges, columns_.event_count, true));
    if (!AllWithin(ranges, fields.blob.size(), true)) {
      return OutsideBlob(ranges, fields.blob.size(), true);
    }
    if (!AreUtf8(fields.blob, ranges)) return Invalid("blob", "is not UTF-8");
    if (ranges.size() > 1) {
      return StringColumn::Ranges(Part(fields.blob), std::move(ranges));
    }
    if (ranges[0] == StringColumn::kNullRange) return StringColumn();
    return StringColumn::Constant(Part(ranges[0].In(fields.blob)));
  }

  static absl::StatusOr<StringColumn> FinishSequence(
      const StringFields& fields) {
    if (!fields.blob.empty() || !fields.ranges.bytes().empty()) {
      return Invalid("sequence_prefix", "is set beside 'blob' or 'ranges'");
    }
    if (static_cast<int64_t>(fields.sequence_first) < 0) {
      return Invalid("sequence_first", "is negative");
    }
    return StringColumn::Sequence(std::string(fields.sequence_prefix),
                                  fields.sequence_first);
  }

  absl::Status FinishExtension(const ExtensionFields& fields) {
    PHOENIX_RETURN_IF_ERROR(CheckExtensionName(fields.name));
    auto& done = columns_.extensions;
    if (!done.empty() && done.back().name >= fields.name) {
      return Invalid(fields.name,
                     Concat("comes after '", done.back().name,
                            "', expected ascending names, each once"));
    }
    auto values = FinishString(fields.values);
    if (!values.ok()) return InContext(values.status(), fields.name);
    auto types = ReadEnums("types", fields.types, AttributeType::kTimestamp);
    if (!types.ok()) return InContext(types.status(), fields.name);
    done.push_back(
        {std::string(fields.name), *std::move(values), {*std::move(types)}});
    return absl::OkStatus();
  }

  SharedBytes encoded_;
  int32_t count_ = 0;
  bool has_identity_ = false;
  PayloadFields payload_;
  std::array<StringFields, kAttributeCount> attributes_;
  std::vector<ExtensionFields> extensions_;
  EventBatch::Columns columns_;
};

}  // namespace

absl::StatusOr<EventBatchPtr> DecodeEventBatch(SharedBytes encoded) {
  return BatchDecoder(std::move(encoded)).Decode();
}

}  // namespace phoenix
