#include "libs/sources/limited_by.h"

#include <cstddef>
#include <optional>

#include "libs/base/error_details.h"

namespace phoenix {
namespace {

// The pipeline names a component as people read it: `sink 'archive'`. Programs
// look for the name alone.
std::string BareName(const std::string& text) {
  const size_t first = text.find('\'');
  const size_t last = text.rfind('\'');
  return first == last ? text : text.substr(first + 1, last - first - 1);
}

}  // namespace

std::string LimitedBy(const absl::Status& refusal) {
  const std::optional<ErrorReason> reason = GetErrorReason(refusal);
  if (!reason.has_value()) return "";
  const auto found = reason->metadata.find("limitedBy");
  return found == reason->metadata.end() ? "" : BareName(found->second);
}

}  // namespace phoenix
