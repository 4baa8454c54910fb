#include "libs/event/event_batch.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>

namespace phoenix {
namespace {

constexpr std::array<std::string_view, kAttributeCount> kAttributeNames = {
    "id", "source", "type", "subject", "time", "datacontenttype", "dataschema",
};

// The bytes that `blobs` cover together, however they overlap: columns are
// often parts of one buffer.
size_t CountCovered(std::vector<std::string_view> blobs) {
  std::sort(blobs.begin(), blobs.end(),
            [](std::string_view a, std::string_view b) {
              return std::less<>()(a.data(), b.data());
            });
  size_t covered = 0;
  const char* end = nullptr;
  for (std::string_view blob : blobs) {
    const char* begin = std::max(blob.data(), end, std::less<>());
    const char* blob_end = blob.data() + blob.size();
    if (!std::less<>()(begin, blob_end)) continue;
    covered += blob_end - begin;
    end = blob_end;
  }
  return covered;
}

}  // namespace

std::string_view AttributeName(Attribute attribute) {
  return kAttributeNames[static_cast<size_t>(attribute)];
}

std::optional<Attribute> FindAttribute(std::string_view name) {
  const auto found =
      std::find(kAttributeNames.begin(), kAttributeNames.end(), name);
  if (found == kAttributeNames.end()) return std::nullopt;
  return static_cast<Attribute>(found - kAttributeNames.begin());
}

EventBatch::EventBatch(Columns columns)
    : EventBatch(std::move(columns), SharedBytes()) {}

EventBatch::EventBatch(Columns columns, SharedBytes encoded)
    : columns_(std::move(columns)),
      encoded_(std::move(encoded)),
      memory_bytes_(CountMemory()) {}

const ExtensionColumn* EventBatch::FindExtension(std::string_view name) const {
  const auto& all = columns_.extensions;
  const auto found = std::lower_bound(
      all.begin(), all.end(), name,
      [](const ExtensionColumn& extension, std::string_view name) {
        return extension.name < name;
      });
  return found != all.end() && found->name == name ? &*found : nullptr;
}

size_t EventBatch::CountMemory() const {
  std::vector<std::string_view> blobs = {encoded_.view(),
                                         columns_.payload.blob.view()};
  size_t bytes = sizeof(EventBatch) + columns_.payload.kinds.values.capacity();
  const auto add = [&](const StringColumn& column) {
    blobs.push_back(column.blob().view());
    bytes += column.ranges().capacity() * sizeof(ByteRange);
  };
  for (const StringColumn& attribute : columns_.attributes) add(attribute);
  for (const ExtensionColumn& extension : columns_.extensions) {
    add(extension.values);
    bytes += sizeof(ExtensionColumn) + extension.types.values.capacity();
  }
  if (const auto& ranges = columns_.payload.ranges; ranges != nullptr) {
    bytes += ranges->capacity() * sizeof(ByteRange);
  }
  if (const auto& index = columns_.payload.json_index; index != nullptr) {
    bytes += index->memory_bytes();
  }
  return bytes + CountCovered(std::move(blobs));
}

}  // namespace phoenix
