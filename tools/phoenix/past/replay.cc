// The command `phoenix replay`: what the log has kept, sent again.
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "libs/base/clock.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/component/sink.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/kafka/retained_topic.h"
#include "libs/server/shutdown_signal.h"
#include "libs/telemetry/health.h"
#include "libs/telemetry/metrics.h"
#include "tools/phoenix/cli/arguments.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/cli/open_pipeline.h"
#include "tools/phoenix/cli/usage_error.h"
#include "tools/phoenix/commands.h"
#include "tools/phoenix/live_line.h"
#include "tools/phoenix/past/moment.h"
#include "tools/phoenix/past/open_past.h"
#include "tools/phoenix/past/rehearsal.h"
#include "tools/phoenix/past/replay_choice.h"
#include "tools/phoenix/past/replay_log.h"
#include "tools/phoenix/past/replay_pipeline.h"
#include "tools/phoenix/suite.h"

namespace phoenix {
namespace {

// How often a replay looks whether it is done.
constexpr absl::Duration kPollInterval = absl::Milliseconds(20);

constexpr std::string_view kDryRun = "--dry-run";

// What the command line asks for.
struct Request {
  std::string file;
  std::string folder;
  std::string to_sink;
  LogRange range;
  std::shared_ptr<ReplayChoice> choice;
  bool dry_run = false;
};

absl::Status Prefixed(std::string_view flag, const absl::Status& status) {
  return absl::Status(status.code(),
                      Cat(flag, " ", FromAbsl(status.message())));
}

absl::StatusOr<Request> ParseRequest(std::vector<char*> args) {
  Request request;
  request.dry_run =
      std::erase_if(args, [](const char* arg) { return arg == kDryRun; }) > 0;
  const ArgumentSpec spec = {
      {{"log", {}}, {"from", {}}, {"to", {}}, {"where", {}}, {"to-sink", {}}},
      1,
      1};
  PHOENIX_ASSIGN_OR_RETURN(const Arguments arguments,
                           ParseArguments(absl::MakeSpan(args), spec));
  request.file = arguments.positional[0];
  request.folder = arguments.Flag("log");
  request.to_sink = arguments.Flag("to-sink");
  const absl::Time now = Clock::System().Now();
  absl::Status from = SetFrom(arguments.Flag("from"), now, request.range);
  if (!from.ok()) return Prefixed("--from", from);
  if (const std::string to = arguments.Flag("to"); !to.empty()) {
    const absl::Status set = SetTo(to, now, request.range);
    if (!set.ok()) return Prefixed("--to", set);
  }
  auto choice = ReplayChoice::Create(request.range, arguments.Flag("where"));
  if (!choice.ok()) return Prefixed("--where:", choice.status());
  request.choice = *std::move(choice);
  return request;
}

// Waits until all is settled; true when a signal came first.
bool WasStopped(const ReplayProgress& progress, ShutdownSignal& shutdown) {
  while (!progress.finished()) {
    if (shutdown.WaitFor(kPollInterval)) return true;
  }
  return false;
}

std::string Report(const Suite& suite, const ReplayChoice& choice,
                   absl::Duration duration) {
  const PipelineMetrics& metrics = suite.metrics();
  const uint64_t left_out = choice.left_out();
  const uint64_t replayed = metrics.recovered_events() - left_out;
  const double seconds = absl::ToDoubleSeconds(duration);
  std::string text = absl::StrFormat(
      "replayed %s events in %.1f s, %s events/s\n", WithCommas(replayed),
      seconds,
      WithCommas(seconds > 0 ? static_cast<uint64_t>(replayed / seconds) : 0));
  for (int i = 0; i < kSettlementCount; ++i) {
    const auto settlement = static_cast<Settlement>(i);
    uint64_t events = metrics.settled_events(settlement);
    if (settlement == Settlement::kFiltered) events -= left_out;
    if (events == 0) continue;
    CatTo(text, "  ", SettlementName(settlement), " ", WithCommas(events),
          "\n");
  }
  if (const uint64_t waiting = suite.waiting_events(); waiting > 0) {
    CatTo(text, "  without outcome ", WithCommas(waiting), "\n");
  }
  return text;
}

// What was left out because the condition could not tell.
void WarnOfErrors(const ReplayChoice& choice) {
  if (choice.without_value() == 0) return;
  std::fprintf(stderr,
               "phoenix replay: --where has no value for %s events, which were "
               "left out; the first: %s\n",
               WithCommas(choice.without_value()).c_str(),
               std::string(choice.first_error().message()).c_str());
}

void WarnOfUnreadable(const RetainedLog& log, uint64_t stretches) {
  const std::string text = DescribeUnreadable(log, stretches);
  if (!text.empty()) {
    std::fprintf(stderr, "phoenix replay: %s\n", text.c_str());
  }
}

int Failed(const std::string& message) {
  std::fprintf(stderr, "phoenix replay: %s\n", message.c_str());
  return kExitFailed;
}

// What to say when not all that was to be replayed has its outcome.
int Unfinished(const RetainedLog& log, const ReplayProgress& progress) {
  std::string below;
  std::string go_on;
  for (size_t i = 0; i < progress.partitions.size(); ++i) {
    const ReplayProgress::Partition& one = progress.partitions[i];
    if (one.finished()) continue;
    const std::string offset =
        log.OffsetName(static_cast<int32_t>(i), one.settled_end);
    CatTo(below, below.empty() ? "" : ", ", offset);
    CatTo(go_on, go_on.empty() ? "" : ", then ", "--from ", offset);
  }
  return Failed(Cat("stopped before the end: everything below offset ", below,
                    " has its outcome; to go on, give ", go_on));
}

int Unavailable(const absl::Status& status) {
  std::fprintf(stderr, "phoenix replay: %s\n",
               std::string(status.message()).c_str());
  return kExitUnavailable;
}

// A producer of transactions has one user: a second one would end the first.
absl::Status CheckSinksAreFree(const RetainedLog& log,
                               const CompiledPipeline& pipeline) {
  const auto* const topic = dynamic_cast<const RetainedTopic*>(&log);
  if (topic == nullptr) return absl::OkStatus();
  for (const CompiledSink& sink : pipeline.sinks) {
    if (sink.kind != "kafka" ||
        sink.sink->guarantee() != DeliveryGuarantee::kExactlyOnce) {
      continue;
    }
    PHOENIX_ASSIGN_OR_RETURN(const int instances, topic->CountInstances());
    if (instances == 0) return absl::OkStatus();
    return absl::FailedPreconditionError(
        Cat("pipeline '", pipeline.name, "' is running, in ", instances,
            " processes, and sink '", sink.name,
            "' can have only one user of its `transactional_id`: stop them "
            "first, replay by a file with another `transactional_id`, or look "
            "by --dry-run"));
  }
  return absl::OkStatus();
}

int Deliver(const Request& request, std::shared_ptr<RetainedLog> log,
            std::unique_ptr<CompiledPipeline> pipeline,
            const std::shared_ptr<ReplayProgress>& progress,
            ShutdownSignal& shutdown) {
  const auto lock = log->KeepRunsAway();
  if (!lock.ok()) {
    const bool in_use = absl::IsFailedPrecondition(lock.status());
    return Unavailable(absl::UnavailableError(Cat(
        FromAbsl(lock.status().message()), in_use ? ": stop it, or" : ", or",
        " use --dry-run, which only reads")));
  }
  const absl::Status sinks_are_free = CheckSinksAreFree(*log, *pipeline);
  if (!sinks_are_free.ok()) return Unavailable(sinks_are_free);
  Clock& clock = Clock::System();
  const absl::Duration drain_timeout = pipeline->limits.drain_timeout;
  MetricsRegistry metrics;
  HealthRegistry health;
  Suite suite(std::move(pipeline), metrics, health, clock,
              [&]() -> absl::StatusOr<std::unique_ptr<Log>> {
                return std::make_unique<ReplayLog>(
                    log, request.range,
                    Cat("replay ", absl::ToUnixMicros(clock.Now())), progress);
              });
  const int64_t began = clock.MonotonicNanos();
  if (const absl::Status status = suite.Start(); !status.ok()) {
    return Unavailable(status);
  }
  WasStopped(*progress, shutdown);
  progress->stopping = true;
  shutdown.ExitOnNext();
  const bool drained = suite.Drain(drain_timeout);
  std::fputs(Report(suite, *request.choice,
                    absl::Nanoseconds(clock.MonotonicNanos() - began))
                 .c_str(),
             stderr);
  WarnOfErrors(*request.choice);
  WarnOfUnreadable(*log, progress->unreadable_stretches());
  if (!progress->finished()) return Unfinished(*log, *progress);
  return drained ? kExitOk : Failed("a sink did not close");
}

int DryRun(const Request& request, const RetainedLog& log,
           const CompiledPipeline& pipeline) {
  RehearsalCounts counts;
  uint64_t unread = 0;
  const auto ranges = log.Split(request.range);
  for (const LogRange& range : *ranges) {
    const auto reader = log.Read(range);
    const absl::Status done =
        Rehearse(*reader, *request.choice, pipeline, Clock::System(), counts);
    if (!done.ok()) return CantRead("replay", done);
    unread += reader->unreadable_stretches();
  }
  std::fputs(RehearsalText(counts, pipeline).c_str(), stdout);
  WarnOfErrors(*request.choice);
  WarnOfUnreadable(log, unread);
  return kExitOk;
}

// Where a range begins, by partition: 0 where it has nothing. An error when it
// has nothing at all.
absl::StatusOr<std::vector<int64_t>> FindBeginnings(const RetainedLog& log,
                                                    const LogRange& range) {
  std::vector<int64_t> beginnings(static_cast<size_t>(log.partition_count()));
  bool is_empty = true;
  PHOENIX_ASSIGN_OR_RETURN(const auto ranges, log.Split(range));
  for (const LogRange& one : ranges) {
    PHOENIX_ASSIGN_OR_RETURN(const auto first, log.Read(one)->Next());
    if (!first.has_value()) continue;
    beginnings[static_cast<size_t>(one.partition)] = first->first_offset;
    is_empty = false;
  }
  if (is_empty) return NothingRetained(log);
  return beginnings;
}

int Replay(const Request& request, ShutdownSignal& shutdown) {
  OpenedPipeline opened = OpenPipeline(request.file);
  if (opened.exit_code != kExitOk) return opened.exit_code;
  std::unique_ptr<CompiledPipeline> pipeline = std::move(opened.compiled);
  if (!request.to_sink.empty()) {
    const absl::Status set = SendStraightTo(request.to_sink, *pipeline);
    if (!set.ok()) return UsageError("replay", Prefixed("--to-sink:", set));
  }
  auto log = OpenPast(*pipeline, request.folder);
  if (!log.ok()) return CantRead("replay", log.status());
  const auto beginnings = FindBeginnings(**log, request.range);
  if (!beginnings.ok()) return CantRead("replay", beginnings.status());
  if (request.dry_run) return DryRun(request, **log, *pipeline);
  PrepareReplay(request.choice, *pipeline);
  const auto progress =
      std::make_shared<ReplayProgress>((*log)->partition_count());
  for (size_t i = 0; i < beginnings->size(); ++i) {
    progress->partitions[i].settled_end = (*beginnings)[i];
  }
  return Deliver(request, *std::move(log), std::move(pipeline), progress,
                 shutdown);
}

}  // namespace

int ReplayCommand(absl::Span<char* const> args) {
  // Before any thread.
  ShutdownSignal shutdown;
  std::signal(SIGPIPE, SIG_IGN);
  const auto request = ParseRequest({args.begin(), args.end()});
  if (!request.ok()) return UsageError("replay", request.status());
  return Replay(*request, shutdown);
}

}  // namespace phoenix
