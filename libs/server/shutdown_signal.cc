#include "libs/server/shutdown_signal.h"

#include <unistd.h>

namespace phoenix {
namespace {

// By the convention of shells.
constexpr int kExitOfSignal = 128;

void ExitAtOnce(int signal) { _exit(kExitOfSignal + signal); }

}  // namespace

ShutdownSignal::ShutdownSignal() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

bool ShutdownSignal::WaitFor(absl::Duration timeout) {
  const timespec patience = absl::ToTimespec(timeout);
  return sigtimedwait(&signals_, nullptr, &patience) > 0;
}

void ShutdownSignal::ExitOnNext() {
  struct sigaction action = {};
  action.sa_handler = ExitAtOnce;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

}  // namespace phoenix
