#include "tools/phoenix/exit_deadline.h"

#include <utility>

namespace phoenix {

ExitDeadline::ExitDeadline(absl::Duration after, std::function<void()> act)
    : thread_([this, after, act = std::move(act)] {
        if (in_time_.WaitFor(after)) act();
      }) {}

ExitDeadline::~ExitDeadline() {
  in_time_.Stop();
  thread_.join();
}

}  // namespace phoenix
