// The command `phoenix plan`: what a candidate file would do to the past.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "libs/base/clock.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "tools/phoenix/cli/arguments.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/cli/open_pipeline.h"
#include "tools/phoenix/cli/usage_error.h"
#include "tools/phoenix/commands.h"
#include "tools/phoenix/live_line.h"
#include "tools/phoenix/past/comparison.h"
#include "tools/phoenix/past/moment.h"
#include "tools/phoenix/past/open_past.h"

namespace phoenix {
namespace {

// Which events: the last so many, or those since a time; else all.
struct Window {
  int64_t last = 0;  // 0: not by number.
  LogRange range;
};

absl::StatusOr<Window> ParseWindow(const Arguments& arguments) {
  Window window;
  const std::string last = arguments.Flag("last");
  const std::string since = arguments.Flag("since");
  if (!last.empty() && !since.empty()) {
    return absl::InvalidArgumentError(
        "--last and --since: expected one of them");
  }
  if (!last.empty() &&
      (!absl::SimpleAtoi(last, &window.last) || window.last <= 0)) {
    return absl::InvalidArgumentError(
        Cat("--last '", last, "': expected a number above 0"));
  }
  if (!since.empty()) {
    const auto time = ParsePastTime(since, Clock::System().Now());
    if (!time.ok()) {
      return absl::InvalidArgumentError(
          Cat("--since ", FromAbsl(time.status().message())));
    }
    window.range.from_time = *time;
  }
  return window;
}

void PrintExamples(const Comparison& comparison) {
  for (size_t i = 0; i < kChangeCount; ++i) {
    const auto change = static_cast<Change>(i);
    if (comparison.examples(change).empty()) continue;
    std::printf("\n%s, for example\n", ChangeName(change));
    for (const std::string& example : comparison.examples(change)) {
      std::printf("  %s", example.c_str());
    }
  }
}

void PrintCounts(const Comparison& comparison, const RetainedLog& log,
                 int64_t nanos) {
  const double seconds = std::max<double>(static_cast<double>(nanos), 1) / 1e9;
  const auto events = static_cast<double>(comparison.events());
  std::printf("%s events of log '%s' in %.1f s, %s events/s\n",
              WithCommas(comparison.events()).c_str(), log.location().c_str(),
              seconds,
              WithCommas(static_cast<uint64_t>(events / seconds)).c_str());
  const auto line = [](const char* what, uint64_t count) {
    std::printf("  %-18s  %s\n", what, WithCommas(count).c_str());
  };
  line("unchanged", comparison.events() - comparison.changed_events());
  for (size_t i = 0; i < kChangeCount; ++i) {
    const auto change = static_cast<Change>(i);
    if (comparison.count(change) > 0) {
      line(ChangeName(change), comparison.count(change));
    }
  }
}

// Compares one partition; gives what could not be read of it.
absl::StatusOr<uint64_t> Compare(RetainedReader& reader, int64_t from_offset,
                                 Comparison& comparison) {
  while (true) {
    PHOENIX_ASSIGN_OR_RETURN(const auto entry, reader.Next());
    if (!entry) return reader.unreadable_stretches();
    comparison.Add(*entry, from_offset);
  }
}

// The ranges of a window: of the last events, each partition has its share.
absl::StatusOr<std::vector<LogRange>> RangesOf(const Window& window,
                                               const RetainedLog& log) {
  PHOENIX_ASSIGN_OR_RETURN(auto ranges, log.Split(window.range));
  if (window.last == 0) return ranges;
  const auto count = static_cast<int64_t>(ranges.size());
  const int64_t share = (window.last + count - 1) / count;
  for (LogRange& range : ranges) {
    PHOENIX_ASSIGN_OR_RETURN(range.from_offset,
                             log.FindLast(range.partition, share));
  }
  return ranges;
}

absl::StatusOr<int> Plan(const CompiledPipeline& current,
                         const CompiledPipeline& candidate,
                         const std::string& folder, const Window& window) {
  PHOENIX_ASSIGN_OR_RETURN(const auto log, OpenPast(current, folder));
  PHOENIX_ASSIGN_OR_RETURN(const auto ranges, RangesOf(window, *log));
  Clock& clock = Clock::System();
  Comparison comparison(current, candidate, clock);
  const int64_t began = clock.MonotonicNanos();
  uint64_t unread = 0;
  for (const LogRange& range : ranges) {
    PHOENIX_ASSIGN_OR_RETURN(
        const uint64_t stretches,
        Compare(*log->Read(range), range.from_offset, comparison));
    unread += stretches;
  }
  if (comparison.events() == 0) return NothingRetained(*log);
  PrintCounts(comparison, *log, clock.MonotonicNanos() - began);
  PrintExamples(comparison);
  const std::string unreadable = DescribeUnreadable(*log, unread);
  if (!unreadable.empty()) {
    std::fprintf(stderr, "phoenix plan: %s\n", unreadable.c_str());
  }
  return comparison.changed_events() > 0 ? kExitChanges : kExitOk;
}

}  // namespace

int PlanCommand(absl::Span<char* const> args) {
  const auto arguments =
      ParseArguments(args, {{{"log", {}}, {"last", {}}, {"since", {}}}, 2, 2});
  if (!arguments.ok()) return UsageError("plan", arguments.status());
  const auto window = ParseWindow(*arguments);
  if (!window.ok()) return UsageError("plan", window.status());
  const OpenedPipeline current = OpenPipeline(arguments->positional[0]);
  const OpenedPipeline candidate = OpenPipeline(arguments->positional[1]);
  if (current.exit_code != kExitOk) return current.exit_code;
  if (candidate.exit_code != kExitOk) return candidate.exit_code;
  const auto exit_code = Plan(*current.compiled, *candidate.compiled,
                              arguments->Flag("log"), *window);
  return exit_code.ok() ? *exit_code : CantRead("plan", exit_code.status());
}

}  // namespace phoenix
