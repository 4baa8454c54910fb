#include "libs/sources/unreadable_rows.h"

#include <limits>
#include <utility>

#include "absl/strings/escaping.h"
#include "libs/base/text.h"
#include "libs/event/event_batch.h"
#include "libs/event/utf8.h"

namespace phoenix {
namespace {

// Whatever came is kept: the source has bounded what it holds of a row.
constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();
constexpr BatchLimits kLimits = {.max_event_bytes = kNoLimit,
                                 .max_attribute_bytes = kNoLimit};

// Names of files may be any bytes, attributes may not.
std::string AsText(const std::string& place) {
  return IsUtf8(place) ? place : absl::CHexEscape(place);
}

}  // namespace

UnreadableRows::UnreadableRows(std::string event_source)
    : builder_({.source = std::move(event_source),
                .type = std::string(kUnreadableType)},
               kLimits) {}

void UnreadableRows::Add(const Row& row, int64_t now_nanos) {
  const std::string place = AsText(row.place);
  const bool is_text = IsUtf8(row.bytes);
  EventFields fields;
  fields[Attribute::kId] = row.id;
  fields[Attribute::kSubject] = place;
  fields[Attribute::kDataContentType] =
      is_text ? "text/plain" : "application/octet-stream";
  fields.payload = row.bytes;
  fields.kind = is_text ? PayloadKind::kText : PayloadKind::kBinary;
  if (absl::IsResourceExhausted(builder_.AddEvent(fields))) {
    Close(now_nanos);
    // An empty builder takes one row of any size.
    builder_.AddEvent(fields).IgnoreError();
  }
  reasons_.push_back(
      {absl::Status(row.why.code(), Cat(place, ": ", row.why.message())),
       row.type});
}

std::vector<UnreadableInput> UnreadableRows::Take(int64_t now_nanos) {
  Close(now_nanos);
  return std::exchange(full_, {});
}

void UnreadableRows::Close(int64_t now_nanos) {
  if (builder_.empty()) return;
  full_.push_back({builder_.Build(now_nanos), std::exchange(reasons_, {})});
}

}  // namespace phoenix
