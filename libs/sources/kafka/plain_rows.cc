#include "libs/sources/kafka/plain_rows.h"

#include <memory>
#include <utility>

#include "libs/base/shared_bytes.h"
#include "libs/base/text.h"
#include "libs/json/json_index.h"

namespace phoenix {
namespace {

// Memory that was reserved for a larger batch is not kept by a small one.
template <typename Container>
void GiveBackSpare(Container& container) {
  if (container.capacity() / 2 > container.size()) container.shrink_to_fit();
}

}  // namespace

PlainRows::PlainRows(std::string id_prefix, EventDefaults defaults)
    : id_prefix_(std::move(id_prefix)), defaults_(std::move(defaults)) {}

bool PlainRows::IsFull(size_t payload_bytes) const {
  if (empty()) return false;
  return offsets_.size() >= EventBatch::kMaxEvents ||
         blob_.size() + payload_bytes > BatchLimits::kDefaultMaxBytes;
}

void PlainRows::Add(const Row& row) {
  if (empty()) Reserve();
  const size_t index = offsets_.size();
  offsets_.push_back(row.offset);
  const auto begin = static_cast<uint32_t>(blob_.size());
  blob_.append(row.payload);
  ranges_.push_back({begin, static_cast<uint32_t>(blob_.size())});
  if (row.key.has_value()) Set(index, *row.key, extensions_[0]);
  if (row.key_type != AttributeType::kString) {
    SetType(index, row.key_type, extensions_[0]);
  }
  if (!row.traceparent.empty()) Set(index, row.traceparent, extensions_[1]);
  if (!row.tracestate.empty()) Set(index, row.tracestate, extensions_[2]);
}

void PlainRows::Reserve() {
  const auto and_some = [](size_t size) { return size + size / 4; };
  blob_.reserve(and_some(last_.blob_bytes));
  ranges_.reserve(and_some(last_.rows));
  offsets_.reserve(and_some(last_.rows));
}

void PlainRows::Set(size_t row, std::string_view value, Extension& extension) {
  extension.ranges.resize(row, StringColumn::kNullRange);
  const auto begin = static_cast<uint32_t>(extension.text.size());
  extension.text.append(value);
  extension.ranges.push_back(
      {begin, static_cast<uint32_t>(extension.text.size())});
}

void PlainRows::SetType(size_t row, AttributeType type, Extension& extension) {
  extension.types.resize(row, AttributeType::kString);
  extension.types.push_back(type);
}

EventBatchPtr PlainRows::Build(int64_t receive_time_nanos,
                               OnInvalid on_invalid) {
  auto index = std::make_shared<JsonIndex>();
  index->tokens.reserve(last_.tokens + last_.tokens / 4);
  errors_.clear();
  indexer_.Index(blob_, ranges_, *index, errors_);
  if (!errors_.empty()) {
    DropInvalid(on_invalid);
    std::vector<JsonError> none;
    indexer_.Index(blob_, ranges_, *index, none);
  }
  if (empty()) {
    Clear();
    return nullptr;
  }
  last_ = {blob_.size(), ranges_.size(), index->tokens.size()};
  GiveBackSpare(blob_);
  GiveBackSpare(ranges_);
  GiveBackSpare(index->tokens);
  PayloadColumn payload;
  payload.blob = SharedBytes::FromString(std::move(blob_));
  payload.ranges =
      std::make_shared<const std::vector<ByteRange>>(std::move(ranges_));
  payload.json_index = std::move(index);
  EventBatch::Columns columns =
      MakePayloadBatch(std::move(payload), defaults_, 0, receive_time_nanos)
          ->columns();
  columns.attributes[static_cast<size_t>(Attribute::kId)] = MakeIds();
  columns.extensions = MakeExtensions();
  built_offsets_ = std::move(offsets_);
  Clear();
  return std::make_shared<const EventBatch>(std::move(columns));
}

void PlainRows::DropInvalid(OnInvalid on_invalid) {
  size_t kept = 0;
  auto error = errors_.begin();
  for (size_t row = 0; row < offsets_.size(); ++row) {
    if (error != errors_.end() && error->row == row) {
      on_invalid(offsets_[row], ranges_[row].In(blob_), *error);
      ++error;
    } else {
      KeepRow(row, kept++);
    }
  }
  offsets_.resize(kept);
  ranges_.resize(kept);
  for (Extension& extension : extensions_) {
    if (extension.ranges.size() > kept) extension.ranges.resize(kept);
    if (extension.types.size() > kept) extension.types.resize(kept);
  }
}

void PlainRows::KeepRow(size_t from, size_t to) {
  offsets_[to] = offsets_[from];
  ranges_[to] = ranges_[from];
  for (Extension& extension : extensions_) {
    if (to >= extension.ranges.size()) continue;
    extension.ranges[to] = from < extension.ranges.size()
                               ? extension.ranges[from]
                               : StringColumn::kNullRange;
    if (to >= extension.types.size()) continue;
    extension.types[to] = from < extension.types.size()
                              ? extension.types[from]
                              : AttributeType::kString;
  }
}

StringColumn PlainRows::MakeIds() const {
  const auto first = static_cast<uint64_t>(offsets_.front());
  const auto last = static_cast<uint64_t>(offsets_.back());
  if (last - first + 1 == offsets_.size()) {
    return StringColumn::Sequence(id_prefix_, first);
  }
  std::string text;
  std::vector<ByteRange> ranges;
  ranges.reserve(offsets_.size());
  for (const int64_t offset : offsets_) {
    const auto begin = static_cast<uint32_t>(text.size());
    CatTo(text, id_prefix_, offset);
    ranges.push_back({begin, static_cast<uint32_t>(text.size())});
  }
  return StringColumn::Ranges(SharedBytes::FromString(std::move(text)),
                              std::move(ranges));
}

std::vector<ExtensionColumn> PlainRows::MakeExtensions() {
  std::vector<ExtensionColumn> columns;
  for (Extension& extension : extensions_) {
    if (extension.ranges.empty()) continue;
    extension.ranges.resize(offsets_.size(), StringColumn::kNullRange);
    columns.push_back(
        {extension.name, StringColumn::Ranges(
                             SharedBytes::FromString(std::move(extension.text)),
                             std::move(extension.ranges))});
    if (extension.types.empty()) continue;
    extension.types.resize(offsets_.size(), AttributeType::kString);
    columns.back().types.values = std::move(extension.types);
  }
  return columns;
}

void PlainRows::Clear() {
  blob_.clear();
  ranges_.clear();
  offsets_.clear();
  for (Extension& extension : extensions_) {
    extension.text.clear();
    extension.ranges.clear();
    extension.types.clear();
  }
}

}  // namespace phoenix
