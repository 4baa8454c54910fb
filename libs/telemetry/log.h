#ifndef LIBS_TELEMETRY_LOG_H_
#define LIBS_TELEMETRY_LOG_H_

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/base/secret.h"
#include "libs/telemetry/log_sink.h"

namespace phoenix {

enum class LogLevel {
  kTrace,  // Anything.
  kDebug,  // For developers; never once an event.
  kInfo,   // Life cycle that an operator caused.
  kWarn,   // Unexpected, but recovered from.
  kError,  // Data is lost, or an operator must act.
  kOff,    // As a threshold: nothing is written.
};

// "trace" to "off"; the reverse gives false for anything else.
std::string_view LogLevelName(LogLevel level);
bool ParseLogLevel(std::string_view name, LogLevel* level);

// The text of a log line: a constant sentence, checked when it is compiled.
// What varies goes into fields, so that lines can be counted and searched.
class LogMessage {
 public:
  consteval LogMessage(const char* text) : text_(text) {
    if (text_.empty() || text_.back() != '.') throw "end with a full stop";
    if (text_[0] >= 'a' && text_[0] <= 'z') throw "begin with a capital";
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// `key=value` on a log line. Keys are constants: snake_case with the unit at
// the end, or a dotted name of the OpenTelemetry conventions. Holds a copy of
// the value as text, quoted where it needs to be and cut at kMaxLogValueBytes.
class LogField {
 public:
  LogField(std::string_view key, std::string_view value);
  LogField(std::string_view key, const char* value)
      : LogField(key, std::string_view(value)) {}
  LogField(std::string_view key, const std::string& value)
      : LogField(key, std::string_view(value)) {}
  LogField(std::string_view key, bool value)
      : LogField(key, std::string_view(value ? "true" : "false")) {}
  template <std::integral T>
  LogField(std::string_view key, T value)
      : LogField(key, std::string_view(std::to_string(value))) {}
  LogField(std::string_view key, double value);
  LogField(std::string_view key, absl::Duration value);
  LogField(std::string_view key, const absl::Status& value);

  // A secret prints as a fixed marker.
  LogField(std::string_view key, const Secret&)
      : LogField(key, std::string_view(Secret::kMarker)) {}

  // As it stands on the line.
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// A value of a field is cut here: one line stays readable, and a payload that
// strays into an error cannot flood the disk.
inline constexpr size_t kMaxLogValueBytes = 512;

// Repeats of a message by one logger at kWarn, kError or below kInfo are
// written at most once in this time; the next line tells how many were
// suppressed.
inline constexpr absl::Duration kLogRepeatInterval = absl::Seconds(10);

// Writes lines of the form
//
//   2026-01-31T12:00:00.000Z warn Sink is slow. component.name=a queue_bytes=9
//
//   log.Warn("Sink is slow.", {{"queue_bytes", queue.bytes()}});
//
// A copy shares everything with the original. Thread-safe.
class Logger {
 public:
  using Fields = std::initializer_list<LogField>;

  // `sink` and `clock` outlive the logger and its copies.
  Logger(LogSink& sink, Clock& clock, LogLevel level = LogLevel::kInfo);

  // The logger of the process: to standard error. Components use
  // `Logger::Process().With({{"component.name", name}})`.
  static Logger& Process();

  // A logger that adds these fields to every line, counts repeats by itself,
  // and shares level and sink.
  Logger With(Fields fields) const;

  void Trace(LogMessage message, Fields fields = {}) const {
    Log(LogLevel::kTrace, message, fields);
  }
  void Debug(LogMessage message, Fields fields = {}) const {
    Log(LogLevel::kDebug, message, fields);
  }
  void Info(LogMessage message, Fields fields = {}) const {
    Log(LogLevel::kInfo, message, fields);
  }
  void Warn(LogMessage message, Fields fields = {}) const {
    Log(LogLevel::kWarn, message, fields);
  }
  void Error(LogMessage message, Fields fields = {}) const {
    Log(LogLevel::kError, message, fields);
  }

  // What is below the level is not written. Fields are built before that is
  // known: guard those that are dear to build.
  bool IsOn(LogLevel level) const;
  void SetLevel(LogLevel level) const;

 private:
  struct Output;  // Shared by all loggers of one sink.
  class Repeats;

  Logger(std::shared_ptr<Output> output, std::string context);
  void Log(LogLevel level, LogMessage message, Fields fields) const;

  std::shared_ptr<Output> output_;
  std::shared_ptr<Repeats> repeats_;
  std::string context_;
};

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_LOG_H_
