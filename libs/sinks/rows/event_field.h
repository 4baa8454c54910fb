#ifndef LIBS_SINKS_ROWS_EVENT_FIELD_H_
#define LIBS_SINKS_ROWS_EVENT_FIELD_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/event/event_batch.h"

namespace phoenix {

// A field of an event by its name in pipeline files: an attribute such as
// `type`, an extension attribute such as `ext.tenant`, or a path into the JSON
// payload such as `data.address.city`.
struct EventField {
  enum class Kind { kAttribute, kExtension, kData };

  // The deepest path: payloads are not meant to be deeper.
  static constexpr size_t kMaxPathLength = 32;

  std::string name;  // As it was written.
  Kind kind = Kind::kData;
  Attribute attribute = Attribute::kId;  // kAttribute.
  std::string extension;                 // kExtension.
  std::vector<std::string> path;         // kData; empty: the whole payload.
};

// Nothing when `name` names no field.
std::optional<EventField> ParseEventField(std::string_view name);

// What ParseEventField expects, for messages.
inline constexpr std::string_view kEventFieldForms =
    "an attribute such as 'type', 'ext.<name>' or 'data.<path>'";

}  // namespace phoenix

#endif  // LIBS_SINKS_ROWS_EVENT_FIELD_H_
