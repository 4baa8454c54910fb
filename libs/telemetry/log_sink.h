#ifndef LIBS_TELEMETRY_LOG_SINK_H_
#define LIBS_TELEMETRY_LOG_SINK_H_

#include <string_view>

namespace phoenix {

// Where log lines go. Thread-safe.
class LogSink {
 public:
  virtual ~LogSink() = default;

  // Writes one line; `line` ends with a line feed and has no other.
  virtual void Write(std::string_view line) = 0;
};

// Standard error, each line by one system call so that lines of several
// threads do not mix. A line that can't be written is lost.
class StderrLogSink : public LogSink {
 public:
  void Write(std::string_view line) override;
};

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_LOG_SINK_H_
