#include "libs/sinks/kafka/record_encoder.h"

#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

constexpr std::string_view kPrefix = "ce_";

// What a record's key is to its reader.
constexpr std::string_view kPartitionKey = "partitionkey";
constexpr std::string_view kContentType = "content-type";
constexpr std::string_view kStructuredType =
    "application/cloudevents+json; charset=UTF-8";

// Extensions vary little; were their names made of data, this keeps the table
// small.
constexpr size_t kMaxNames = 256;

constexpr std::pair<Attribute, std::string_view> kHeaders[] = {
    {Attribute::kId, "ce_id"},
    {Attribute::kSource, "ce_source"},
    {Attribute::kType, "ce_type"},
    {Attribute::kSubject, "ce_subject"},
    {Attribute::kTime, "ce_time"},
    {Attribute::kDataSchema, "ce_dataschema"},
    {Attribute::kDataContentType, kContentType},
};

}  // namespace

RecordEncoder::RecordEncoder(Options options) : options_(std::move(options)) {}

const KafkaRecord& RecordEncoder::Encode(const EventBatch& batch,
                                         uint32_t row) {
  record_.headers.clear();
  scratch_used_ = 0;
  SetKey(batch, row);
  if (options_.format == Format::kStructured) {
    SetStructuredValue(batch, row);
  } else {
    SetPayload(batch, row);
  }
  if (options_.format == Format::kBinary) AddAttributes(batch, row);
  AddTraceContext(batch, row);
  return record_;
}

void RecordEncoder::SetKey(const EventBatch& batch, uint32_t row) {
  record_.key.reset();
  only_in_key_ = {};
  if (!options_.key.has_value()) return;
  key_text_.clear();
  reader_.SetRow(batch, row);
  const auto found = reader_.Append(*options_.key, key_text_);
  if (found == EventFieldReader::Result::kScalar ||
      found == EventFieldReader::Result::kJson) {
    record_.key = key_text_;
  }
  if (record_.key.has_value() && KeyIsBytes(batch, row) &&
      absl::Base64Unescape(ToAbsl(key_text_), &key_bytes_)) {
    record_.key = key_bytes_;
    if (options_.key->extension == kPartitionKey) only_in_key_ = kPartitionKey;
  }
}

bool RecordEncoder::KeyIsBytes(const EventBatch& batch, uint32_t row) const {
  if (options_.key->kind != EventField::Kind::kExtension) return false;
  const ExtensionColumn* column = batch.FindExtension(options_.key->extension);
  return column != nullptr && column->types.at(row) == AttributeType::kBinary;
}

void RecordEncoder::SetStructuredValue(const EventBatch& batch, uint32_t row) {
  value_text_.clear();
  json_.Append(batch, row, value_text_, only_in_key_);
  record_.value = value_text_;
  record_.value_in_batch = false;
  record_.headers.push_back({kContentType, kStructuredType});
}

void RecordEncoder::SetPayload(const EventBatch& batch, uint32_t row) {
  record_.value_in_batch = true;
  record_.value.reset();
  if (batch.payloads().kinds.at(row) == PayloadKind::kNone) return;
  record_.value = batch.payload(row);
}

void RecordEncoder::AddAttributes(const EventBatch& batch, uint32_t row) {
  record_.headers.push_back({"ce_specversion", "1.0"});
  for (const auto& [attribute, name] : kHeaders) {
    AddHeader(name, batch.attribute(attribute), row);
  }
  for (const ExtensionColumn& extension : batch.extensions()) {
    if (!extension.values.HasValue(row) || extension.name == only_in_key_) {
      continue;
    }
    AddHeader(ExtensionHeaderName(extension.name), extension.values, row);
  }
}

void RecordEncoder::AddTraceContext(const EventBatch& batch, uint32_t row) {
  for (const char* name : {"traceparent", "tracestate"}) {
    const ExtensionColumn* column = batch.FindExtension(name);
    if (column != nullptr) AddHeader(name, column->values, row);
  }
}

void RecordEncoder::AddHeader(std::string_view name, const StringColumn& column,
                              uint32_t row) {
  if (!column.HasValue(row)) return;
  if (scratch_used_ == scratch_.size()) scratch_.emplace_back();
  record_.headers.push_back({name, column.Get(row, scratch_[scratch_used_++])});
}

std::string_view RecordEncoder::ExtensionHeaderName(const std::string& name) {
  for (const std::string& known : names_) {
    if (std::string_view(known).substr(kPrefix.size()) == name) return known;
  }
  if (names_.size() >= kMaxNames) names_.clear();
  names_.push_back(Cat(kPrefix, name));
  return names_.back();
}

}  // namespace phoenix
