// The command `phoenix run`: a pipeline, all services of it in this process.
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "libs/base/clock.h"
#include "libs/base/text.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/server/admin_server.h"
#include "libs/server/shutdown_signal.h"
#include "libs/telemetry/health.h"
#include "libs/telemetry/log.h"
#include "libs/telemetry/metrics.h"
#include "tools/phoenix/cli/arguments.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/cli/open_pipeline.h"
#include "tools/phoenix/commands.h"
#include "tools/phoenix/dlq/letter_watch.h"
#include "tools/phoenix/dlq/open_letters.h"
#include "tools/phoenix/exit_deadline.h"
#include "tools/phoenix/leftover_queues.h"
#include "tools/phoenix/live_line.h"
#include "tools/phoenix/open_log.h"
#include "tools/phoenix/run_report.h"
#include "tools/phoenix/suite.h"
#include "tools/phoenix/version.h"

namespace phoenix {
namespace {

// How often the live line is drawn.
constexpr absl::Duration kLiveInterval = absl::Seconds(1);

// How often a run without a live line looks whether its sources have ended.
constexpr absl::Duration kPollInterval = absl::Milliseconds(100);

// What giving back, closing and the report may take beyond limits.drain_timeout
// before the process is ended: several times what they take when nothing hangs.
constexpr absl::Duration kMaxCloseTime = absl::Seconds(10);

constexpr char kUsage[] =
    "usage: phoenix run FILE [--live auto|on|off] [--log-level LEVEL]\n";

int Fail(int code, const std::string& message) {
  std::fprintf(stderr, "phoenix run: %s\n", message.c_str());
  return code;
}

// Ends the process though something of it hangs: standard error, perhaps.
void ExitNow() {
  constexpr std::string_view kMessage =
      "phoenix run: the pipeline did not close in time; it was ended\n";
  pollfd terminal = {.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  if (poll(&terminal, 1, /*timeout=*/0) > 0) {
    // Who hears it or not: the exit status says the same.
    (void)!write(STDERR_FILENO, kMessage.data(), kMessage.size());
  }
  _exit(kExitFailed);
}

bool WantsLiveLine(const std::string& flag) {
  return flag == "on" || (flag == "auto" && isatty(STDERR_FILENO) != 0);
}

// Redraws one line of the terminal.
void Draw(const std::string& line) {
  std::fprintf(stderr, "\r\033[K%s", line.c_str());
}

// Serves until a signal comes or the sources have ended.
void Serve(Suite& suite, ShutdownSignal& shutdown, bool live) {
  LiveLine line(suite.metrics(), Clock::System());
  const absl::Duration interval = live ? kLiveInterval : kPollInterval;
  while (!shutdown.WaitFor(interval) && !suite.Finished()) {
    if (live) Draw(line.Next(suite.SlowestPart()));
  }
  if (live) std::fputc('\n', stderr);
}

std::unique_ptr<AdminServer> MakeAdminServer(const std::string& address,
                                             MetricsRegistry& metrics,
                                             HealthRegistry& health) {
  if (address.empty()) return nullptr;
  return std::make_unique<AdminServer>(AdminServer::Options{.address = address},
                                       metrics, health);
}

// Dead letters in a topic are counted for those who ask for metrics.
std::optional<LetterWatch::Options> LettersToWatch(
    const CompiledPipeline& pipeline) {
  auto topic = FindLetterTopic(pipeline);
  if (!topic.has_value() || pipeline.admin_address.empty()) return std::nullopt;
  return LetterWatch::Options{
      .topic = *std::move(topic),
      .pipeline = pipeline.name,
      .sink = pipeline.sinks[pipeline.dead_letter].name};
}

int Run(std::unique_ptr<CompiledPipeline> pipeline, ShutdownSignal& shutdown,
        bool live) {
  Clock& clock = Clock::System();
  const absl::Duration drain_timeout = pipeline->limits.drain_timeout;
  MetricsRegistry metrics;
  PublishBuildInfo(metrics, kVersion, kCommit);
  HealthRegistry health;
  auto admin = MakeAdminServer(pipeline->admin_address, metrics, health);
  LogOpener open_log = LogOpenerOf(*pipeline);
  for (const std::string& leftover : LeftoverQueues(*pipeline)) {
    // Each: they are no repeats of one another.
    Logger::Process()
        .With({{"reason", leftover}})
        .Warn("A queue is left over.");
  }
  const auto letters = LettersToWatch(*pipeline);
  std::optional<ExitDeadline> deadline;  // Bounds the end of what follows.
  // Before its pages are served: without parts all parts would be ready.
  Suite suite(std::move(pipeline), metrics, health, clock, std::move(open_log));
  if (admin != nullptr) {
    const absl::Status status = admin->Start();
    if (!status.ok()) {
      return Fail(kExitUnavailable,
                  Cat("admin_address: ", FromAbsl(status.message())));
    }
  }
  const int64_t began = clock.MonotonicNanos();
  if (const absl::Status status = suite.Start(); !status.ok()) {
    return Fail(kExitUnavailable, std::string(status.message()));
  }
  if (const absl::Status noted = NoteQueues(suite.pipeline()); !noted.ok()) {
    Logger::Process().Warn("The folders of queues were not noted.",
                           {{"error", noted}});
  }
  Logger::Process().Info("Pipeline runs.",
                         {{"pipeline", suite.pipeline().name},
                          {"revision", suite.pipeline().revision}});
  std::optional<LetterWatch> letter_watch;
  if (letters.has_value()) letter_watch.emplace(*letters, metrics, clock);
  Serve(suite, shutdown, live);
  shutdown.ExitOnNext();
  if (letter_watch.has_value()) letter_watch->Cancel();
  deadline.emplace(drain_timeout + kMaxCloseTime, &ExitNow);
  const bool drained = suite.Drain(drain_timeout);
  const absl::Duration duration =
      absl::Nanoseconds(clock.MonotonicNanos() - began);
  // Standard output is the events': a `stdout` sink may write there.
  std::fputs(RunReport(suite, duration).c_str(), stderr);
  if (drained) return kExitOk;
  return Fail(kExitFailed,
              "what was in flight at limits.drain_timeout was given back to "
              "its producers, or a sink did not close, or a source could not "
              "save its position");
}

}  // namespace

int RunCommand(absl::Span<char* const> args) {
  // Before any thread.
  ShutdownSignal shutdown;
  // A reader of standard output that goes away is an error of that sink alone.
  std::signal(SIGPIPE, SIG_IGN);
  const ArgumentSpec spec = {
      .flags = {{"live", {"auto", "on", "off"}},
                {"log-level",
                 {"trace", "debug", "info", "warn", "error", "off"}}},
      .min_positional = 1,
      .max_positional = 1};
  const absl::StatusOr<Arguments> arguments = ParseArguments(args, spec);
  if (!arguments.ok()) {
    return Fail(kExitUsage,
                Cat(FromAbsl(arguments.status().message()), "\n", kUsage));
  }
  LogLevel level = LogLevel::kInfo;
  ParseLogLevel(arguments->Flag("log-level", "info"), &level);
  Logger::Process().SetLevel(level);

  OpenedPipeline opened = OpenPipeline(arguments->positional[0]);
  if (opened.exit_code != kExitOk) return opened.exit_code;
  return Run(std::move(opened.compiled), shutdown,
             WantsLiveLine(arguments->Flag("live", "auto")));
}

}  // namespace phoenix
