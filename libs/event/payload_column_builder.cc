#include "libs/event/payload_column_builder.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace phoenix {

void PayloadColumnBuilder::UseInput(SharedBytes input) {
  if (ranges_.empty()) input_ = std::move(input);
}

bool PayloadColumnBuilder::IsInInput(std::string_view payload) const {
  const std::less_equal<const char*> not_after;
  return !input_.empty() && not_after(input_.data(), payload.data()) &&
         not_after(payload.data() + payload.size(),
                   input_.data() + input_.size());
}

ByteRange PayloadColumnBuilder::Copy(std::string_view payload) {
  const auto begin = static_cast<uint32_t>(bytes_.size());
  bytes_.append(payload);
  return {begin, static_cast<uint32_t>(bytes_.size())};
}

void PayloadColumnBuilder::LeaveInput() {
  const SharedBytes input = std::exchange(input_, {});
  for (ByteRange& range : ranges_) range = Copy(range.In(input.view()));
}

void PayloadColumnBuilder::Append(std::string_view payload, PayloadKind kind) {
  byte_size_ += payload.size();
  kinds_.push_back(kind);
  if (payload.empty()) {
    ranges_.push_back({});
  } else if (IsInInput(payload)) {
    const auto begin = static_cast<uint32_t>(payload.data() - input_.data());
    ranges_.push_back({begin, begin + static_cast<uint32_t>(payload.size())});
  } else {
    if (!input_.empty()) LeaveInput();
    ranges_.push_back(Copy(payload));
  }
}

PayloadColumn PayloadColumnBuilder::Build() {
  PayloadColumn column;
  column.blob = input_.empty()
                    ? SharedBytes::FromString(std::exchange(bytes_, {}))
                    : std::exchange(input_, {});
  column.ranges = std::make_shared<const std::vector<ByteRange>>(
      std::exchange(ranges_, {}));
  const bool same = std::adjacent_find(kinds_.begin(), kinds_.end(),
                                       std::not_equal_to<>()) == kinds_.end();
  if (same && !kinds_.empty()) kinds_.resize(1);
  column.kinds.values = std::exchange(kinds_, {});
  byte_size_ = 0;
  return column;
}

}  // namespace phoenix
