#include "libs/event/batch_builder.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/attribute_name.h"
#include "libs/event/event_reason.h"
#include "libs/event/status_text.h"

namespace phoenix {
namespace {

size_t ByteSize(const EventFields& event) {
  size_t size = event.payload.size();
  for (const auto& attribute : event.attributes) {
    if (attribute.has_value()) size += attribute->size();
  }
  for (const ExtensionField& extension : event.extensions) {
    size += extension.name.size() + extension.value.size();
  }
  return size;
}

absl::Status TooLarge(std::string_view what, size_t size,
                      std::string_view limit_name, size_t limit) {
  return InvalidArgument(what, " has '", size, "' bytes, expected at most '",
                         limit, "' (", limit_name, ")");
}

template <typename T>
void CollapseIfUniform(std::vector<T>& values) {
  const bool same = std::adjacent_find(values.begin(), values.end(),
                                       std::not_equal_to<>()) == values.end();
  if (same) values.resize(1);
}

StringColumn ConstantOrNull(const std::string& value) {
  return value.empty() ? StringColumn() : StringColumn::Constant(value);
}

}  // namespace

void EventFields::Clear() {
  attributes.fill(std::nullopt);
  extensions.clear();
  payload = {};
  kind = PayloadKind::kText;
}

BatchBuilder::BatchBuilder(EventDefaults defaults, BatchLimits limits)
    : defaults_(std::move(defaults)), limits_(limits) {}

void BatchBuilder::UseInput(SharedBytes input) {
  if (empty()) payload_.UseInput(std::move(input));
}

size_t BatchBuilder::byte_size() const {
  size_t size = payload_.byte_size();
  for (const auto& attribute : attributes_) size += attribute.byte_size();
  for (const auto& extension : extensions_) {
    size += extension.values.byte_size();
  }
  return size;
}

bool BatchBuilder::IsFull(size_t event_bytes) const {
  if (empty()) return false;
  return size_ >= std::min(limits_.max_events, EventBatch::kMaxEvents) ||
         byte_size() + event_bytes > limits_.max_bytes;
}

absl::Status BatchBuilder::AddEvent(const EventFields& event) {
  PHOENIX_RETURN_IF_ERROR(Check(event));
  if (IsFull(ByteSize(event))) {
    return absl::ResourceExhaustedError(
        absl::StrCat("batch is full with '", size_, "' events"));
  }
  AddAttributes(event);
  for (size_t i = 0; i < event.extensions.size(); ++i) {
    AddExtension(event.extensions[i], i);
  }
  payload_.Append(event.payload, event.kind);
  ++size_;
  return absl::OkStatus();
}

absl::Status BatchBuilder::Check(const EventFields& event) const {
  const size_t size = ByteSize(event);
  if (size > limits_.max_event_bytes) {
    return EventTooLarge(
        TooLarge("event", size, "max_event_bytes", limits_.max_event_bytes));
  }
  for (size_t i = 0; i < kAttributeCount; ++i) {
    const auto& value = event.attributes[i];
    if (value.has_value() && value->size() > limits_.max_attribute_bytes) {
      return TooLarge(
          Cat("attribute '", AttributeName(static_cast<Attribute>(i)), "'"),
          value->size(), "max_attribute_bytes", limits_.max_attribute_bytes);
    }
  }
  PHOENIX_RETURN_IF_ERROR(CheckRequired(event));
  return CheckExtensions(event);
}

absl::Status BatchBuilder::CheckRequired(const EventFields& event) const {
  for (const Attribute attribute :
       {Attribute::kId, Attribute::kSource, Attribute::kType}) {
    const auto& value = event[attribute];
    if (!value.has_value() && Default(attribute).empty()) {
      return InvalidArgument("attribute '", AttributeName(attribute),
                             "' is missing");
    }
    if (value.has_value() && value->empty()) {
      return InvalidArgument("attribute '", AttributeName(attribute),
                             "' is empty");
    }
  }
  return absl::OkStatus();
}

absl::Status BatchBuilder::CheckExtensions(const EventFields& event) const {
  const auto& all = event.extensions;
  size_t distinct = extensions_.size();
  for (size_t i = 0; i < all.size(); ++i) {
    PHOENIX_RETURN_IF_ERROR(CheckExtensionName(all[i].name));
    const size_t size = all[i].name.size() + all[i].value.size();
    if (size > limits_.max_attribute_bytes) {
      return TooLarge(Cat("attribute '", all[i].name, "'"), size,
                      "max_attribute_bytes", limits_.max_attribute_bytes);
    }
    const auto has_name = [&](const auto& other) {
      return other.name == all[i].name;
    };
    if (std::any_of(all.begin(), all.begin() + i, has_name)) {
      return InvalidArgument("attribute '", all[i].name, "' comes twice");
    }
    if (i < extensions_.size() && has_name(extensions_[i])) continue;
    if (std::none_of(extensions_.begin(), extensions_.end(), has_name)) {
      ++distinct;
    }
    if (distinct > limits_.max_extensions) {
      return InvalidArgument(
          "attribute '", all[i].name, "' is one too many, expected at most '",
          limits_.max_extensions, "' different extensions in a batch");
    }
  }
  return absl::OkStatus();
}

std::string_view BatchBuilder::Default(Attribute attribute) const {
  switch (attribute) {
    case Attribute::kId:
      return defaults_.id_prefix;
    case Attribute::kSource:
      return defaults_.source;
    case Attribute::kType:
      return defaults_.type;
    case Attribute::kDataContentType:
      return defaults_.data_content_type;
    default:
      return {};
  }
}

void BatchBuilder::AddAttributes(const EventFields& event) {
  AddId(event[Attribute::kId]);
  for (size_t i = 1; i < kAttributeCount; ++i) {
    const auto& value = event.attributes[i];
    const std::string_view fallback = Default(static_cast<Attribute>(i));
    if (value.has_value()) {
      attributes_[i].Set(size_, *value);
    } else if (!fallback.empty()) {
      attributes_[i].Set(size_, fallback);
    }
  }
}

// Ids that were not given stay null until one is, and cost nothing if none is.
void BatchBuilder::AddId(const std::optional<std::string_view>& id) {
  StringColumnBuilder& ids = attributes_[static_cast<size_t>(Attribute::kId)];
  if (!id.has_value() && ids.empty()) return;
  if (ids.empty()) {
    for (uint32_t row = 0; row < size_; ++row) {
      ids.Set(row, absl::StrCat(defaults_.id_prefix, first_id_ + row));
    }
  }
  if (id.has_value()) {
    ids.Set(size_, *id);
  } else {
    ids.Set(size_, absl::StrCat(defaults_.id_prefix, first_id_ + size_));
  }
}

BatchBuilder::ExtensionBuilder& BatchBuilder::FindOrAdd(std::string_view name,
                                                        size_t likely_index) {
  if (likely_index < extensions_.size() &&
      extensions_[likely_index].name == name) {
    return extensions_[likely_index];
  }
  for (ExtensionBuilder& extension : extensions_) {
    if (extension.name == name) return extension;
  }
  extensions_.push_back({std::string(name), {}, {}});
  return extensions_.back();
}

void BatchBuilder::AddExtension(const ExtensionField& extension,
                                size_t likely_index) {
  ExtensionBuilder& builder = FindOrAdd(extension.name, likely_index);
  builder.values.Set(size_, extension.value);
  // The type of a null does not matter: it takes that of the next value.
  builder.types.resize(size_ + size_t{1}, extension.type);
}

StringColumn BatchBuilder::BuildIds() {
  StringColumnBuilder& ids = attributes_[static_cast<size_t>(Attribute::kId)];
  const bool is_sequence = ids.empty();
  StringColumn column =
      is_sequence ? StringColumn::Sequence(defaults_.id_prefix, first_id_)
                  : ids.Build(size_);
  first_id_ += size_;
  return column;
}

std::vector<ExtensionColumn> BatchBuilder::BuildExtensions() {
  std::vector<ExtensionColumn> columns;
  for (ExtensionBuilder& extension : extensions_) {
    extension.types.resize(size_, extension.types.back());
    CollapseIfUniform(extension.types);
    columns.push_back({std::move(extension.name),
                       extension.values.Build(size_),
                       {std::move(extension.types)}});
  }
  extensions_.clear();
  std::sort(columns.begin(), columns.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return columns;
}

EventBatchPtr BatchBuilder::Build(int64_t receive_time_nanos) {
  if (empty()) return nullptr;
  EventBatch::Columns columns;
  columns.event_count = size_;
  columns.payload = payload_.Build();
  columns.attributes[0] = BuildIds();
  for (size_t i = 1; i < kAttributeCount; ++i) {
    columns.attributes[i] = attributes_[i].Build(size_);
  }
  columns.extensions = BuildExtensions();
  columns.receive_time_nanos = receive_time_nanos;
  size_ = 0;
  return std::make_shared<const EventBatch>(std::move(columns));
}

EventBatchPtr MakePayloadBatch(PayloadColumn payload,
                               const EventDefaults& defaults, uint64_t first_id,
                               int64_t receive_time_nanos) {
  EventBatch::Columns columns;
  columns.event_count = static_cast<uint32_t>(payload.ranges->size());
  columns.payload = std::move(payload);
  const auto set = [&](Attribute attribute, StringColumn column) {
    columns.attributes[static_cast<size_t>(attribute)] = std::move(column);
  };
  set(Attribute::kId, StringColumn::Sequence(defaults.id_prefix, first_id));
  set(Attribute::kSource, ConstantOrNull(defaults.source));
  set(Attribute::kType, ConstantOrNull(defaults.type));
  set(Attribute::kDataContentType, ConstantOrNull(defaults.data_content_type));
  columns.receive_time_nanos = receive_time_nanos;
  return std::make_shared<const EventBatch>(std::move(columns));
}

}  // namespace phoenix
