#include "libs/log/embedded/testing/test_log.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "libs/base/random.h"
#include "libs/base/text.h"
#include "libs/event/batch_testing.h"
#include "libs/telemetry/log.h"
#include "libs/telemetry/log_sink.h"

namespace phoenix {
namespace {

class SilentSink : public LogSink {
 public:
  void Write(std::string_view) override {}
};

}  // namespace

EmbeddedLogOptions TestLogOptions() {
  EmbeddedLogOptions options;
  options.folder = "/log";
  options.pipeline = "test";
  options.has_thread = false;
  options.recent_bytes = 0;
  options.retain_bytes = options.max_bytes;
  return options;
}

absl::StatusOr<std::unique_ptr<EmbeddedLog>> OpenTestLog(
    const EmbeddedLogOptions& options, FileSystem& files, Clock& clock) {
  static SilentSink& sink = *new SilentSink;
  return EmbeddedLog::Open(options, files, clock,
                           Logger(sink, clock, LogLevel::kOff));
}

EventBatchPtr TestBatch(uint64_t seed, uint32_t max_events) {
  Random random(seed);
  return RandomBatch(random, max_events);
}

absl::StatusOr<EventBatchPtr> AppendAndStore(EmbeddedLog& log,
                                             EventBatchPtr batch) {
  absl::StatusOr<EventBatchPtr> result =
      absl::InternalError("the callback was not called");
  const absl::Status taken = log.Append(
      std::move(batch), 0,
      [&](absl::StatusOr<EventBatchPtr> b) { result = std::move(b); });
  if (!taken.ok()) return taken;
  log.Step();
  return result;
}

std::string DescribeEntry(const LogEntry& entry) {
  return Cat(entry.first_offset, "\n",
             absl::StrJoin(DescribeEvents(*entry.batch), "\n"));
}

std::vector<std::string> DescribeLog(Log& log, int64_t offset) {
  std::vector<std::string> entries;
  const auto reader = log.Read(0, offset);
  while (true) {
    const auto entry = (*reader)->Next();
    EXPECT_TRUE(entry.ok()) << entry.status();
    if (!entry.ok() || !*entry) return entries;
    entries.push_back(DescribeEntry(**entry));
  }
}

}  // namespace phoenix
