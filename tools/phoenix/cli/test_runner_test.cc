#include "tools/phoenix/cli/test_runner.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "tools/phoenix/cli/test_pipeline.h"

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The differences of a file with one test.
std::vector<std::string> DifferencesOf(const std::string& text) {
  Diagnostics diagnostics("t.yaml");
  const LoadedTests tests = LoadTests(text, diagnostics);
  EXPECT_EQ(diagnostics.ToString(), "");
  const TestPipeline pipeline(kTestPipeline);
  const auto results = RunTests(tests, *pipeline.compiled, Clock::System());
  EXPECT_EQ(results.size(), 1u);
  return results.at(0).differences;
}

TEST(TestRunnerTest, PassesWhenEveryEventMeetsItsFate) {
  EXPECT_THAT(DifferencesOf(R"(cases:
  - name: all
    given:
      - data: {t: 40}
      - data: {t: 20, more: [1, x]}
      - data: {t: 5}
      - data: {}
    expect:
      - to: [alerts]
      - {to: [archive], data: {more: [1, x], t: 20.0}}
      - filtered: warm
      - failed: warm
)"),
              IsEmpty());
}

TEST(TestRunnerTest, SaysWhatBecameOfAnEventAndWhereElseWasExpected) {
  EXPECT_THAT(DifferencesOf("cases:\n"
                            "  - name: wrong\n"
                            "    given: [{data: {t: 40}}, {data: {t: 5}}]\n"
                            "    expect:\n"
                            "      - filtered: warm\n"
                            "      - to: [archive]\n"),
              ElementsAre("5:9: event 1 was delivered to alerts: expected it "
                          "to be filtered by 'warm'",
                          "6:9: event 2 was filtered by 'warm': expected it "
                          "to be delivered to archive"));
}

TEST(TestRunnerTest, SaysWhereAnEventFailedAndWhyAndWhereElseWasExpected) {
  EXPECT_THAT(
      DifferencesOf("cases:\n"
                    "  - name: wrong\n"
                    "    given: [{data: {}}, {data: {t: 40}}, {data: "
                    "{}}]\n"
                    "    expect:\n"
                    "      - to: [archive]\n"
                    "      - failed: warm\n"
                    "      - {failed: warm, error: overflow}\n"),
      ElementsAre("5:9: event 1 failed at 'warm' (no such key 't' in "
                  "'data.t'): expected it to be delivered to archive",
                  "6:9: event 2 was delivered to alerts: expected it to fail "
                  "at 'warm'",
                  "7:9: event 3 failed at 'warm' (no such key 't' in "
                  "'data.t'): expected it to fail at 'warm' (overflow)"));
}

TEST(TestRunnerTest, TellsWhatIsDroppedFromWhatBecomesADeadLetter) {
  const TestPipeline pipeline(R"(name: p
sources: [{name: in, door: {port: 1}}]
steps: [{name: d1, on_error: drop, keep: data.t > 10}]
sinks: [{name: out, nowhere: {}}]
)");
  Diagnostics diagnostics("t.yaml");
  const LoadedTests tests = LoadTests(
      "cases:\n"
      "  - {name: right, given: [{data: {}}], expect: [{dropped: d1, error: no "
      "such key}]}\n"
      "  - {name: wrong, given: [{data: {}}], expect: [{failed: d1}]}\n"
      "  - {name: other, given: [{data: {t: 20}}], expect: [{dropped: d1}]}\n",
      diagnostics);
  EXPECT_EQ(diagnostics.ToString(), "");
  const auto results = RunTests(tests, *pipeline.compiled, Clock::System());
  ASSERT_EQ(results.size(), 3u);
  EXPECT_THAT(results[0].differences, IsEmpty());
  EXPECT_THAT(results[1].differences,
              ElementsAre("3:49: event 1 was dropped by 'd1' (no such key 't' "
                          "in 'data.t'): expected it to fail at 'd1'"));
  EXPECT_THAT(results[2].differences,
              ElementsAre("4:54: event 1 was delivered to out: expected it to "
                          "be dropped by 'd1'"));
}

TEST(TestRunnerTest, ShowsADiffOfPayloads) {
  EXPECT_THAT(DifferencesOf("cases:\n"
                            "  - name: wrong\n"
                            "    given: [{data: {t: 40}}]\n"
                            "    expect:\n"
                            "      - to: [alerts]\n"
                            "        data: {t: 41}\n"),
              ElementsAre("6:15: event 1 has another payload (- expected, + "
                          "came)\n  {\n-   \"t\": 41\n+   \"t\": 40\n  }\n"));
}

TEST(TestRunnerTest, WantsAnExpectationForEachEvent) {
  EXPECT_THAT(DifferencesOf("cases:\n"
                            "  - name: wrong\n"
                            "    given: [{data: {t: 40}}]\n"
                            "    expect: [{to: [alerts]}, {to: [alerts]}]\n"),
              ElementsAre("4:13: has 2 entries for 1 events: expected one "
                          "each"));
}

TEST(LoadTestsTest, RefusesWhatIsNoTestFileWithItsPlace) {
  Diagnostics diagnostics("t.yaml");
  LoadTests("cases:\n  - name: x\n    gven: []\n", diagnostics);
  EXPECT_THAT(diagnostics.ToString(),
              testing::HasSubstr("t.yaml:3:5: unknown key 'gven': expected "
                                 "'name', 'given' or 'expect': did you mean "
                                 "'given'?"));
}

TEST(LoadTestsTest, WantsOneFateForEachEvent) {
  Diagnostics diagnostics("t.yaml");
  LoadTests(
      "cases:\n  - name: x\n    given: [{}]\n    expect: [{to: [], failed: "
      "a}]\n",
      diagnostics);
  EXPECT_THAT(diagnostics.ToString(),
              testing::HasSubstr("t.yaml:4:14: keys 'to' and 'failed' exclude "
                                 "each other"));
}

}  // namespace
}  // namespace phoenix
