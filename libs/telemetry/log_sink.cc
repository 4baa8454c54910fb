#include "libs/telemetry/log_sink.h"

#include <unistd.h>

#include <cerrno>

namespace phoenix {

void StderrLogSink::Write(std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    line.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace phoenix
