#include "libs/component/sink_decorators/held_back.h"

#include "absl/strings/cord.h"

namespace phoenix {
namespace {

constexpr char kMark[] = "phoenix.held_back";

}  // namespace

absl::Status HeldBack(absl::Status why) {
  why.SetPayload(kMark, absl::Cord());
  return why;
}

bool IsHeldBack(const absl::Status& status) {
  return status.GetPayload(kMark).has_value();
}

}  // namespace phoenix
