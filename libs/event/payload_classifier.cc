#include "libs/event/payload_classifier.h"

#include <cstdint>

#include "absl/types/span.h"
#include "libs/base/byte_range.h"
#include "libs/base/text.h"
#include "libs/event/attribute_name.h"
#include "libs/event/json_error_status.h"
#include "libs/event/status_text.h"

namespace phoenix {

absl::StatusOr<PayloadKind> PayloadClassifier::Classify(
    std::string_view payload, std::string_view content_type,
    PayloadKind came_as) {
  if (content_type.empty()) {
    if (came_as != PayloadKind::kText || payload.empty()) return came_as;
    return IsJson(payload) ? PayloadKind::kText : PayloadKind::kPlainText;
  }
  if (!IsJsonContentType(content_type)) return came_as;
  if (payload.empty()) return PayloadKind::kNone;
  if (IsJson(payload)) return PayloadKind::kText;
  return InContext(JsonErrorStatus(errors_[0]),
                   Cat("payload of content type '", content_type, "'"));
}

bool PayloadClassifier::IsJson(std::string_view payload) {
  const ByteRange all{0, static_cast<uint32_t>(payload.size())};
  errors_.clear();
  indexer_.Index(payload, absl::MakeConstSpan(&all, 1), index_, errors_);
  return errors_.empty();
}

}  // namespace phoenix
