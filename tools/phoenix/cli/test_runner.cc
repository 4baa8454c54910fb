#include "tools/phoenix/cli/test_runner.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "libs/base/text.h"
#include "libs/event/batch_builder.h"
#include "libs/pipeline/environment.h"
#include "libs/pipeline/message_reader.h"
#include "libs/pipeline/yaml_document.h"
#include "tools/phoenix/cli/canonical_json.h"
#include "tools/phoenix/cli/event_fate.h"

namespace phoenix {
namespace {

using tools::v1::Expectation;
using tools::v1::TestCase;
using tools::v1::TestEvent;

EventFields FieldsOf(const TestEvent& event) {
  EventFields fields;
  auto set = [&](Attribute attribute, const std::string& value) {
    if (!value.empty()) fields[attribute] = value;
  };
  set(Attribute::kId, event.id());
  set(Attribute::kSource, event.source());
  set(Attribute::kType, event.type());
  set(Attribute::kSubject, event.subject());
  set(Attribute::kTime, event.time());
  set(Attribute::kDataContentType, event.datacontenttype());
  for (const auto& [name, value] : event.ext()) {
    fields.extensions.push_back({name, value});
  }
  fields.payload = event.data();
  return fields;
}

absl::StatusOr<EventBatchPtr> BatchOf(const TestCase& test, Clock& clock) {
  BatchBuilder builder({.id_prefix = "event-"});
  for (int i = 0; i < test.given_size(); ++i) {
    const absl::Status status = builder.AddEvent(FieldsOf(test.given(i)));
    if (!status.ok()) {
      return absl::Status(status.code(), Cat("given event ", i + 1, ": ",
                                             FromAbsl(status.message())));
    }
  }
  return builder.Build(absl::ToUnixNanos(clock.Now()));
}

std::string Delivered(const EventFate& fate) {
  if (fate.sinks.empty()) return "taken by no route";
  return Cat("delivered to ", absl::StrJoin(fate.sinks, ", "));
}

// What became of an event: `was filtered by 'x'`.
std::string Happened(const EventFate& fate) {
  switch (fate.kind) {
    case EventFate::Kind::kFiltered:
      return Cat("was filtered by '", fate.where, "'");
    case EventFate::Kind::kFailed:
      return Cat("failed at '", fate.where, "' (", fate.error, ")");
    case EventFate::Kind::kDropped:
      return Cat("was dropped by '", fate.where, "' (", fate.error, ")");
    case EventFate::Kind::kRouted:
      break;
  }
  return Cat("was ", Delivered(fate));
}

// What was to become of it: `to be filtered by 'x'`.
std::string Wanted(const EventFate& fate) {
  const std::string error =
      fate.error.empty() ? "" : Cat(" (", fate.error, ")");
  switch (fate.kind) {
    case EventFate::Kind::kFiltered:
      return Cat("to be filtered by '", fate.where, "'");
    case EventFate::Kind::kFailed:
      return Cat("to fail at '", fate.where, "'", error);
    case EventFate::Kind::kDropped:
      return Cat("to be dropped by '", fate.where, "'", error);
    case EventFate::Kind::kRouted:
      break;
  }
  return Cat("to be ", Delivered(fate));
}

// What is expected, in the terms of a fate.
EventFate ExpectedFate(const Expectation& expected) {
  EventFate fate;
  if (!expected.filtered().empty()) {
    fate.kind = EventFate::Kind::kFiltered;
    fate.where = expected.filtered();
  } else if (!expected.failed().empty()) {
    fate.kind = EventFate::Kind::kFailed;
    fate.where = expected.failed();
    fate.error = expected.error();
  } else if (!expected.dropped().empty()) {
    fate.kind = EventFate::Kind::kDropped;
    fate.where = expected.dropped();
    fate.error = expected.error();
  } else {
    fate.sinks = {expected.to().begin(), expected.to().end()};
    std::sort(fate.sinks.begin(), fate.sinks.end());
  }
  return fate;
}

bool Matches(const EventFate& expected, const EventFate& actual) {
  return expected.kind == actual.kind && expected.where == actual.where &&
         expected.sinks == actual.sinks &&
         actual.error.find(expected.error) != std::string::npos;
}

class CaseRunner {
 public:
  CaseRunner(const LoadedTests& tests, int index,
             const CompiledPipeline& pipeline, Clock& clock)
      : positions_(tests.positions),
        path_(Cat("cases[", index, "]")),
        test_(tests.message.cases(index)),
        pipeline_(pipeline),
        clock_(clock) {}

  TestResult Run() {
    result_.name = test_.name();
    if (test_.given_size() != test_.expect_size()) {
      Differ("expect", Cat("has ", test_.expect_size(), " entries for ",
                           test_.given_size(), " events: expected one each"));
      return std::move(result_);
    }
    const absl::StatusOr<EventBatchPtr> batch = BatchOf(test_, clock_);
    if (!batch.ok()) {
      Differ("given", std::string(batch.status().message()));
      return std::move(result_);
    }
    const std::vector<EventFate> fates = RunBatch(pipeline_, *batch, clock_);
    for (int i = 0; i < test_.expect_size(); ++i) {
      Compare(i, fates[static_cast<size_t>(i)]);
    }
    return std::move(result_);
  }

 private:
  void Differ(const std::string& field, const std::string& message) {
    const SourcePosition at = positions_.FindNearest(Cat(path_, ".", field));
    result_.differences.push_back(Cat(at.line, ":", at.column, ": ", message));
  }

  void Compare(int index, const EventFate& actual) {
    const Expectation& expectation = test_.expect(index);
    const std::string field = Cat("expect[", index, "]");
    const EventFate expected = ExpectedFate(expectation);
    if (!Matches(expected, actual)) {
      return Differ(field, Cat("event ", index + 1, " ", Happened(actual),
                               ": expected it ", Wanted(expected)));
    }
    if (expectation.data().empty()) return;
    const std::string want = CanonicalJson(expectation.data());
    const std::string have = CanonicalJson(actual.payload);
    if (want == have) return;
    Differ(field + ".data",
           Cat("event ", index + 1, " has another payload (- expected, + came)",
               "\n", LineDiff(want, have)));
  }

  const SourceMap& positions_;
  const std::string path_;
  const TestCase& test_;
  const CompiledPipeline& pipeline_;
  Clock& clock_;
  TestResult result_;
};

}  // namespace

LoadedTests LoadTests(const std::string& text, Diagnostics& diagnostics) {
  LoadedTests tests;
  std::shared_ptr<const YamlDocument> document =
      YamlDocument::Parse(text, ProcessEnvironment(), diagnostics);
  if (document == nullptr) return tests;
  tests.positions = SourceMap(document);
  MessageReader({}, tests.positions, diagnostics)
      .Read(document->root(), "", tests.message);
  return tests;
}

std::vector<TestResult> RunTests(const LoadedTests& tests,
                                 const CompiledPipeline& pipeline,
                                 Clock& clock) {
  std::vector<TestResult> results;
  for (int i = 0; i < tests.message.cases_size(); ++i) {
    results.push_back(CaseRunner(tests, i, pipeline, clock).Run());
  }
  return results;
}

}  // namespace phoenix
