#include "libs/event/string_column_builder.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "libs/base/shared_bytes.h"

namespace phoenix {

void StringColumnBuilder::Set(uint32_t row, std::string_view value) {
  ranges_.resize(row, StringColumn::kNullRange);
  ranges_.push_back(Intern(value));
}

ByteRange StringColumnBuilder::Intern(std::string_view value) {
  if (value.empty()) return ByteRange{};
  const size_t hash = std::hash<std::string_view>()(value);
  ByteRange& recent = recent_[hash % kRecentValues];
  if (recent.In(bytes_) != value) {
    const auto begin = static_cast<uint32_t>(bytes_.size());
    bytes_.append(value);
    recent = {begin, static_cast<uint32_t>(bytes_.size())};
  }
  return recent;
}

StringColumn StringColumnBuilder::Build(uint32_t rows) {
  std::string bytes = std::exchange(bytes_, {});
  std::vector<ByteRange> ranges = std::exchange(ranges_, {});
  recent_.fill({});
  if (ranges.empty()) return StringColumn();
  ranges.resize(rows, StringColumn::kNullRange);
  const bool same = std::adjacent_find(ranges.begin(), ranges.end(),
                                       std::not_equal_to<>()) == ranges.end();
  if (same) return StringColumn::Constant(std::string(ranges[0].In(bytes)));
  return StringColumn::Ranges(SharedBytes::FromString(std::move(bytes)),
                              std::move(ranges));
}

}  // namespace phoenix
