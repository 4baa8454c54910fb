#include "libs/telemetry/log.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "libs/base/mutex.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

constexpr std::string_view kLevelNames[] = {"trace", "debug", "info",
                                            "warn",  "error", "off"};

bool IsPlain(char c) {
  return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '=';
}

// What needs an escape between double quotes; a single quote does not.
std::string Escaped(std::string_view value) {
  const std::string escaped = absl::Utf8SafeCHexEscape(ToAbsl(value));
  return absl::StrReplaceAll(escaped, {{R"(\')", "'"}, {R"(\\)", R"(\\)"}});
}

std::string Quoted(std::string_view value) {
  const bool plain =
      !value.empty() && std::all_of(value.begin(), value.end(), IsPlain);
  if (plain) return std::string(value);
  return Cat("\"", Escaped(value), "\"");
}

std::string FieldText(std::string_view key, std::string_view value) {
  if (value.size() <= kMaxLogValueBytes) {
    return Cat(key, "=", Quoted(value));
  }
  return Cat(key, "=", Quoted(Cat(value.substr(0, kMaxLogValueBytes), "...")));
}

}  // namespace

std::string_view LogLevelName(LogLevel level) {
  return kLevelNames[static_cast<int>(level)];
}

bool ParseLogLevel(std::string_view name, LogLevel* level) {
  for (size_t i = 0; i < std::size(kLevelNames); ++i) {
    if (name != kLevelNames[i]) continue;
    *level = static_cast<LogLevel>(i);
    return true;
  }
  return false;
}

LogField::LogField(std::string_view key, std::string_view value)
    : text_(FieldText(key, value)) {}

LogField::LogField(std::string_view key, double value)
    : LogField(key, std::string_view(Cat(value))) {}

LogField::LogField(std::string_view key, absl::Duration value)
    : LogField(key, std::string_view(absl::FormatDuration(value))) {}

LogField::LogField(std::string_view key, const absl::Status& value)
    : LogField(key, std::string_view(value.ToString(
                        absl::StatusToStringMode::kWithNoExtraData))) {}

struct Logger::Output {
  Output(LogSink& sink, Clock& clock, LogLevel level)
      : sink(sink), clock(clock), level(level) {}

  LogSink& sink;
  Clock& clock;
  std::atomic<LogLevel> level;
};

// When each message was last written. As many entries as the source code has
// messages. Thread-safe.
class Logger::Repeats {
 public:
  // True when the message may be written now; `suppressed` is how many were
  // not since it last was.
  bool MayWrite(std::string_view message, int64_t now_nanos,
                uint64_t* suppressed) {
    MutexLock lock(mutex_);
    auto [it, first] = sites_.try_emplace(message, Site{now_nanos, 0});
    Site& site = it->second;
    const int64_t age = now_nanos - site.written_nanos;
    if (!first && age < absl::ToInt64Nanoseconds(kLogRepeatInterval)) {
      ++site.suppressed;
      return false;
    }
    *suppressed = std::exchange(site.suppressed, 0);
    site.written_nanos = now_nanos;
    return true;
  }

 private:
  struct Site {
    int64_t written_nanos;
    uint64_t suppressed;
  };

  Mutex mutex_;
  std::map<std::string_view, Site> sites_ ABSL_GUARDED_BY(mutex_);
};

Logger::Logger(LogSink& sink, Clock& clock, LogLevel level)
    : Logger(std::make_shared<Output>(sink, clock, level), "") {}

Logger::Logger(std::shared_ptr<Output> output, std::string context)
    : output_(std::move(output)),
      repeats_(std::make_shared<Repeats>()),
      context_(std::move(context)) {}

Logger& Logger::Process() {
  static StderrLogSink sink;
  static Logger logger(sink, Clock::System());
  return logger;
}

Logger Logger::With(Fields fields) const {
  std::string context = context_;
  for (const LogField& field : fields) {
    CatTo(context, " ", field.text());
  }
  return Logger(output_, std::move(context));
}

bool Logger::IsOn(LogLevel level) const {
  return level >= output_->level.load(std::memory_order_relaxed);
}

void Logger::SetLevel(LogLevel level) const { output_->level = level; }

void Logger::Log(LogLevel level, LogMessage message, Fields fields) const {
  if (!IsOn(level)) return;
  uint64_t suppressed = 0;
  if (level != LogLevel::kInfo &&
      !repeats_->MayWrite(message.text(), output_->clock.MonotonicNanos(),
                          &suppressed)) {
    return;
  }
  std::string line = absl::FormatTime(
      "%Y-%m-%dT%H:%M:%E3SZ", output_->clock.Now(), absl::UTCTimeZone());
  CatTo(line, " ", LogLevelName(level), " ", message.text(), context_);
  for (const LogField& field : fields) CatTo(line, " ", field.text());
  if (suppressed > 0) CatTo(line, " suppressed=", suppressed);
  line += '\n';
  output_->sink.Write(line);
}

}  // namespace phoenix
