#ifndef LIBS_EVENT_JSON_ERROR_STATUS_H_
#define LIBS_EVENT_JSON_ERROR_STATUS_H_

#include "absl/status/status.h"
#include "libs/event/status_text.h"
#include "libs/json/json_error.h"

namespace phoenix {

// INVALID_ARGUMENT that says where in the event, or the body, its JSON is wrong
// and how.
inline absl::Status JsonErrorStatus(const JsonError& error) {
  return InvalidArgument("not valid JSON at byte '", error.offset,
                         "': ", error.message);
}

}  // namespace phoenix

#endif  // LIBS_EVENT_JSON_ERROR_STATUS_H_
