#include "libs/sources/not_taken.h"

#include "libs/base/text.h"

namespace phoenix {

absl::Status WhyNotTaken(const BatchOutcome& outcome) {
  for (const OutcomeDetail& detail : outcome.details()) {
    if (outcome.at(detail.row) != Outcome::kRetry) continue;
    const absl::Status& why = detail.status;
    if (!absl::IsResourceExhausted(why) && !absl::IsUnavailable(why)) continue;
    return absl::Status(why.code(),
                        Cat(detail.component, ": ", FromAbsl(why.message())));
  }
  return absl::OkStatus();
}

}  // namespace phoenix
