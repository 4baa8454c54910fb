#include "libs/pipeline/require_guarantee.h"

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/pipeline/testing/fixed_guarantee.h"
#include "libs/pipeline/testing/test_kinds.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using Guarantee = DeliveryGuarantee;

// A pipeline with a log, a step that makes events where it is asked for, and
// two sinks: `sure`, which can give exactly once, and `plain`, which can't.
class RequireGuaranteeTest : public ::testing::Test {
 protected:
  RequireGuaranteeTest() {
    compiled_.log.emplace();
    compiled_.sinks.push_back(FixedSink("sure", Guarantee::kExactlyOnce));
    compiled_.sinks.push_back(FixedSink("plain", Guarantee::kAtLeastOnce));
    compiled_.sinks.push_back(FixedSink("p.dead", Guarantee::kExactlyOnce));
    compiled_.dead_letter = 2;
    compiled_.routes.emplace_back().sinks = {0, 1};
  }

  // `sure` and `plain` are what stands beside the sinks' names.
  std::string ErrorsOf(const std::string& top, const std::string& sure,
                       const std::string& plain) {
    Diagnostics diagnostics("p.yaml");
    const LoadedPipeline loaded = LoadPipeline(
        "name: p\nsinks:\n"
        "  - {name: sure, nowhere: {}" +
            sure + "}\n  - {name: plain, nowhere: {}" + plain + "}\n" +
            "sources: [{name: in, door: {port: 1}}]\n" + top,
        TestKinds(),
        [](const std::string&) -> std::optional<std::string> {
          return std::nullopt;
        },
        diagnostics);
    EXPECT_EQ(diagnostics.ToString(), "");
    CheckRequiredGuarantees(loaded, compiled_, diagnostics);
    return diagnostics.ToString();
  }

  CompiledPipeline compiled_;
};

TEST_F(RequireGuaranteeTest, AsksForNothingThatIsNotWritten) {
  compiled_.log.reset();
  EXPECT_EQ(ErrorsOf("", "", ""), "");
}

TEST_F(RequireGuaranteeTest, AcceptsASinkThatGivesWhatIsRequired) {
  EXPECT_EQ(ErrorsOf("", ", require: exactly_once", ""), "");
  EXPECT_EQ(ErrorsOf("", "", ", require: at_least_once"), "");
}

TEST_F(RequireGuaranteeTest, NamesTheSinkThatCannotGiveIt) {
  EXPECT_EQ(ErrorsOf("", "", ", require: exactly_once"),
            "p.yaml:4:41: sink 'plain' can't give 'exactly once': 'test' as it "
            "is configured gives 'at least once' (line 9, column 3): expected "
            "a sink that records which events it has\n");
}

TEST_F(RequireGuaranteeTest, NamesTheStepThatMakesEventsWithItsPlace) {
  compiled_.steps.push_back(FixedStep("counts", /*makes_events=*/true));
  EXPECT_EQ(ErrorsOf("", ", require: exactly_once", ""),
            "p.yaml:3:40: sink 'sure' can't give 'exactly once': step 'counts' "
            "makes events of its own (line 7, column 5): expected no step that "
            "does\n");
}

TEST_F(RequireGuaranteeTest, NamesAllThatIsInTheWayAtOnce) {
  compiled_.log.reset();
  compiled_.steps.push_back(FixedStep("counts", /*makes_events=*/true));
  const std::string errors = ErrorsOf("", "", ", require: exactly_once");
  EXPECT_THAT(errors, HasSubstr("'test' as it is configured"));
  EXPECT_THAT(errors, HasSubstr("there is no 'log'"));
  EXPECT_THAT(errors, HasSubstr("step 'counts'"));
}

TEST_F(RequireGuaranteeTest, HoldsForAllRoutedSinksFromTheTopLevel) {
  EXPECT_EQ(ErrorsOf("require: exactly_once\n", "", ", require: at_least_once"),
            "");
  EXPECT_THAT(ErrorsOf("require: exactly_once\n", "", ""),
              HasSubstr("p.yaml:6:10: sink 'plain' can't give"));
  compiled_.log->when_full = FullPolicy::kDropOldest;
  EXPECT_THAT(ErrorsOf("require: at_least_once\n", "", ""),
              HasSubstr("p.yaml:6:10: sink 'sure' can't give 'at least once': "
                        "the log gives up its oldest events when it is full: "
                        "expected 'when_full: block'\n"));
}

TEST_F(RequireGuaranteeTest, NamesNothingThatALesserGuaranteeNeedsNot) {
  compiled_.log.reset();
  compiled_.sinks[1] = FixedSink("plain", Guarantee::kAtMostOnce);
  EXPECT_EQ(ErrorsOf("", "", ", require: at_least_once"),
            "p.yaml:4:41: sink 'plain' can't give 'at least once': 'test' as "
            "it is configured gives 'at most once' (line 9, column 3): "
            "expected a sink that keeps its events\n");
}

TEST_F(RequireGuaranteeTest, PassesOverSinksThatCouldNotBeBuilt) {
  compiled_.sinks.clear();
  EXPECT_EQ(ErrorsOf("require: exactly_once\n", "", ""), "");
}

}  // namespace
}  // namespace phoenix
