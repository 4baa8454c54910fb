#include "libs/telemetry/captured_log.h"

#include <algorithm>

namespace phoenix {

void CapturedLog::Write(std::string_view line) {
  if (!line.empty()) line.remove_suffix(1);
  MutexLock lock(mutex_);
  lines_.emplace_back(line);
}

std::vector<std::string> CapturedLog::lines() const {
  MutexLock lock(mutex_);
  return lines_;
}

int CapturedLog::Count(std::string_view text) const {
  MutexLock lock(mutex_);
  return static_cast<int>(std::count_if(
      lines_.begin(), lines_.end(),
      [&](const auto& line) { return line.find(text) != std::string::npos; }));
}

}  // namespace phoenix
