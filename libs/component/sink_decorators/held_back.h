#ifndef LIBS_COMPONENT_SINK_DECORATORS_HELD_BACK_H_
#define LIBS_COMPONENT_SINK_DECORATORS_HELD_BACK_H_

#include "absl/status/status.h"

namespace phoenix {

// `why` for rows that were not sent because of what became of rows before them:
// to keep the order, or because their destination is left alone for a while.
// Such rows were not tried, so they are never given up.
absl::Status HeldBack(absl::Status why);

// Whether HeldBack made it.
bool IsHeldBack(const absl::Status& status);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_SINK_DECORATORS_HELD_BACK_H_
