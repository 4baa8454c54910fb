// The command line of Phoenix: one program, a command for each thing to do.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "libs/base/buffer_memory.h"
#include "libs/base/failpoint.h"
#include "libs/base/text.h"
#include "libs/pipeline/diagnostics.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/commands.h"
#include "tools/phoenix/version.h"

namespace phoenix {
namespace {

struct Command {
  const char* name;
  const char* arguments;
  const char* summary;
  const char* help;
  int (*run)(absl::Span<char* const> args);
};

constexpr Command kCommands[] = {
    {"run", "FILE [--live auto|on|off] [--log-level LEVEL]",
     "run a pipeline until it ends or is stopped",
     "Runs the pipeline of FILE in this process. SIGINT or SIGTERM closes the\n"
     "sources, drains what is in flight and prints what the run found; a\n"
     "second one stops at once. The report and the live line go to stderr.\n"
     "Exit status: 0 drained; 1 the time to drain ran out; 66 FILE can't be\n"
     "read; 69 a component can't start; 78 FILE is wrong.\n",
     RunCommand},
    {"check", "FILE [--format text|json]",
     "check a pipeline file and show how it will run",
     "Checks FILE and builds the pipeline without opening anything; looks at\n"
     "what is in the folders of its log and queues. Prints where each rule\n"
     "stands and whether it is vectorised, what of payloads is read, the\n"
     "delivery guarantee of each way from a source to a sink, and the bound\n"
     "of memory. Errors go to stderr, all of them, as\n"
     "FILE:LINE:COLUMN: what is wrong: what was expected.\n"
     "Exit status: 0 valid; 66 FILE can't be read; 78 it is wrong.\n",
     CheckCommand},
    {"test", "FILE...", "run the tests beside pipeline files",
     "Runs tests of steps and routes: NAME.test.yaml beside NAME.yaml. FILE "
     "is\n"
     "either of the two. Each test gives events and says what must become of\n"
     "them; differences are printed with their place and a diff of payloads.\n"
     "Exit status: 0 all passed; 1 a test failed; 66 a file can't be read;\n"
     "78 a file is wrong.\n",
     TestCommand},
    {"graph", "FILE [--format text|dot]", "draw a pipeline",
     "Draws the pipeline of FILE for the terminal, or as DOT for Graphviz:\n"
     "phoenix graph FILE --format dot | dot -Tsvg > pipeline.svg\n"
     "Exit status: 0 drawn; 66 FILE can't be read; 78 it is wrong.\n",
     GraphCommand},
    {"list", "[sources|operators|sinks]", "list the kinds of components",
     "Lists the kinds of sources, operators (for steps) and sinks that this\n"
     "program has, each with one line.\n",
     ListCommand},
    {"schema", "[--format json|markdown] [--output FILE]",
     "print the JSON Schema of pipeline files",
     "Prints the JSON Schema (draft 2020-12) of pipeline files, by which\n"
     "editors complete and check them, or the reference page as Markdown.\n"
     "Exit status: 0 written; 73 FILE can't be written.\n",
     SchemaCommand},
    {"log",
     "stats DIR | check DIR | dump DIR [--from OFFSET] [--limit EVENTS] | "
     "repair DIR ...",
     "look into the log of a pipeline, and repair it",
     "DIR is the folder of a log. `stats` prints how it stands. `check` reads\n"
     "every byte and prints what is damaged. `dump` prints events as\n"
     "CloudEvents, one a line, with the revision that took them as\n"
     "`phoenixrevision`. These change nothing and work while the log is in "
     "use,\n"
     "when its newest records may look torn.\n"
     "`repair DIR [--accept-missing] [--next-offset OFFSET]\n"
     "[--rewrite-meta PIPELINE] [--dry-run]` does what opening a log does not "
     "do\n"
     "by itself: --accept-missing gives up events of segments that are gone,\n"
     "--next-offset has new events get that offset or a higher one, after an\n"
     "older copy of the folder was put back, --rewrite-meta writes META anew "
     "for a\n"
     "pipeline; --dry-run only tells.\n"
     "Exit status: 0 all is well; 1 something is damaged; 66 there is no "
     "log,\n"
     "or it can't be read.\n",
     LogCommand},
    {"explain", "FILE EVENT|--id ID [--log DIR] [--format text|json]",
     "show an event's way through a pipeline",
     "Runs one event through the steps and routes of FILE, delivers nothing,\n"
     "and prints what each rule read and resulted in, what changed, and the\n"
     "outcome, with lines of FILE. EVENT is a file with a CloudEvent in JSON "
     "or\n"
     "with a payload ('-': standard input), an offset of the log (in Kafka\n"
     "PARTITION/OFFSET), or an id: the last event that has it. An id that\n"
     "looks like a number or a file goes to --id. The log is that of FILE, in\n"
     "files or in Kafka, or of --log; it is only read, and may be in use.\n"
     "Exit status: 0 explained; 66 there is no such event, log or file; 78 "
     "FILE\n"
     "is wrong.\n",
     ExplainCommand},
    {"plan", "FILE CANDIDATE [--log DIR] [--last N | --since TIME]",
     "show what a new pipeline file would change",
     "Runs both files over the events that the log of FILE (or --log) has "
     "kept,\n"
     "delivers nothing, and prints what the candidate would filter, fail, "
     "route\n"
     "or change otherwise, with examples: over the last N events, those since\n"
     "TIME, or all. TIME is as '2026-05-01T12:00:00Z' or '2026-05-01', or how\n"
     "long ago: '15m', '2h', '7d'. The log may be in use.\n"
     "Exit status: 0 nothing would change; 2 something would; 66 there is no\n"
     "log, or nothing in it; 78 a file is wrong.\n",
     PlanCommand},
    {"replay",
     "FILE --from TIME|OFFSET [--to TIME|OFFSET] [--where CEL] "
     "[--to-sink NAME] [--log DIR] [--dry-run]",
     "send events that the log has kept again",
     "Sends what the log of FILE (or --log) has kept, from --from on and "
     "before\n"
     "--to, through the steps and routes to the sinks, each event under the\n"
     "identity that it had: with the retries and dead letters of `run`. "
     "--where\n"
     "chooses events by a condition. --to-sink sends them to one sink as they\n"
     "came, past steps and routes. A log in files must not be in use, but for\n"
     "--dry-run, which only reads and prints what would be sent. A signal "
     "stops it\n"
     "and says where to go on. TIME is as for `plan`; what counts is when the "
     "log\n"
     "got the event. OFFSET is PARTITION/OFFSET in Kafka.\n"
     "Exit status: 0 all have their outcome; 1 not all; 66 there is no log, "
     "or\n"
     "nothing in that window; 69 the log is in use, or a component can't "
     "start;\n"
     "78 FILE is wrong.\n",
     ReplayCommand},
    {"dlq",
     "ls FILE [--where CEL] [--limit N] [--format text|json] | show FILE ID "
     "[--format text|json] | replay FILE [--where CEL] [--id ID] "
     "[--from-step[=NAME] | --to-sink NAME] [--dry-run] | drop FILE "
     "--where CEL|--id ID|--all [--dry-run]",
     "look at dead letters, send them again, drop them",
     "Dead letters of the pipeline of FILE: in a table, which is the default, "
     "or in\n"
     "a topic of Kafka. ID is a number that `ls` shows, or the id of a "
     "letter\n"
     "or of its event. CEL sees the event (`data.x`, `type`, ...) and its\n"
     "failure: error.code, error.message, component, line, revision, "
     "attempts,\n"
     "first_failed, last_failed, number.\n"
     "`replay` runs the events through the pipeline as FILE is now; those "
     "that\n"
     "are delivered or filtered are gone then, those that fail again stay "
     "with\n"
     "one attempt more. --from-step begins where each failed, or at NAME: "
     "steps\n"
     "before it that keep state are left out, and after a sink only that sink\n"
     "gets the event. --to-sink goes past steps and routes. --dry-run only "
     "tells.\n"
     "Beside a running pipeline events are replayed only where its log and "
     "sinks\n"
     "can be shared; all else works beside it.\n"
     "Exit status: 0 done; 1 some that were replayed are still there; 66 no "
     "such\n"
     "dead letter, or they can't be read; 69 a component can't start; 78 FILE\n"
     "is wrong.\n",
     DlqCommand},
    {"new", "component source|operator|sink NAME | pipeline NAME",
     "make a new component or pipeline file",
     "In a checkout of Phoenix, `new component` makes the folder of a "
     "component\n"
     "that builds and passes its test as it is, and adds it to the list of "
     "its\n"
     "kind. `new pipeline` makes NAME.yaml and NAME.test.yaml here.\n"
     "Exit status: 0 made; 73 a file is there already or can't be written.\n",
     NewCommand},
};

const Command* FindCommand(std::string_view name) {
  for (const Command& command : kCommands) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

void PrintHelp(const Command& command) {
  std::printf("usage: phoenix %s %s\n\n%s", command.name, command.arguments,
              command.help);
}

void PrintOverview(std::FILE* to) {
  std::fputs("usage: phoenix COMMAND ...\n\n", to);
  for (const Command& command : kCommands) {
    std::fprintf(to, "  %-8s %s\n", command.name, command.summary);
  }
  std::fputs(
      "\n'phoenix COMMAND --help' tells more; 'phoenix --version' the "
      "version.\n",
      to);
}

int Unknown(const std::string& name) {
  std::vector<std::string> known = {"help"};
  for (const Command& command : kCommands) known.push_back(command.name);
  std::fprintf(stderr, "phoenix: unknown command '%s'%s\nsee 'phoenix help'\n",
               name.c_str(), DidYouMean(name, known).c_str());
  return kExitUsage;
}

bool AsksForHelp(absl::Span<char* const> args) {
  for (const char* arg : args) {
    if (std::string_view(arg) == "--") return false;
    if (std::string_view(arg) == "--help") return true;
  }
  return false;
}

int Help(absl::Span<char* const> args) {
  if (args.empty()) {
    PrintOverview(stdout);
    return kExitOk;
  }
  const Command* command = FindCommand(args[0]);
  if (command == nullptr) return Unknown(args[0]);
  PrintHelp(*command);
  return kExitOk;
}

// Failpoints are for fault tests of the program as it ships.
bool ArmedFromEnvironment() {
  const absl::Status armed = ArmFailpointsFromEnvironment();
  if (armed.ok()) return true;
  std::fprintf(stderr, "phoenix: %s: %s\n", kFailpointsVariable,
               std::string(armed.message()).c_str());
  return false;
}

int Main(absl::Span<char* const> args) {
  if (!ArmedFromEnvironment()) return kExitUsage;
  if (args.empty()) {
    PrintOverview(stderr);
    return kExitUsage;
  }
  const std::string name = args[0];
  args.remove_prefix(1);
  if (name == "help" || name == "--help") return Help(args);
  if (name == "--version") {
    std::printf("phoenix %s\n", kVersion);
    return kExitOk;
  }
  const Command* command = FindCommand(name);
  if (command == nullptr) return Unknown(name);
  if (AsksForHelp(args)) {
    PrintHelp(*command);
    return kExitOk;
  }
  return command->run(args);
}

}  // namespace
}  // namespace phoenix

int main(int argc, char** argv) {
  phoenix::KeepFreedBuffers();
  return phoenix::Main(absl::MakeSpan(argv, static_cast<size_t>(argc))
                           .subspan(argc > 0 ? 1 : 0));
}
