#include "libs/event/attribute_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "libs/base/text.h"
#include "libs/event/event_batch.h"
#include "libs/event/status_text.h"

namespace phoenix {
namespace {

// `type` without parameters such as `;charset=utf-8`.
std::string_view MediaType(std::string_view type) {
  return FromAbsl(
      absl::StripAsciiWhitespace(ToAbsl(type.substr(0, type.find(';')))));
}

}  // namespace

absl::Status CheckExtensionName(std::string_view name) {
  const auto is_allowed = [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c);
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_allowed)) {
    return InvalidArgument(
        "attribute name '", name,
        "' is not valid, expected lower-case letters and digits");
  }
  if (FindAttribute(name).has_value() || name == "specversion" ||
      name == "data") {
    return InvalidArgument("attribute name '", name,
                           "' is reserved, not free for an extension");
  }
  return absl::OkStatus();
}

bool IsJsonContentType(std::string_view content_type) {
  const absl::string_view type = ToAbsl(MediaType(content_type));
  return type.empty() || absl::EqualsIgnoreCase(type, "application/json") ||
         absl::EqualsIgnoreCase(type, "text/json") ||
         absl::EndsWithIgnoreCase(type, "+json");
}

bool IsTextContentType(std::string_view content_type) {
  const absl::string_view type = ToAbsl(MediaType(content_type));
  return IsJsonContentType(content_type) ||
         absl::StartsWithIgnoreCase(type, "text/") ||
         absl::EqualsIgnoreCase(type, "application/xml") ||
         absl::EndsWithIgnoreCase(type, "+xml");
}

}  // namespace phoenix
