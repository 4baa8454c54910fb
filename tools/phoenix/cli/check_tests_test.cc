#include "tools/phoenix/cli/check_tests.h"

#include <string>

#include "gtest/gtest.h"
#include "tools/phoenix/cli/test_pipeline.h"

namespace phoenix {
namespace {

// All that is wrong with a file of tests of kTestPipeline.
std::string ErrorsOf(const std::string& text) {
  Diagnostics diagnostics("t.yaml");
  const LoadedTests tests = LoadTests(text, diagnostics);
  CheckCaseNames(tests, diagnostics);
  const TestPipeline pipeline(kTestPipeline);
  CheckExpectations(tests, *pipeline.compiled, diagnostics);
  return diagnostics.ToString();
}

TEST(CheckTestsTest, KnowsTheSinksStepsAndRoutesOfThePipeline) {
  EXPECT_EQ(ErrorsOf("cases:\n"
                     "  - name: all\n"
                     "    given: [{}, {}, {}, {}, {}]\n"
                     "    expect:\n"
                     "      - to: [alerts, archive]\n"
                     "      - filtered: warm\n"
                     "      - dropped: warm\n"
                     "      - failed: warm\n"
                     "      - failed: hot\n"),
            "");
}

TEST(CheckTestsTest, RefusesWhatThePipelineDoesNotHave) {
  EXPECT_EQ(ErrorsOf("cases:\n"
                     "  - name: all\n"
                     "    given: [{}, {}, {}, {}]\n"
                     "    expect:\n"
                     "      - to: [archive, alert]\n"
                     "      - filtered: hot\n"
                     "      - dropped: cold\n"
                     "      - failed: alerts\n"),
            "t.yaml:5:23: unknown sink 'alert': expected 'alerts' or "
            "'archive': did you mean 'alerts'?\n"
            "t.yaml:6:19: unknown step 'hot': expected 'warm'\n"
            "t.yaml:7:18: unknown step 'cold': expected 'warm'\n"
            "t.yaml:8:17: unknown step or route 'alerts': expected 'warm', "
            "'hot' or 'rest'\n");
}

TEST(CheckTestsTest, FindsUnknownNamesBesideAnotherMistake) {
  EXPECT_EQ(ErrorsOf("cases:\n"
                     "  - {name: a, given: [{}], expect: [{to: [nosuch]}]}\n"
                     "  - {name: b, given: [{}], expect: "
                     "[{to: [null], filtered: warm}]}\n"),
            "t.yaml:2:43: unknown sink 'nosuch': expected 'alerts' or "
            "'archive'\n"
            "t.yaml:3:37: keys 'to' and 'filtered' exclude each other: "
            "expected exactly one of 'to', 'filtered', 'failed' or "
            "'dropped'\n"
            "t.yaml:3:43: 'to' is null: expected text\n");
}

TEST(CheckTestsTest, RefusesTwoCasesOfOneName) {
  EXPECT_EQ(ErrorsOf("cases:\n"
                     "  - {name: a, given: [{}], expect: [{to: []}]}\n"
                     "  - {name: b, given: [{}], expect: [{to: []}]}\n"
                     "  - {name: a, given: [{}], expect: [{to: []}]}\n"),
            "t.yaml:4:12: duplicate name 'a': expected a name of its own: "
            "first used at line 2\n");
}

}  // namespace
}  // namespace phoenix
