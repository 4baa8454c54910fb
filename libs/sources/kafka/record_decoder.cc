#include "libs/sources/kafka/record_decoder.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "libs/base/byte_range.h"
#include "libs/base/shared_bytes.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/attribute_name.h"
#include "libs/event/event_reason.h"
#include "libs/event/status_text.h"
#include "libs/event/timestamp.h"
#include "libs/event/utf8.h"
#include "libs/telemetry/trace_context.h"

namespace phoenix {
namespace {

constexpr std::string_view kPrefix = "ce_";
constexpr std::string_view kContentType = "content-type";
constexpr std::string_view kStructured = "application/cloudevents";
constexpr std::string_view kPartitionKey = "partitionkey";
constexpr std::string_view kTraceparent = "traceparent";
constexpr std::string_view kTracestate = "tracestate";

std::string_view FindHeader(const ReceivedRecord& record,
                            std::string_view name) {
  for (const auto& [found, value] : record.headers) {
    if (found == name) return value;
  }
  return {};
}

// What tracing would not understand is no trace context.
std::string_view TraceparentOf(const ReceivedRecord& record) {
  if (record.headers.empty()) return {};
  const std::string_view value = FindHeader(record, kTraceparent);
  return !value.empty() && ParseTraceparent(value).ok() ? value
                                                        : std::string_view();
}

std::string_view TracestateOf(const ReceivedRecord& record) {
  if (record.headers.empty()) return {};
  const std::string_view value = FindHeader(record, kTracestate);
  return !value.empty() && ValidateTracestate(value).ok() ? value
                                                          : std::string_view();
}

absl::Status NotJson(const JsonError& error) {
  return InvalidArgument("not valid JSON at byte '", error.offset,
                         "': ", error.message);
}

// An event without attributes of its own has the defaults; ids are given.
EventDefaults WithoutIds(EventDefaults defaults) {
  defaults.id_prefix.clear();
  return defaults;
}

// CloudEvents name their content type, or have none.
EventDefaults ForCloudEvents() { return {}; }

}  // namespace

RecordDecoder::RecordDecoder(RecordDecoderOptions options)
    : options_(std::move(options)),
      id_prefix_(Cat(options_.topic, "/", options_.partition, "/")),
      plain_is_json_(IsJsonContentType(options_.defaults.data_content_type)),
      rows_(id_prefix_, WithoutIds(options_.defaults)),
      builder_(ForCloudEvents(), {.max_event_bytes = options_.max_event_bytes}),
      unreadable_(options_.defaults.source) {}

void RecordDecoder::Add(const ReceivedRecord& record, int64_t now_nanos) {
  absl::Status added;
  const std::string_view content_type = record.headers.empty()
                                            ? std::string_view()
                                            : FindHeader(record, kContentType);
  if (absl::StartsWithIgnoreCase(ToAbsl(content_type), ToAbsl(kStructured))) {
    added = AddStructured(record, now_nanos);
  } else if (!record.headers.empty() &&
             !FindHeader(record, "ce_specversion").empty()) {
    added = AddBinary(record, now_nanos);
  } else {
    added = AddPlain(record, content_type, now_nanos);
  }
  if (!added.ok()) {
    Refuse(record, record.value.value_or(""), added, now_nanos);
  }
}

DecodedRecords RecordDecoder::Take(int64_t now_nanos) {
  CloseRows(now_nanos);
  CloseEvents(now_nanos);
  TakeUnreadable(now_nanos, decoded_);
  return std::exchange(decoded_, {});
}

void RecordDecoder::TakeUnreadable(int64_t now_nanos, DecodedRecords& decoded) {
  decoded.unreadable = unreadable_.Take(now_nanos);
  auto next = unreadable_offsets_.begin();
  for (const UnreadableInput& input : decoded.unreadable) {
    const auto end = next + static_cast<ptrdiff_t>(input.reasons.size());
    decoded.unreadable_offsets.emplace_back(next, end);
    next = end;
  }
  unreadable_offsets_.clear();
}

absl::Status RecordDecoder::AddPlain(const ReceivedRecord& record,
                                     std::string_view content_type,
                                     int64_t now_nanos) {
  const std::string_view payload = record.value.value_or("");
  if (payload.size() > options_.max_event_bytes) {
    return InvalidArgument("record has '", payload.size(),
                           "' bytes, expected at most '",
                           options_.max_event_bytes, "' (max_event_bytes)");
  }
  if (record.value.has_value() && content_type.empty() && plain_is_json_) {
    CloseEvents(now_nanos);
    if (rows_.IsFull(payload.size()) || rows_.size() >= max_rows_) {
      CloseRows(now_nanos);
    }
    ReadKey(record);
    PlainRows::Row row = {.offset = record.offset,
                          .payload = payload,
                          .key_type = key_.type,
                          .traceparent = TraceparentOf(record),
                          .tracestate = TracestateOf(record)};
    if (!key_.value.empty()) row.key = key_.value;
    rows_.Add(row);
    return absl::OkStatus();
  }
  fields_.Clear();
  id_ = Cat(id_prefix_, record.offset);
  fields_[Attribute::kId] = id_;
  fields_[Attribute::kSource] = options_.defaults.source;
  fields_[Attribute::kType] = options_.defaults.type;
  if (content_type.empty()) content_type = options_.defaults.data_content_type;
  if (!IsUtf8(content_type)) {
    return InvalidArgument("header 'content-type' is not UTF-8");
  }
  if (record.value.has_value() && !content_type.empty()) {
    fields_[Attribute::kDataContentType] = content_type;
  }
  PHOENIX_RETURN_IF_ERROR(SetPayload(record, content_type));
  AddKeyAndTrace(record);
  return AddFields(record, now_nanos);
}

absl::Status RecordDecoder::AddBinary(const ReceivedRecord& record,
                                      int64_t now_nanos) {
  fields_.Clear();
  PHOENIX_RETURN_IF_ERROR(ReadHeaders(record));
  PHOENIX_RETURN_IF_ERROR(
      SetPayload(record, fields_[Attribute::kDataContentType].value_or("")));
  AddKeyAndTrace(record);
  return AddFields(record, now_nanos);
}

absl::Status RecordDecoder::ReadHeaders(const ReceivedRecord& record) {
  has_version_ = false;
  for (const auto& [name, value] : record.headers) {
    absl::Status set;
    if (name == kContentType) {
      set = IsUtf8(value) ? absl::OkStatus()
                          : InvalidArgument("value is not UTF-8");
      fields_[Attribute::kDataContentType] = value;
    } else if (name.starts_with(kPrefix)) {
      set = SetNamed(name.substr(kPrefix.size()), value);
    }
    if (!set.ok()) return InContext(set, Cat("header '", name, "'"));
  }
  return absl::OkStatus();
}

absl::Status RecordDecoder::SetNamed(std::string_view name,
                                     std::string_view value) {
  if (!IsUtf8(value)) return InvalidArgument("value is not UTF-8");
  if (name == "specversion") {
    if (std::exchange(has_version_, true))
      return InvalidArgument("comes twice");
    if (value == "1.0") return absl::OkStatus();
    return InvalidArgument("value is '", value.substr(0, 16),
                           "', expected '1.0'");
  }
  const std::optional<Attribute> attribute = FindAttribute(name);
  if (!attribute.has_value()) {
    fields_.extensions.push_back({name, value, AttributeType::kString});
    return CheckExtensionName(name);
  }
  if (*attribute == Attribute::kDataContentType) {
    return InvalidArgument("is not allowed, expected 'content-type'");
  }
  if (*attribute == Attribute::kTime && !ParseRfc3339(value).has_value()) {
    return InvalidArgument("value is '", value.substr(0, 64),
                           "', expected RFC 3339 such as "
                           "'2024-02-29T12:00:00Z'");
  }
  if (fields_[*attribute].has_value()) return InvalidArgument("comes twice");
  fields_[*attribute] = value;
  return absl::OkStatus();
}

// One that is no text is bytes, which an attribute has in base64.
void RecordDecoder::ReadKey(const ReceivedRecord& record) {
  const std::string_view key = record.key.value_or("");
  key_ = {kPartitionKey, key, AttributeType::kString};
  if (IsUtf8(key)) return;
  absl::Base64Escape(ToAbsl(key), &key_base64_);
  key_ = {kPartitionKey, key_base64_, AttributeType::kBinary};
}

void RecordDecoder::ReadKeyAndTrace(const ReceivedRecord& record) {
  ReadKey(record);
  key_and_trace_.clear();
  for (const ExtensionField& one :
       {key_,
        ExtensionField{kTraceparent, TraceparentOf(record),
                       AttributeType::kString},
        ExtensionField{kTracestate, TracestateOf(record),
                       AttributeType::kString}}) {
    if (!one.value.empty()) key_and_trace_.push_back(one);
  }
}

void RecordDecoder::AddKeyAndTrace(const ReceivedRecord& record) {
  ReadKeyAndTrace(record);
  for (const ExtensionField& one : key_and_trace_) {
    if (!HasExtension(one.name)) fields_.extensions.push_back(one);
  }
}

bool RecordDecoder::HasExtension(std::string_view name) const {
  return std::any_of(
      fields_.extensions.begin(), fields_.extensions.end(),
      [name](const ExtensionField& field) { return field.name == name; });
}

absl::Status RecordDecoder::SetPayload(const ReceivedRecord& record,
                                       std::string_view content_type) {
  if (!record.value.has_value()) {
    fields_.kind = PayloadKind::kNone;
    return absl::OkStatus();
  }
  fields_.payload = *record.value;
  if (!content_type.empty() && IsJsonContentType(content_type)) {
    return CheckJson(*record.value);
  }
  if (content_type.empty() && !record.value->empty() && IsUtf8(*record.value) &&
      !CheckJson(*record.value).ok()) {
    fields_.kind = PayloadKind::kPlainText;
  } else if (!IsTextContentType(content_type) || !IsUtf8(*record.value)) {
    fields_.kind = PayloadKind::kBinary;
  }
  return absl::OkStatus();
}

absl::Status RecordDecoder::CheckJson(std::string_view payload) {
  const ByteRange all{0, static_cast<uint32_t>(payload.size())};
  errors_.clear();
  indexer_.Index(payload, absl::MakeConstSpan(&all, 1), index_, errors_);
  return errors_.empty() ? absl::OkStatus() : NotJson(errors_[0]);
}

absl::Status RecordDecoder::AddFields(const ReceivedRecord& record,
                                      int64_t now_nanos) {
  CloseRows(now_nanos);
  absl::Status added = builder_.AddEvent(fields_);
  if (absl::IsResourceExhausted(added)) {
    CloseEvents(now_nanos);
    added = builder_.AddEvent(fields_);
  }
  if (added.ok()) CountEvent(record, now_nanos);
  return added;
}

void RecordDecoder::CountEvent(const ReceivedRecord& record,
                               int64_t now_nanos) {
  event_offsets_.push_back(record.offset);
  if (event_offsets_.size() >= max_rows_) CloseEvents(now_nanos);
}

absl::Status RecordDecoder::AddStructured(const ReceivedRecord& record,
                                          int64_t now_nanos) {
  CloseRows(now_nanos);
  const SharedBytes body =
      SharedBytes::FromString(std::string(record.value.value_or("")));
  ReadKeyAndTrace(record);
  structured_.SetDefaultExtensions(key_and_trace_);
  absl::Status added = structured_.DecodeEvent(body, builder_);
  if (absl::IsResourceExhausted(added)) {
    CloseEvents(now_nanos);
    added = structured_.DecodeEvent(body, builder_);
  }
  if (added.ok()) CountEvent(record, now_nanos);
  return added;
}

void RecordDecoder::CloseRows(int64_t now_nanos) {
  if (rows_.empty()) return;
  EventBatchPtr batch = rows_.Build(
      now_nanos,
      [&](int64_t offset, std::string_view payload, const JsonError& error) {
        Refuse({.offset = offset}, payload, NotJson(error), now_nanos);
      });
  if (batch == nullptr) return;
  decoded_.batches.push_back(std::move(batch));
  decoded_.batch_offsets.push_back(rows_.TakeBuiltOffsets());
}

void RecordDecoder::CloseEvents(int64_t now_nanos) {
  EventBatchPtr batch = builder_.Build(now_nanos);
  if (batch == nullptr) return;
  decoded_.batches.push_back(std::move(batch));
  decoded_.batch_offsets.push_back(std::exchange(event_offsets_, {}));
}

void RecordDecoder::Refuse(const ReceivedRecord& record, std::string_view bytes,
                           const absl::Status& why, int64_t now_nanos) {
  const std::string place = Place(record.offset);
  unreadable_offsets_.push_back(record.offset);
  unreadable_.Add(
      {.bytes = bytes,
       .place = place,
       .id = place,
       .why = why,
       .type = bytes.size() > options_.max_event_bytes ? kEventTooLarge
                                                       : kEventInvalid},
      now_nanos);
}

std::string RecordDecoder::Place(int64_t offset) const {
  return Cat(id_prefix_, offset);
}

}  // namespace phoenix
