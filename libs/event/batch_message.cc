#include "libs/event/batch_message.h"

#include "absl/status/statusor.h"
#include "libs/base/status_macros.h"
#include "libs/event/batch_fields.h"
#include "libs/event/status_text.h"
#include "libs/event/utf8.h"

namespace phoenix::wire {
namespace {

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
  return IsUtf8(bytes) ? absl::OkStatus() : InvalidField(name, "is not UTF-8");
}

absl::Status ReadText(std::string_view name, std::string_view bytes,
                      std::string& text) {
  text = bytes;
  return CheckText(name, bytes);
}

bool IsRangesField(const Field& field) {
  return field.Is(batch_fields::kRanges, WireType::kLengthDelimited) ||
         field.Is(batch_fields::kRanges, WireType::kFixed32);
}

absl::Status ReadString(std::string_view message, StringMessage& column) {
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

absl::Status ReadPayload(std::string_view message, PayloadMessage& payload) {
  return ForEachField(message, [&](const Field& field) {
    if (field.Is(batch_fields::kBlob, WireType::kLengthDelimited)) {
      payload.blob = field.bytes;
    } else if (IsRangesField(field)) {
      return payload.ranges.Add(field);
    } else if (field.Is(batch_fields::kPayloadKinds,
                        WireType::kLengthDelimited)) {
      payload.kinds = field.bytes;
    }
    return absl::OkStatus();
  });
}

absl::Status ReadExtension(std::string_view message,
                           ExtensionMessage& extension) {
  return ForEachField(message, [&](const Field& field) {
    if (field.type != WireType::kLengthDelimited) return absl::OkStatus();
    if (field.id == batch_fields::kExtensionName) {
      extension.name = field.bytes;
      return CheckText("name", field.bytes);
    }
    if (field.id == batch_fields::kExtensionValues) {
      return ReadString(field.bytes, extension.values);
    }
    if (field.id == batch_fields::kExtensionTypes) {
      extension.types = field.bytes;
    }
    return absl::OkStatus();
  });
}

absl::Status ReadIdentity(std::string_view message, BatchMessage& batch) {
  BatchIdentity& identity = batch.identity;
  if (!batch.has_identity) identity.first_offset = 0;
  batch.has_identity = true;
  return ForEachField(message, [&](const Field& field) {
    if (field.Is(batch_fields::kLog, WireType::kLengthDelimited)) {
      return ReadText("identity.log", field.bytes, identity.log);
    }
    if (field.Is(batch_fields::kPartition, WireType::kVarint)) {
      identity.partition = static_cast<int32_t>(field.number);
    } else if (field.Is(batch_fields::kFirstOffset, WireType::kVarint)) {
      identity.first_offset = static_cast<int64_t>(field.number);
    } else if (field.Is(batch_fields::kTenure, WireType::kVarint)) {
      identity.tenure = static_cast<int64_t>(field.number);
    }
    return absl::OkStatus();
  });
}

void ReadNumber(const Field& field, BatchMessage& batch) {
  if (field.id == batch_fields::kEventCount) {
    batch.event_count = static_cast<int32_t>(field.number);
  } else if (field.id == batch_fields::kReceiveTimeNanos) {
    batch.receive_time_nanos = static_cast<int64_t>(field.number);
  }
}

absl::Status ReadBytes(const Field& field, BatchMessage& batch) {
  if (field.id >= batch_fields::kFirstAttribute &&
      field.id <= batch_fields::kLastAttribute) {
    const size_t attribute = field.id - batch_fields::kFirstAttribute;
    return ReadString(field.bytes, batch.attributes[attribute]);
  }
  switch (field.id) {
    case batch_fields::kPayload:
      return ReadPayload(field.bytes, batch.payload);
    case batch_fields::kExtensions:
      return ReadExtension(field.bytes, batch.extensions.emplace_back());
    case batch_fields::kIdentity:
      return ReadIdentity(field.bytes, batch);
    case batch_fields::kPipeline:
      return ReadText("pipeline", field.bytes, batch.pipeline);
    case batch_fields::kRevision:
      return ReadText("revision", field.bytes, batch.revision);
    default:
      return absl::OkStatus();
  }
}

}  // namespace

absl::Status InvalidField(std::string_view field, std::string_view problem) {
  return InvalidArgument("'", field, "' ", problem);
}

absl::Status Fixed32List::Add(const Field& field) {
  if (field.bytes.size() % sizeof(uint32_t) != 0) {
    return InvalidField("ranges", "has a part of a number at its end");
  }
  if (joined_.empty() && in_place_.empty()) {
    in_place_ = field.bytes;
    return absl::OkStatus();
  }
  if (joined_.empty()) joined_ = in_place_;
  joined_.append(field.bytes);
  return absl::OkStatus();
}

absl::Status ReadBatchMessage(std::string_view bytes, BatchMessage& batch) {
  return ForEachField(bytes, [&](const Field& field) {
    if (field.type == WireType::kVarint) ReadNumber(field, batch);
    return field.type == WireType::kLengthDelimited ? ReadBytes(field, batch)
                                                    : absl::OkStatus();
  });
}

}  // namespace phoenix::wire
