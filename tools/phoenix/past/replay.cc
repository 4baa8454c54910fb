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

int Failed(const std::string& message) {
  std::fprintf(stderr, "phoenix replay: %s\n", message.c_str());
  return kExitFailed;
}

// What to say when not all that was to be replayed has its outcome.
int Unfinished(const ReplayProgress& progress) {
  return Failed(Cat("stopped before the end: everything below offset ",
                    progress.settled_end.load(),
                    " has its outcome; to go on, give --from ",
                    progress.settled_end.load()));
}

int Deliver(const Request& request, std::shared_ptr<RetainedLog> log,
            std::unique_ptr<CompiledPipeline> pipeline,
            ShutdownSignal& shutdown) {
  const auto lock = HoldLog(log->folder());
  if (!lock.ok()) {
    std::fprintf(stderr,
                 "phoenix replay: log folder '%s': %s: stop it, or use "
                 "--dry-run, which only reads\n",
                 log->folder().c_str(),
                 std::string(lock.status().message()).c_str());
    return kExitUnavailable;
  }
  Clock& clock = Clock::System();
  const absl::Duration drain_timeout = pipeline->limits.drain_timeout;
  const auto progress = std::make_shared<ReplayProgress>();
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
    std::fprintf(stderr, "phoenix replay: %s\n",
                 std::string(status.message()).c_str());
    return kExitUnavailable;
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
  if (!progress->finished()) return Unfinished(*progress);
  return drained ? kExitOk : Failed("a sink did not close");
}

int DryRun(const Request& request, const RetainedLog& log,
           const CompiledPipeline& pipeline) {
  const auto reader = log.Read(request.range);
  const auto counts =
      Rehearse(*reader, *request.choice, pipeline, Clock::System());
  if (!counts.ok()) return CantRead("replay", counts.status());
  std::fputs(RehearsalText(*counts, pipeline).c_str(), stdout);
  WarnOfErrors(*request.choice);
  const std::string unreadable = DescribeUnreadable(log, *reader);
  if (!unreadable.empty()) {
    std::fprintf(stderr, "phoenix replay: %s\n", unreadable.c_str());
  }
  return kExitOk;
}

// Whether a range has anything at all.
absl::Status CheckRange(const RetainedLog& log, const LogRange& range) {
  PHOENIX_ASSIGN_OR_RETURN(const auto first, log.Read(range)->Next());
  return first.has_value() ? absl::OkStatus() : NothingRetained(log);
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
  const absl::Status there = CheckRange(**log, request.range);
  if (!there.ok()) return CantRead("replay", there);
  if (request.dry_run) return DryRun(request, **log, *pipeline);
  PrepareReplay(request.choice, *pipeline);
  return Deliver(request, *std::move(log), std::move(pipeline), shutdown);
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
