// The command `phoenix explain`: why an event became what it became.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>

#include "libs/base/clock.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/batch_builder.h"
#include "libs/event/cloudevents_json_decoder.h"
#include "libs/pipeline/read_file.h"
#include "tools/phoenix/cli/arguments.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/cli/open_pipeline.h"
#include "tools/phoenix/cli/usage_error.h"
#include "tools/phoenix/commands.h"
#include "tools/phoenix/past/event_search.h"
#include "tools/phoenix/past/explanation.h"
#include "tools/phoenix/past/explanation_text.h"
#include "tools/phoenix/past/moment.h"
#include "tools/phoenix/past/open_past.h"

namespace phoenix {
namespace {

// Above the largest event that a door takes.
constexpr size_t kMaxEventFileBytes = 16 << 20;

constexpr std::string_view kStandardInput = "-";

absl::StatusOr<std::string> ReadEventText(const std::string& name) {
  if (name != kStandardInput) return ReadFile(name, kMaxEventFileBytes);
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

// A CloudEvent, or else a payload.
absl::StatusOr<FoundEvent> EventOfFile(const std::string& name) {
  PHOENIX_ASSIGN_OR_RETURN(std::string text, ReadEventText(name));
  BatchBuilder builder({.id_prefix = "event-",
                        .source = "/explain",
                        .type = "event",
                        .data_content_type = "application/json"},
                       {.max_event_bytes = kMaxEventFileBytes});
  const SharedBytes body = SharedBytes::FromString(std::move(text));
  absl::Status added = absl::OkStatus();
  if (body.view().find("\"specversion\"") != std::string_view::npos) {
    added = CloudEventsJsonDecoder().DecodeEvent(body, builder);
  } else {
    EventFields fields;
    fields.payload = body.view();
    added = builder.AddEvent(fields);
  }
  if (!added.ok()) {
    return absl::InvalidArgumentError(
        Cat("event '", name, "': ", FromAbsl(added.message())));
  }
  const int64_t now = absl::ToUnixNanos(Clock::System().Now());
  return FoundEvent{.batch = builder.Build(now), .place = {}};
}

// What the command line asks for.
struct Request {
  std::string event;
  bool is_id = false;
  std::string folder;
  bool as_json = false;
};

absl::StatusOr<FoundEvent> FindAtOffset(const RetainedLog& log,
                                        const Request& request,
                                        const LogRange& at) {
  auto found = FindByOffset(log, at.partition, at.from_offset);
  if (!absl::IsNotFound(found.status())) return found;
  return absl::NotFoundError(Cat(FromAbsl(found.status().message()),
                                 "; for an event with this id, give --id ",
                                 request.event));
}

// Unless it is said to be an id: a file is a name that exists; a number is an
// offset, perhaps with that of its partition before it; all else is an id.
absl::StatusOr<FoundEvent> FindEvent(const CompiledPipeline& pipeline,
                                     const Request& request) {
  const std::string& event = request.event;
  if (!request.is_id &&
      (event == kStandardInput || std::filesystem::is_regular_file(event))) {
    return EventOfFile(event);
  }
  PHOENIX_ASSIGN_OR_RETURN(const auto log, OpenPast(pipeline, request.folder));
  LogRange at;
  if (!request.is_id && ParseOffset(event, at.partition, at.from_offset)) {
    return FindAtOffset(*log, request, at);
  }
  return FindById(*log, event);
}

int Explain(const OpenedPipeline& opened, const Request& request) {
  const CompiledPipeline& pipeline = *opened.compiled;
  const auto found = FindEvent(pipeline, request);
  if (!found.ok()) return CantRead("explain", found.status());
  const Explanation explanation = ExplainEvent(
      opened.loaded, pipeline, found->batch, found->row, Clock::System());
  const std::string text =
      request.as_json ? ExplanationToJson(pipeline, explanation, found->place)
                      : ExplanationToText(pipeline, explanation, found->place);
  std::fputs(text.c_str(), stdout);
  if (found->others > 0) {
    std::fprintf(stderr, "phoenix explain: %s\n",
                 Cat("the last of ", found->others + 1, " events with id '",
                     request.event, "': give an offset for another one")
                     .c_str());
  }
  return kExitOk;
}

}  // namespace

int ExplainCommand(absl::Span<char* const> args) {
  const auto arguments = ParseArguments(
      args, {{{"log", {}}, {"format", {"text", "json"}}, {"id", {}}}, 1, 2});
  if (!arguments.ok()) return UsageError("explain", arguments.status());
  const bool is_id = arguments->flags.contains("id");
  if (is_id == (arguments->positional.size() == 2)) {
    return UsageError("explain", absl::InvalidArgumentError(
                                     "expected either EVENT or --id ID"));
  }
  const OpenedPipeline opened = OpenPipeline(arguments->positional[0]);
  if (opened.exit_code != kExitOk) return opened.exit_code;
  return Explain(opened, {.event = is_id ? arguments->Flag("id")
                                         : arguments->positional[1],
                          .is_id = is_id,
                          .folder = arguments->Flag("log"),
                          .as_json = arguments->Flag("format") == "json"});
}

}  // namespace phoenix
