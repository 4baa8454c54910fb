#ifndef LIBS_SINKS_FILE_PATH_RENDERER_H_
#define LIBS_SINKS_FILE_PATH_RENDERER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/event/event_batch.h"
#include "libs/sinks/file/path_template.h"
#include "libs/sinks/rows/event_field_reader.h"

namespace phoenix {

// Makes the paths of a template: the time's part once a second, the events'
// part once a row. Thread-compatible.
class PathRenderer {
 public:
  // `path_template` outlives the renderer.
  explicit PathRenderer(const PathTemplate& path_template);

  // The time of the rows that come next.
  void SetTime(absl::Time time);

  // Overwrites `path` with the path below the template's directory; `batch` may
  // be null for a template without fields. INVALID_ARGUMENT when the row lacks
  // a field or its value can't stand in a path; names the field.
  absl::Status Render(const EventBatch* batch, uint32_t row, std::string& path);

 private:
  absl::Status AppendField(const EventField& field, std::string& path);

  const PathTemplate& template_;
  EventFieldReader reader_;
  std::string value_;
  int64_t second_ = INT64_MIN;      // Of which `times_` are.
  std::vector<std::string> times_;  // Of each part; empty if not a time.
};

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_PATH_RENDERER_H_
