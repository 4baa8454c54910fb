#include "libs/pipeline/load_pipeline.h"

#include <map>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/pipeline/testing/test_kinds.h"
#include "libs/pipeline/testing/test_kinds.pb.h"

namespace phoenix {
namespace {

using pipeline::testing::v1::Assignment;
using pipeline::testing::v1::Change;
using pipeline::testing::v1::Door;
using testing::HasSubstr;

class LoadPipelineTest : public testing::Test {
 protected:
  LoadedPipeline Load(const std::string& text) {
    return LoadPipeline(
        text, registry_,
        [this](const std::string& name) -> std::optional<std::string> {
          asked_.push_back(name);
          auto it = variables_.find(name);
          if (it == variables_.end()) return std::nullopt;
          return it->second;
        },
        diagnostics_);
  }

  // All that is wrong with the text.
  std::string ErrorsOf(const std::string& text) {
    diagnostics_ = Diagnostics("p.yaml");
    Load(text);
    return diagnostics_.ToString();
  }

  // As ErrorsOf, of a source of kind `door` whose config begins in column 7 of
  // line 4.
  std::string ErrorsOfDoor(const std::string& config) {
    return ErrorsOf("name: p\nsources:\n  - name: in\n    door: " + config +
                    "\nsinks: [{name: out, nowhere: }]\n");
  }

  Door LoadDoor(const std::string& config) {
    const LoadedPipeline loaded =
        Load("name: p\nsources:\n  - name: in\n    door: " + config +
             "\nsinks: [{name: out, nowhere: }]\n");
    EXPECT_EQ(diagnostics_.ToString(), "");
    Door door;
    loaded.message.sources(0).config().UnpackTo(&door);
    return door;
  }

  ComponentRegistry registry_ = TestKinds();
  std::map<std::string, std::string> variables_;
  std::vector<std::string> asked_;
  Diagnostics diagnostics_{"p.yaml"};
};

TEST_F(LoadPipelineTest, ReadsEverySortOfField) {
  const Door door = LoadDoor(R"({
    port: 80, format: csv, max_event_bytes: 2KiB, timeout: 1m30s,
    compressed: true, ratio: 0.25, effort: much, headers: {a: b, "c d": e},
    skipped: [1, 2], tls: {file: key}})");
  EXPECT_EQ(door.port(), 80);
  EXPECT_EQ(door.format(), pipeline::testing::v1::FORMAT_CSV);
  EXPECT_EQ(door.max_event_bytes(), 2048);
  EXPECT_EQ(door.timeout().seconds(), 90);
  EXPECT_TRUE(door.compressed());
  EXPECT_EQ(door.ratio(), 0.25);
  EXPECT_EQ(door.effort(), "much");
  EXPECT_EQ(door.headers().at("a"), "b");
  EXPECT_EQ(door.headers().at("c d"), "e");
  EXPECT_EQ(door.skipped_size(), 2);
  EXPECT_EQ(door.tls().file(), "key");
}

TEST_F(LoadPipelineTest, FillsInDefaultsOfWhatIsNotWritten) {
  const Door door = LoadDoor("{port: 80}");
  EXPECT_EQ(door.format(), pipeline::testing::v1::FORMAT_NDJSON);
  EXPECT_EQ(door.max_event_bytes(), 1 << 20);
  EXPECT_EQ(door.timeout().seconds(), 5);
  EXPECT_FALSE(door.has_tls());
}

TEST_F(LoadPipelineTest, FillsInLimitsThatAreNotWritten) {
  const LoadedPipeline loaded = Load("name: p\n");
  EXPECT_EQ(loaded.message.limits().buffer_bytes(), 64 << 20);
  EXPECT_EQ(loaded.message.admin_address(), "127.0.0.1:9464");
}

TEST_F(LoadPipelineTest, ReadsShorthandAndKeyedListsInOrder) {
  const LoadedPipeline loaded = Load(R"(
name: p
sources: [{name: in, door: {port: 1}}]
steps:
  - name: all
    keep: data.x > 1
  - name: long
    keep: {condition: data.x > 1}
  - name: change
    change:
      set:
        data.z: data.a + 1
        data.a: [1, two, true, 0.5, "3"]
        data.b: {value: data.c}
sinks: [{name: out, nowhere: {}}]
)");
  EXPECT_EQ(diagnostics_.ToString(), "");
  EXPECT_EQ(loaded.message.steps(0).config().value(),
            loaded.message.steps(1).config().value());
  Change change;
  ASSERT_TRUE(loaded.message.steps(2).config().UnpackTo(&change));
  ASSERT_EQ(change.set_size(), 3);
  EXPECT_EQ(change.set(0).path(), "data.z");
  EXPECT_EQ(change.set(0).value(), "data.a + 1");
  EXPECT_EQ(change.set(1).value(), R"([1,"two",true,0.5,"3"])");
  EXPECT_EQ(change.set(2).value(), "data.c");
}

TEST_F(LoadPipelineTest, KeepsThePositionOfEveryField) {
  const LoadedPipeline loaded = Load(
      "name: p\n"
      "steps:\n"
      "  - name: one\n"
      "    keep: data.x\n"
      "  - name: two\n"
      "    change:\n"
      "      set:\n"
      "        data.a: 'it''s'\n");
  auto at = [&](const char* path, size_t offset = 0) {
    const SourcePosition p = loaded.positions.FindNearest(path, offset);
    return std::to_string(p.line) + ":" + std::to_string(p.column);
  };
  EXPECT_EQ(at("name"), "1:7");
  EXPECT_EQ(at("steps[0]"), "3:5");
  EXPECT_EQ(at("steps[0].config"), "4:5");
  EXPECT_EQ(at("steps[0].config.condition", 5), "4:16");
  EXPECT_EQ(at("steps[1].config.set[0].path"), "8:9");
  EXPECT_EQ(at("steps[1].config.set[0].value"), "8:18");
  EXPECT_EQ(at("steps[1].config.set[0].value", 3), "8:22");
  EXPECT_EQ(at("steps[1].config.remove[7]"), "6:5") << "not written";
}

TEST_F(LoadPipelineTest, RefusesAnUnknownKeyWithTheNearest) {
  EXPECT_EQ(ErrorsOfDoor("{prot: 1}"),
            "p.yaml:4:5: missing key 'port': expected a whole number from 1 to "
            "65535\n"
            "p.yaml:4:12: unknown key 'prot': expected 'port', 'format', "
            "'max_event_bytes', 'timeout', 'compressed', 'ratio', 'effort', "
            "'token', 'headers', 'skipped', 'tls', 'address', 'files' or "
            "'state': did you mean 'port'?\n");
}

TEST_F(LoadPipelineTest, SaysThatNullIsNoValue) {
  EXPECT_EQ(ErrorsOf("name: null\n"
                     "sources: [{name: in, door: {port: 1, effort: ~}}]\n"
                     "steps:\n"
                     "  - {name: a, keep: }\n"
                     "  - {name: b, change: {set: {data.a: null}}}\n"
                     "sinks: [{name: out, nowhere: null}]\n"),
            "p.yaml:1:7: 'name' is null: expected text\n"
            "p.yaml:2:46: 'effort' is null: expected 'little' or 'much'\n"
            "p.yaml:4:15: 'condition' is null: expected a CEL expression\n"
            "p.yaml:5:30: 'value' is null: expected a CEL expression\n");
}

TEST_F(LoadPipelineTest, GivesTheNearestNameOfAnUnknownKeyAtEveryLevel) {
  const std::string errors = ErrorsOf(
      "nmae: p\n"
      "sources: [{nam: in, door: {prot: 1, tls: {fiel: x}}}]\n"
      "steps:\n"
      "  - {name: a, on_eror: drop, kep: data.a}\n"
      "  - {name: b, change: {sett: {}, set: {data.a: {vlaue: 1}}}}\n"
      "routes: [{name: r, wen: data.a, to: [out]}]\n"
      "sinks: [{name: out, nowhree: {}}]\n"
      "limits: {bufer_bytes: 1MiB}\n"
      "dead_leter: out\n");
  for (const char* right :
       {"1:1: unknown key 'nmae'", "2:12: unknown key 'nam'",
        "2:28: unknown key 'prot'", "2:43: unknown key 'fiel'",
        "4:15: unknown key 'on_eror'", "4:30: unknown key 'kep'",
        "5:24: unknown key 'sett'", "5:49: unknown key 'vlaue'",
        "6:20: unknown key 'wen'", "7:21: unknown key 'nowhree'",
        "8:10: unknown key 'bufer_bytes'", "9:1: unknown key 'dead_leter'"}) {
    EXPECT_THAT(errors, HasSubstr(right));
  }
  for (const char* name :
       {"name", "port", "file", "on_error", "keep", "set", "value", "when",
        "nowhere", "buffer_bytes", "dead_letter"}) {
    EXPECT_THAT(errors,
                HasSubstr(": did you mean '" + std::string(name) + "'?\n"));
  }
}

TEST_F(LoadPipelineTest, RefusesAnUnknownKindWithTheNearest) {
  EXPECT_EQ(ErrorsOf("name: p\n"
                     "sources: [{name: in, doro: {port: 1}}]\n"
                     "sinks: [{name: out, nowhere: {}}]\n"),
            "p.yaml:2:22: unknown key 'doro': expected 'name' or 'door': did "
            "you mean 'door'?\n");
}

TEST_F(LoadPipelineTest, RefusesAComponentWithoutKindOrWithTwo) {
  EXPECT_EQ(ErrorsOf("name: p\n"
                     "sources: [{name: in}]\n"
                     "sinks: [{name: out, nowhere: , file: {path: x}}]\n"),
            "p.yaml:2:11: component has no kind: expected 'door'\n"
            "p.yaml:3:32: second kind 'file' beside 'nowhere': expected one\n");
}

TEST_F(LoadPipelineTest, RefusesDuplicateKeys) {
  EXPECT_EQ(ErrorsOfDoor("{port: 1, headers: {a: b, a: c}, port: 2}"),
            "p.yaml:4:37: duplicate key 'a': expected each key once\n"
            "p.yaml:4:44: duplicate key 'port': expected each key once\n");
}

struct WrongValue {
  const char* config;
  const char* error;
};

class WrongValueTest : public LoadPipelineTest,
                       public testing::WithParamInterface<WrongValue> {};

TEST_P(WrongValueTest, IsRefusedWithWhatWasExpected) {
  EXPECT_EQ(ErrorsOfDoor(GetParam().config),
            std::string("p.yaml:4:") + GetParam().error + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    Door, WrongValueTest,
    testing::Values(
        WrongValue{"{port: abc}",
                   "18: 'port' is 'abc': expected a whole number from 1 to "
                   "65535"},
        WrongValue{"{port: 0}",
                   "18: 'port' is '0': expected a whole number from 1 to "
                   "65535"},
        WrongValue{"{port: 65536}",
                   "18: 'port' is '65536': expected a whole number from 1 to "
                   "65535"},
        WrongValue{"{port: 99999999999999999999}",
                   "18: 'port' is '99999999999999999999': expected a whole "
                   "number from 1 to 65535"},
        WrongValue{"{port: '80'}",
                   "18: 'port' is the text '80': expected a whole number from "
                   "1 to 65535"},
        WrongValue{"{port: [80]}",
                   "18: 'port' is a list: expected a whole number from 1 to "
                   "65535"},
        WrongValue{"{port: }",
                   "18: 'port' is null: expected a whole number from 1 to "
                   "65535"},
        WrongValue{"{port: 1, format: cvs}",
                   "29: 'format' is 'cvs': expected 'ndjson' or 'csv': did "
                   "you mean 'csv'?"},
        WrongValue{"{port: 1, format: FORMAT_CSV}",
                   "29: 'format' is 'FORMAT_CSV': expected 'ndjson' or 'csv'"},
        WrongValue{"{port: 1, format: unspecified}",
                   "29: 'format' is 'unspecified': expected 'ndjson' or 'csv'"},
        WrongValue{"{port: 1, max_event_bytes: 1XB}",
                   "38: 'max_event_bytes' is '1XB': expected a size such as "
                   "'64MiB' from 16B to 64MiB"},
        WrongValue{"{port: 1, max_event_bytes: 65MiB}",
                   "38: 'max_event_bytes' is '65MiB': expected a size such as "
                   "'64MiB' from 16B to 64MiB"},
        WrongValue{"{port: 1, timeout: 5}",
                   "30: 'timeout' is '5': expected a duration such as '5s' of "
                   "at least 100ms"},
        WrongValue{"{port: 1, timeout: 99ms}",
                   "30: 'timeout' is '99ms': expected a duration such as '5s' "
                   "of at least 100ms"},
        WrongValue{"{port: 1, compressed: yes}",
                   "33: 'compressed' is 'yes': expected true or false"},
        WrongValue{"{port: 1, ratio: .nan}",
                   "28: 'ratio' is '.nan': expected a number from 0 to 1"},
        WrongValue{"{port: 1, effort: mutch}",
                   "29: 'effort' is 'mutch': expected 'little' or 'much': did "
                   "you mean 'much'?"},
        WrongValue{"{port: 1, token: hunter2}",
                   "28: 'token' is a secret that stands in the file: expected "
                   "a reference such as '${SECRET}'"},
        WrongValue{"{port: 1, headers: [a]}",
                   "30: 'headers' is a list: expected a mapping"},
        WrongValue{"{port: 1, skipped: 3}",
                   "30: 'skipped' is a single value: expected a list"},
        WrongValue{"{port: 1, skipped: [3, -1]}",
                   "34: 'skipped' is '-1': expected a whole number of at "
                   "least 0"},
        WrongValue{"{port: 1, tls: {}}",
                   "26: none of the keys 'file' or 'vault' is written: "
                   "expected exactly one of 'file' or 'vault'"},
        WrongValue{"{port: 1, tls: {file: a, vault: b}}",
                   "26: keys 'file' and 'vault' exclude each other: expected "
                   "exactly one of 'file' or 'vault'"},
        WrongValue{"8080",
                   "11: found a single value: expected a mapping with 'port', "
                   "'format', 'max_event_bytes', 'timeout', 'compressed', "
                   "'ratio', 'effort', 'token', 'headers', 'skipped', "
                   "'tls', 'address', 'files' or 'state'"}));

TEST_F(LoadPipelineTest, ReportsAllErrorsAtOnceInOrder) {
  EXPECT_EQ(ErrorsOf("sources: []\n"
                     "steps: 3\n"
                     "limits: {buffer_bytes: 1KiB}\n"
                     "colour: red\n"),
            "p.yaml:1:1: missing key 'name': expected text\n"
            "p.yaml:1:1: missing key 'sinks': expected at least one entry\n"
            "p.yaml:1:10: 'sources' is empty: expected at least one entry\n"
            "p.yaml:2:8: 'steps' is a single value: expected a list\n"
            "p.yaml:3:24: 'buffer_bytes' is '1KiB': expected a size such as "
            "'64MiB' of at least 1MiB\n"
            "p.yaml:4:1: unknown key 'colour': expected 'name', 'description', "
            "'sources', 'steps', 'routes', 'sinks', 'dead_letter', 'limits', "
            "'admin_address', 'log' or 'require'\n");
}

TEST_F(LoadPipelineTest, PutsInVariables) {
  variables_ = {{"PORT", "81"}, {"TOKEN", "hunter2"}};
  const Door door = LoadDoor(
      R"({port: "${PORT}", token: "${TOKEN}", effort: "${EFFORT:-little}"})");
  EXPECT_EQ(door.port(), 81);
  EXPECT_EQ(door.token(), "hunter2");
  EXPECT_EQ(door.effort(), "little");
}

TEST_F(LoadPipelineTest, ReadsOnlyTheVariablesThatTheFileNames) {
  variables_ = {{"PORT", "81"}};
  LoadDoor(R"({port: "${PORT}"} # ${COMMENT})");
  EXPECT_THAT(asked_, testing::ElementsAre("PORT"));
}

TEST_F(LoadPipelineTest, RefusesAnUnsetVariableAtItsPlaceAndOnlyThere) {
  EXPECT_EQ(ErrorsOfDoor(R"({port: "${PORT}", format: "x${F}"})"),
            "p.yaml:4:19: variable 'PORT' is not set: expected it in the "
            "environment, or a default as in '${PORT:-default}'\n"
            "p.yaml:4:39: variable 'F' is not set: expected it in the "
            "environment, or a default as in '${F:-default}'\n");
}

TEST_F(LoadPipelineTest, NeverPrintsASecret) {
  variables_ = {{"PORT", "abc"}, {"TOKEN", ""}};
  EXPECT_THAT(ErrorsOfDoor(R"({port: "${PORT}", token: [hunter2]})"),
              testing::Not(HasSubstr("hunter2")));
}

TEST_F(LoadPipelineTest, CutsAWrongValueThatIsLong) {
  const std::string errors =
      ErrorsOfDoor("{port: " + std::string(5000, 'x') + "}");
  EXPECT_LT(errors.size(), 200);
  EXPECT_THAT(errors, HasSubstr("xxx...'"));
}

TEST_F(LoadPipelineTest, SaysWhichFieldsCouldNotBeRead) {
  const LoadedPipeline loaded = Load(
      "name: p\n"
      "sources: [{name: a, door: {port: 1}}, {name: b, door: {port: x}}]\n"
      "sinks: [{name: out}]\n");
  EXPECT_TRUE(loaded.broken.Touches("sinks[0]"));
  EXPECT_TRUE(loaded.broken.Touches("sources[1].config.port"));
  EXPECT_FALSE(loaded.broken.Touches("sources[0]"));
}

TEST_F(LoadPipelineTest, KeepsTheNumbersOfThoseBehindAnElementThatIsLost) {
  const LoadedPipeline loaded =
      Load("name: p\nroutes: [{name: r, to: [null, a]}]\n");
  ASSERT_EQ(loaded.message.routes(0).to_size(), 2);
  EXPECT_EQ(loaded.message.routes(0).to(1), "a");
}

TEST_F(LoadPipelineTest, ReadsNothingFromWhatIsNotYaml) {
  const LoadedPipeline loaded = Load("name: [");
  EXPECT_FALSE(loaded.readable);
  EXPECT_EQ(diagnostics_.count(), 1);
}

}  // namespace
}  // namespace phoenix
