#include "libs/sinks/file/path_renderer.h"

#include "absl/strings/str_format.h"

namespace phoenix {

using Part = PathTemplate::Part;
using Result = EventFieldReader::Result;

PathRenderer::PathRenderer(const PathTemplate& path_template)
    : template_(path_template), times_(path_template.parts().size()) {}

void PathRenderer::SetTime(absl::Time time) {
  const int64_t second = absl::ToUnixSeconds(time);
  if (second == second_) return;
  second_ = second;
  for (size_t i = 0; i < times_.size(); ++i) {
    const Part& part = template_.parts()[i];
    if (part.kind != Part::Kind::kTime) continue;
    times_[i] = absl::FormatTime(part.text, time, absl::UTCTimeZone());
  }
}

absl::Status PathRenderer::Render(const EventBatch* batch, uint32_t row,
                                  std::string& path) {
  path.clear();
  if (template_.has_fields()) reader_.SetRow(*batch, row);
  for (size_t i = 0; i < times_.size(); ++i) {
    const Part& part = template_.parts()[i];
    if (part.kind == Part::Kind::kLiteral) {
      path += part.text;
    } else if (part.kind == Part::Kind::kTime) {
      path += times_[i];
    } else {
      const absl::Status status =
          AppendField(template_.fields()[part.field], path);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status PathRenderer::AppendField(const EventField& field,
                                       std::string& path) {
  value_.clear();
  switch (reader_.Append(field, value_)) {
    case Result::kScalar:
      if (AppendPathValue(value_, path)) return absl::OkStatus();
      return absl::InvalidArgumentError(absl::StrFormat(
          "'%s' is too long for a path: expected at most %d bytes", field.name,
          kMaxPathValueBytes));
    case Result::kMalformed:
      return absl::InvalidArgumentError("payload is not valid JSON");
    case Result::kMissing:
      return absl::InvalidArgumentError(
          absl::StrFormat("'%s' is missing, which the path needs", field.name));
    default:
      return absl::InvalidArgumentError(absl::StrFormat(
          "'%s' can't stand in a path: expected text, a number or a bool",
          field.name));
  }
}

}  // namespace phoenix
