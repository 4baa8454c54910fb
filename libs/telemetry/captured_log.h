#ifndef LIBS_TELEMETRY_CAPTURED_LOG_H_
#define LIBS_TELEMETRY_CAPTURED_LOG_H_

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/mutex.h"
#include "libs/telemetry/log_sink.h"

namespace phoenix {

// Keeps log lines for a test to look at. Thread-safe.
class CapturedLog : public LogSink {
 public:
  void Write(std::string_view line) override;

  // All lines so far, without line feeds.
  std::vector<std::string> lines() const;

  // How many lines contain `text`.
  int Count(std::string_view text) const;

 private:
  mutable Mutex mutex_;
  std::vector<std::string> lines_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_CAPTURED_LOG_H_
