#include "tools/phoenix/cli/open_pipeline.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/base/text.h"
#include "libs/pipeline/compile_pipeline.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

// What is wrong with a pipeline of the built-in kinds.
std::string ErrorsOf(const std::string& text) {
  Diagnostics diagnostics("p.yaml");
  FakeClock clock;
  const auto compiled = CompilePipelineText(
      text, BuiltinRegistry(),
      [](const std::string&) -> std::optional<std::string> {
        return std::nullopt;
      },
      clock, diagnostics);
  EXPECT_EQ(compiled == nullptr, !diagnostics.empty());
  return diagnostics.ToString();
}

// A config in which no field has a value that it may have.
template <typename Kind>
std::string WrongConfig(const Kind& kind) {
  std::string config = "{nosuch: 1";
  for (int i = 0; i < kind.config->field_count(); ++i) {
    CatTo(config, ", ", kind.config->field(i)->name(), ": [[null]]");
  }
  return config + "}";
}

// Nothing is said that only follows from what could not be read.
void ExpectOnlyWhatTheLoaderSays(const std::string& errors) {
  for (absl::string_view error : absl::StrSplit(errors, '\n')) {
    if (error.empty()) continue;
    EXPECT_TRUE(absl::StrContains(error, "unknown key 'nosuch'") ||
                absl::StrContains(error, ": missing key '") ||
                absl::StrContains(error, "none of the keys"))
        << error;
  }
}

// Files in which a component of each kind has this config.
template <typename MakeConfig>
std::vector<std::string> FilesOfEveryKind(MakeConfig config) {
  const ComponentRegistry registry = BuiltinRegistry();
  const std::string in = "sources: [{name: in, generator: {}}]\n";
  const std::string out = "sinks: [{name: out, blackhole: {}}]\n";
  std::vector<std::string> files;
  const auto add = [&](const std::string& rest, const char* list,
                       const auto& kind) {
    files.push_back(Cat("name: p\n", rest, list, ": [{name: it, ", kind.name,
                        ": ", config(kind), "}]\n"));
  };
  for (const auto* kind : registry.sources.kinds()) add(out, "sources", *kind);
  for (const auto* kind : registry.operators.kinds()) {
    add(in + out, "steps", *kind);
  }
  for (const auto* kind : registry.sinks.kinds()) add(in, "sinks", *kind);
  return files;
}

TEST(BuiltinRegistryTest, NoKindAddsToWhatTheLoaderSaysOfAnUnknownKey) {
  for (const std::string& file :
       FilesOfEveryKind([](const auto&) { return "{nosuch: 1}"; })) {
    const std::string errors = ErrorsOf(file);
    EXPECT_THAT(errors, HasSubstr("unknown key 'nosuch'"));
    ExpectOnlyWhatTheLoaderSays(errors);
  }
}

TEST(BuiltinRegistryTest, EveryKindBearsAConfigOfWhichNothingCouldBeRead) {
  for (const std::string& file :
       FilesOfEveryKind([](const auto& kind) { return WrongConfig(kind); })) {
    EXPECT_THAT(ErrorsOf(file), HasSubstr("unknown key 'nosuch'")) << file;
  }
}

TEST(BuiltinRegistryTest, TellsAllThatIsWrongInsideAComponentAtOnce) {
  EXPECT_EQ(
      ErrorsOf(R"(name: p
sources: [{name: in, generator: {}}]
steps:
  - {name: m, map: {set: {dat.y: "2"}, cast: {data.z: integer}}}
  - name: v
    validate:
      rules:
        - {name: r, cel: "data.x >", email: "data.y <"}
        - {name: r, range: {value: data.x, min: 5, max: 1}}
        - {name: q, regex: {value: data.y, pattern: "["}}
  - {name: c, map: {set: {data.x: "1", data.x.y: "2", dat.y: "3"}}}
sinks:
  - {name: s, http: {url: "http://ok/"}}
  - {name: s, http: {url: nope, method: 7}}
)"),
      "p.yaml:4:27: path 'dat.y': expected a field of the payload, such "
      "as 'data.name'\n"
      "p.yaml:4:55: 'type' is 'integer': expected 'int', 'double', "
      "'string', 'bool' or 'timestamp'\n"
      "p.yaml:8:11: keys 'email' and 'cel' exclude each other: expected "
      "exactly one of 'not_null', 'range', 'email', 'regex' or 'cel'\n"
      "p.yaml:8:35: unexpected end of expression, expected an expression\n"
      "p.yaml:8:54: unexpected end of expression, expected an expression\n"
      "p.yaml:9:18: duplicate rule name 'r'\n"
      "p.yaml:9:49: min is greater than max\n"
      "p.yaml:10:54: not a regular expression: missing ]: [\n"
      "p.yaml:11:40: path 'data.x.y' meets the change of 'data.x': "
      "expected a step of its own, see line 11\n"
      "p.yaml:11:55: path 'dat.y': expected a field of the payload, such "
      "as 'data.name'\n"
      "p.yaml:14:12: duplicate name 's': expected a name of its own: "
      "first used at line 13\n"
      "p.yaml:14:27: url has no scheme http:// or https://, or no host: "
      "expected one such as 'https://example.com/events'\n"
      "p.yaml:14:33: unknown key 'method': expected 'url', 'format', "
      "'compression', 'headers', 'timeout', 'connect_timeout', "
      "'max_batch_bytes', 'max_batch_events', 'idempotency_header' or "
      "'concurrency'\n");
}

TEST(BuiltinRegistryTest, RefusesExactlyOnceThroughAStepThatMakesEvents) {
  EXPECT_EQ(ErrorsOf(R"(name: p
sources: [{name: in, generator: {}}]
steps:
  - {name: counts, stats: {key: data.k, value: data.v}}
sinks:
  - {name: s, require: exactly_once, file: out.ndjson}
log: {embedded: {path: l}}
)"),
            "p.yaml:6:24: sink 's' can't give 'exactly once': step 'counts' "
            "makes events of its own (line 4, column 20): expected no step "
            "that does\n");
}

TEST(BuiltinRegistryTest, AcceptsExactlyOnceOfAFileBehindALog) {
  EXPECT_EQ(ErrorsOf("name: p\n"
                     "require: exactly_once\n"
                     "sources: [{name: in, generator: {}}]\n"
                     "sinks: [{name: s, file: out.ndjson}]\n"
                     "log: {embedded: {path: l}}\n"),
            "");
}

TEST(BuiltinRegistryTest, RefusesAFileThatIsReadAndWritten) {
  EXPECT_EQ(
      ErrorsOf("name: p\n"
               "sources: [{name: in, file: {path: 'x*.ndjson', follow: "
               "true}}]\n"
               "sinks: [{name: s, file: xy.ndjson}]\n"),
      "p.yaml:3:25: sink 's' writes to 'xy.ndjson', and source 'in' "
      "reads 'x*.ndjson' at line 2: expected a file that no source reads\n");
}

}  // namespace
}  // namespace phoenix
