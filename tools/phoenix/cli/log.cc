#include <algorithm>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "libs/base/json_text.h"
#include "libs/base/text.h"
#include "libs/event/cloudevents_json_encoder.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/log_check.h"
#include "libs/log/embedded/log_meta.h"
#include "libs/log/embedded/log_repair.h"
#include "libs/log/embedded/quarantine.h"
#include "libs/pipeline/diagnostics.h"
#include "tools/phoenix/cli/arguments.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/cli/usage_error.h"
#include "tools/phoenix/commands.h"

namespace phoenix {
namespace {

using Args = std::vector<char*>;

// Half of all: enough are left, whatever is typed.
constexpr int64_t kMaxNextOffset = std::numeric_limits<int64_t>::max() / 2;

int Failed(const absl::Status& status) {
  std::fprintf(stderr, "phoenix log: %s\n",
               std::string(status.message()).c_str());
  return kExitNoInput;
}

// Takes a flag that has no value out of the arguments.
bool TakeSwitch(Args& args, std::string_view name) {
  const auto found = std::remove_if(
      args.begin(), args.end(), [&](const char* arg) { return arg == name; });
  const bool given = found != args.end();
  args.erase(found, args.end());
  return given;
}

std::string StatsText(const LogSurvey& survey,
                      const Quarantine::Counts& corrupt) {
  uint64_t bytes = 0;
  uint64_t batches = 0;
  uint64_t events = 0;
  for (const Segment& segment : survey.segments) {
    bytes += segment.file_bytes;
    batches += segment.record_count;
    events += segment.event_count;
  }
  const bool empty = survey.segments.empty();
  const int64_t first = empty ? 0 : survey.segments.front().base_offset;
  const int64_t end = empty ? 0 : survey.segments.back().end_offset;
  const int64_t cursor = survey.cursor ? survey.cursor->cursor_offset : first;
  int64_t waiting = 0;  // Offsets have gaps between segments.
  for (const Segment& segment : survey.segments) {
    const int64_t from = std::max(cursor, segment.base_offset);
    waiting += std::max<int64_t>(0, segment.end_offset - from);
  }
  return Cat("pipeline          ", survey.meta.pipeline, "\nsegments          ",
             survey.segments.size(), "\nbytes             ", bytes,
             "\nbatches           ", batches, "\nevents            ", events,
             "\nfirst offset      ", first, "\ncursor            ", cursor,
             "\nend offset        ", end, "\nwithout outcome   ", waiting,
             "\ndropped events    ",
             survey.cursor ? survey.cursor->dropped_events : 0,
             "\ncorrupt records   ", corrupt.records, "\ncorrupt events    ",
             corrupt.events, "\n");
}

int Stats(const std::string& folder) {
  FileSystem& files = PosixFileSystem();
  const auto survey =
      SurveyLog(files, folder, [](const LogEntry&) { return true; });
  if (!survey.ok()) return Failed(survey.status());
  const auto quarantine = Quarantine::Open(files, QuarantineFolder(folder));
  if (!quarantine.ok()) return Failed(quarantine.status());
  std::fputs(StatsText(*survey, (*quarantine)->counts()).c_str(), stdout);
  return kExitOk;
}

int StatsSubcommand(Args args) {
  const auto arguments = ParseArguments(absl::MakeSpan(args), {{}, 1, 1});
  if (!arguments.ok()) return UsageError("log", arguments.status());
  return Stats(arguments->positional[0]);
}

int CheckSubcommand(Args args) {
  const auto arguments = ParseArguments(absl::MakeSpan(args), {{}, 1, 1});
  if (!arguments.ok()) return UsageError("log", arguments.status());
  const auto findings = CheckLog(PosixFileSystem(), arguments->positional[0]);
  if (!findings.ok()) return Failed(findings.status());
  for (const std::string& finding : *findings) {
    std::printf("%s\n", finding.c_str());
  }
  return findings->empty() ? kExitOk : kExitFailed;
}

// Prints the events of an entry that are asked for; false when that is all.
class Dump {
 public:
  Dump(int64_t from, int64_t limit) : from_(from), left_(limit) {}

  bool Print(const LogEntry& entry) {
    for (uint32_t row = 0; row < entry.batch->size() && left_ > 0; ++row) {
      if (entry.first_offset + row < from_) continue;
      std::string line;
      encoder_.Append(*entry.batch, row, line);
      AddRevision(entry.batch->revision(), line);
      std::printf("%s\n", line.c_str());
      --left_;
    }
    return left_ > 0;
  }

 private:
  // Under which it was taken: an extension attribute.
  static void AddRevision(const std::string& revision, std::string& line) {
    if (revision.empty()) return;
    line.pop_back();
    line += ",\"phoenixrevision\":";
    AppendJsonText(revision, line);
    line += "}";
  }

  const int64_t from_;
  int64_t left_;
  CloudEventsJsonEncoder encoder_;
};

int DumpSubcommand(Args args) {
  const auto arguments = ParseArguments(absl::MakeSpan(args),
                                        {{{"from", {}}, {"limit", {}}}, 1, 1});
  if (!arguments.ok()) return UsageError("log", arguments.status());
  int64_t from = 0;
  int64_t limit = std::numeric_limits<int64_t>::max();
  for (const auto& [name, value] :
       {std::make_pair("from", &from), std::make_pair("limit", &limit)}) {
    const std::string text = arguments->Flag(name, Cat(*value));
    if (absl::SimpleAtoi(text, value) && *value >= 0) continue;
    return UsageError("log", absl::InvalidArgumentError(
                                 Cat("--", name, " '", text,
                                     "': expected a number of 0 or more")));
  }
  Dump dump(from, limit);
  const auto survey =
      SurveyLog(PosixFileSystem(), arguments->positional[0],
                [&](const LogEntry& entry) { return dump.Print(entry); });
  if (!survey.ok()) return Failed(survey.status());
  for (const std::string& finding : survey->findings) {
    std::fprintf(stderr, "phoenix log: %s\n", finding.c_str());
  }
  return survey->findings.empty() ? kExitOk : kExitFailed;
}

int RepairSubcommand(Args args) {
  LogRepair repair;
  repair.dry_run = TakeSwitch(args, "--dry-run");
  repair.accept_missing = TakeSwitch(args, "--accept-missing");
  const auto arguments =
      ParseArguments(absl::MakeSpan(args),
                     {{{"rewrite-meta", {}}, {"next-offset", {}}}, 1, 1});
  if (!arguments.ok()) return UsageError("log", arguments.status());
  if (const std::string name = arguments->Flag("rewrite-meta"); !name.empty()) {
    repair.rewrite_meta = name;
  }
  if (const std::string text = arguments->Flag("next-offset"); !text.empty()) {
    int64_t offset = 0;
    if (!absl::SimpleAtoi(text, &offset) || offset < 0 ||
        offset > kMaxNextOffset) {
      return UsageError(
          "log", absl::InvalidArgumentError(Cat("--next-offset '", text,
                                                "': expected a number of 0 to ",
                                                kMaxNextOffset)));
    }
    repair.next_offset = offset;
  }
  const auto deeds =
      RepairLog(PosixFileSystem(), arguments->positional[0], repair);
  if (!deeds.ok()) return Failed(deeds.status());
  for (const std::string& deed : *deeds) {
    std::printf("%s%s\n", repair.dry_run ? "would be done: " : "",
                deed.c_str());
  }
  if (deeds->empty()) std::puts("nothing to repair by these flags");
  return kExitOk;
}

}  // namespace

int LogCommand(absl::Span<char* const> args) {
  const std::map<std::string, int (*)(Args)> subcommands = {
      {"stats", StatsSubcommand},
      {"check", CheckSubcommand},
      {"dump", DumpSubcommand},
      {"repair", RepairSubcommand}};
  const std::string name = args.empty() ? "" : args[0];
  const auto found = subcommands.find(name);
  if (found != subcommands.end()) {
    return found->second(Args(args.begin() + 1, args.end()));
  }
  return UsageError(
      "log",
      absl::InvalidArgumentError(
          Cat("unexpected '", name, "': expected stats, check, dump or repair",
              DidYouMean(name, {"stats", "check", "dump", "repair"}))));
}

}  // namespace phoenix
