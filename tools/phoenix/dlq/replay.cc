// `phoenix dlq replay`: events that failed, through the pipeline once more.
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/component/dead_letter_reader.h"
#include "libs/event/selection.h"
#include "libs/log/retained/retained_files.h"
#include "libs/server/shutdown_signal.h"
#include "libs/telemetry/health.h"
#include "libs/telemetry/metrics.h"
#include "tools/phoenix/cli/arguments.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/cli/open_pipeline.h"
#include "tools/phoenix/cli/usage_error.h"
#include "tools/phoenix/dlq/dlq_output.h"
#include "tools/phoenix/dlq/letter_scan.h"
#include "tools/phoenix/dlq/letter_source.h"
#include "tools/phoenix/dlq/letter_store.h"
#include "tools/phoenix/dlq/letter_text.h"
#include "tools/phoenix/dlq/open_letters.h"
#include "tools/phoenix/dlq/replay_rounds.h"
#include "tools/phoenix/dlq/subcommands.h"
#include "tools/phoenix/past/replay_pipeline.h"
#include "tools/phoenix/past/trial.h"
#include "tools/phoenix/suite.h"

namespace phoenix {
namespace {

// How often a replay looks whether it is done.
constexpr absl::Duration kPollInterval = absl::Milliseconds(20);

constexpr std::string_view kFromStep = "--from-step=";

struct Request {
  std::string file;
  LetterChoice choice;
  ReplayRoute route;
  bool dry_run = false;
  absl::Time began;  // Letters that fail from now on are not replayed again.
};

// `--from-step` has a value only behind `=`: it may do without.
void TakeFromStep(std::vector<char*>& args, ReplayRoute& route) {
  route.from_failed =
      TakeSwitch(args, kFromStep.substr(0, kFromStep.size() - 1));
  std::erase_if(args, [&](const char* arg) {
    const std::string_view text = arg;
    if (!text.starts_with(kFromStep)) return false;
    route.from_step = text.substr(kFromStep.size());
    return true;
  });
}

absl::StatusOr<Request> ParseRequest(std::vector<char*> args) {
  Request request;
  request.dry_run = TakeSwitch(args, "--dry-run");
  TakeFromStep(args, request.route);
  const ArgumentSpec spec = {
      {{"where", {}}, {"id", {}}, {"to-sink", {}}}, 1, 1};
  PHOENIX_ASSIGN_OR_RETURN(const Arguments arguments,
                           ParseArguments(absl::MakeSpan(args), spec));
  request.file = arguments.positional[0];
  request.choice = {.id = arguments.Flag("id"),
                    .where = arguments.Flag("where")};
  ReplayRoute& route = request.route;
  route.to_sink = arguments.Flag("to-sink");
  if (route.from_failed + !route.from_step.empty() + !route.to_sink.empty() >
      1) {
    return absl::InvalidArgumentError(
        "replay: expected --from-step or --to-sink, once");
  }
  PHOENIX_RETURN_IF_ERROR(CheckCondition(request.choice));
  request.began = Clock::System().Now();
  return request;
}

// Whether a round replays the letter.
bool IsIn(const StoredDeadLetter& stored, const ReplayRound& round,
          const Request& request) {
  return stored.letter.time < request.began && round.Includes(stored);
}

void AddTo(ReplayedLetters& sum, const ReplayedLetters& round) {
  sum.offered += round.offered;
  for (size_t i = 0; i < sum.settled.size(); ++i) {
    sum.settled[i] += round.settled[i];
  }
  sum.removed += round.removed;
  sum.not_replayable += round.not_replayable;
  sum.without_value = round.without_value;  // Each round has asked for all.
}

// A pipeline that has the log holds exclusive rights of its sinks too. A log in
// Kafka has many users, and a replay of letters goes past it.
absl::StatusOr<std::unique_ptr<FileLock>> KeepRunsAway(
    const CompiledPipeline& pipeline) {
  std::error_code error;
  if (!pipeline.log.has_value() || pipeline.log->kafka != nullptr ||
      !std::filesystem::exists(pipeline.log->path, error)) {
    return nullptr;
  }
  auto lock = HoldLog(pipeline.log->path);
  if (lock.ok()) return lock;
  return absl::UnavailableError(
      Cat("pipeline '", pipeline.name, "' is running: log folder '",
          pipeline.log->path, "': ", FromAbsl(lock.status().message()),
          ": stop it first, or look by --dry-run"));
}

absl::Status CantStart(const absl::Status& status) {
  return absl::Status(
      status.code(),
      Cat(FromAbsl(status.message()),
          ": if the pipeline is running, stop it first, or look by --dry-run"));
}

absl::Status LostLock(const absl::Status& status) {
  return absl::Status(
      status.code(),
      Cat(FromAbsl(status.message()),
          ": another replay may be under way, so this one ends: what it has "
          "delivered is removed, replay what is left when there is no other"));
}

// Replays what is in a round. `stopped` becomes true when a signal came.
absl::Status Deliver(const Request& request, const ReplayRound& round,
                     std::unique_ptr<CompiledPipeline> pipeline,
                     ReplayLock& alone, ShutdownSignal& shutdown,
                     ReplayedLetters& sum, bool& stopped) {
  Clock& clock = Clock::System();
  PHOENIX_ASSIGN_OR_RETURN(LetterOpener open, FindLetters(*pipeline));
  PHOENIX_ASSIGN_OR_RETURN(const auto lock, KeepRunsAway(*pipeline));
  auto owned = std::make_unique<LetterSource>(
      LetterSource::Options{.open = std::move(open),
                            .pipeline = pipeline->name,
                            .choice = request.choice,
                            .filter =
                                [&](const StoredDeadLetter& stored) {
                                  return IsIn(stored, round, request);
                                }},
      clock);
  const LetterSource& source = *owned;
  const absl::Duration drain_timeout = pipeline->limits.drain_timeout;
  pipeline->sources.clear();
  pipeline->sources.push_back({"dead letters", "dlq", {}, std::move(owned)});
  MetricsRegistry metrics;
  HealthRegistry health;
  Suite suite(std::move(pipeline), metrics, health, clock);
  const absl::Status started = suite.Start();
  if (!started.ok()) return CantStart(started);
  absl::Status lost;
  while (!suite.Finished() && !stopped && lost.ok()) {
    stopped = shutdown.WaitFor(kPollInterval);
    lost = alone.Check();
  }
  if (stopped) shutdown.ExitOnNext();
  const bool drained = suite.Drain(drain_timeout);
  AddTo(sum, source.result());
  if (!lost.ok()) return LostLock(lost);
  PHOENIX_RETURN_IF_ERROR(source.Health());
  if (drained) return absl::OkStatus();
  return absl::UnavailableError("a sink did not close");
}

// Prints what would become of the letters of a round.
absl::Status Rehearse(const Request& request, const ReplayRound& round,
                      const CompiledPipeline& pipeline, LetterScan& scan) {
  Trial trial(pipeline, Clock::System());
  while (true) {
    PHOENIX_ASSIGN_OR_RETURN(auto letters, scan.Next());
    if (letters.empty()) return absl::OkStatus();
    std::erase_if(letters, [&](const StoredDeadLetter& stored) {
      return !IsIn(stored, round, request) || !IsReplayable(stored);
    });
    if (letters.empty()) continue;
    std::vector<DeadLetter> parts;
    for (const StoredDeadLetter& stored : letters) {
      parts.push_back(stored.letter);
    }
    PHOENIX_ASSIGN_OR_RETURN(const EventBatchPtr events,
                             MakeFailedEvents(parts, 0));
    Selection rows;
    SelectAll(events->size(), rows);
    trial.Run(events, rows);
    for (const uint32_t row : rows) {
      std::printf("%s %s\n", LetterName(letters[row]).c_str(),
                  trial.Describe(row).c_str());
    }
  }
}

std::string Report(const ReplayedLetters& result, const Request& request) {
  std::string text = Cat("replayed ", result.offered, " dead letters of '",
                         request.file, "'\n");
  for (int i = 0; i < kOutcomeCount; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    const uint64_t count = result.count(outcome);
    if (count == 0) continue;
    CatTo(text, "  ",
          outcome == Outcome::kDeadLettered ? "failed again"
                                            : OutcomeName(outcome),
          " ", count, "\n");
  }
  if (result.not_replayable > 0) {
    CatTo(text, "  passed over ", result.not_replayable,
          ": what came there was no event; mend it and send it to its source "
          "again\n");
  }
  return text;
}

// The pipeline of a round; an exit code when there is none.
struct RoundPipeline {
  int exit_code = kExitOk;
  std::unique_ptr<CompiledPipeline> compiled;
};

RoundPipeline OpenRound(const Request& request, const ReplayRound& round) {
  OpenedPipeline opened = OpenPipeline(request.file);
  if (opened.exit_code != kExitOk) return {opened.exit_code, nullptr};
  KeepQueuesInMemory(*opened.compiled);
  const absl::Status applied =
      ApplyRoute(request.route, round, *opened.compiled);
  if (!applied.ok()) return {UsageError("dlq", applied), nullptr};
  return {kExitOk, std::move(opened.compiled)};
}

// Opens all rounds: what is to be refused is, before anything is done.
int OpenRounds(const Request& request, const std::vector<ReplayRound>& rounds,
               std::vector<RoundPipeline>& opened) {
  for (const ReplayRound& round : rounds) {
    opened.push_back(OpenRound(request, round));
    if (opened.back().exit_code != kExitOk) return opened.back().exit_code;
  }
  return kExitOk;
}

int DryRun(const Request& request, const std::vector<ReplayRound>& rounds,
           const std::vector<RoundPipeline>& opened, LetterStore& store) {
  uint64_t without_value = 0;
  for (size_t i = 0; i < rounds.size(); ++i) {
    const CompiledPipeline& pipeline = *opened[i].compiled;
    const auto scan = LetterScan::Create(store, pipeline.name, request.choice);
    const absl::Status done = Rehearse(request, rounds[i], pipeline, **scan);
    if (!done.ok()) return DlqFailed(done);
    without_value = (*scan)->without_value();
  }
  WarnOfLettersWithoutValue(without_value);
  return kExitOk;
}

int DeliverAll(const Request& request, const std::vector<ReplayRound>& rounds,
               std::vector<RoundPipeline> opened, ReplayLock& alone,
               ShutdownSignal& shutdown) {
  ReplayedLetters result;
  bool stopped = false;
  absl::Status status;
  for (size_t i = 0; i < rounds.size() && !stopped && status.ok(); ++i) {
    status = Deliver(request, rounds[i], std::move(opened[i].compiled), alone,
                     shutdown, result, stopped);
  }
  if (status.ok() || result.offered > 0) {
    std::fputs(Report(result, request).c_str(), stderr);
  }
  WarnOfLettersWithoutValue(result.without_value);
  if (!status.ok()) {
    DlqFailed(status);
    return kExitUnavailable;
  }
  const bool all = !stopped && result.removed == result.offered &&
                   result.not_replayable == 0;
  return all ? kExitOk : kExitFailed;
}

int Replay(const Request& request, ShutdownSignal& shutdown) {
  const OpenedPipeline opened = OpenPipeline(request.file);
  if (opened.exit_code != kExitOk) return opened.exit_code;
  // A name that is wrong is, whether there are letters or not.
  const ReplayRound given{.begin_at = request.route.from_step, .only = false};
  if (const int code = OpenRound(request, given).exit_code; code != kExitOk) {
    return code;
  }
  auto store = OpenLettersOf(*opened.compiled, LetterAccess::kRead);
  if (!store.ok()) return DlqFailed(store.status());
  if (*store == nullptr) {
    std::fputs("phoenix dlq: there are no dead letters\n", stderr);
    return kExitOk;
  }
  const auto scan =
      LetterScan::Create(**store, opened.compiled->name, request.choice);
  const auto rounds = PlanRounds(request.route, **scan);
  if (!rounds.ok()) return DlqFailed(rounds.status());
  if (!request.choice.id.empty()) {
    const auto one =
        LetterScan::Create(**store, opened.compiled->name, request.choice);
    if (const auto found = (*one)->Next(); !found.ok()) {
      return DlqFailed(found.status());
    }
  }
  std::vector<RoundPipeline> pipelines;
  const int code = OpenRounds(request, *rounds, pipelines);
  if (code != kExitOk) return code;
  if (request.dry_run) return DryRun(request, *rounds, pipelines, **store);
  const auto lock = (*store)->KeepReplaysAway();
  if (!lock.ok()) {
    DlqFailed(lock.status());
    return kExitUnavailable;
  }
  return DeliverAll(request, *rounds, std::move(pipelines), **lock, shutdown);
}

}  // namespace

int DlqReplay(std::vector<char*> args) {
  // Before any thread.
  ShutdownSignal shutdown;
  std::signal(SIGPIPE, SIG_IGN);
  const auto request = ParseRequest(std::move(args));
  if (!request.ok()) return UsageError("dlq", request.status());
  return Replay(*request, shutdown);
}

}  // namespace phoenix
