#include "tools/phoenix/past/comparison.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/engine/testing/json_batch.h"
#include "tools/phoenix/past/past_testing.h"

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// The weather pipeline beside one that differs from it in one place.
struct Compared {
  Compared(const std::string& from, const std::string& to)
      : candidate(Edited(WeatherPipeline("/x"), from, to)) {}

  void Add(const std::vector<std::string>& payloads, int64_t first_offset = 0,
           int64_t from_offset = 0) {
    comparison.Add({JsonBatch(payloads), first_offset, 0, absl::UnixEpoch()},
                   from_offset);
  }

  uint64_t operator[](Change change) const { return comparison.count(change); }

  BuiltPipeline current{WeatherPipeline("/x")};
  BuiltPipeline candidate;
  Comparison comparison{*current.compiled, *candidate.compiled,
                        Clock::System()};
};

const std::vector<std::string>& Weather() {
  static const auto& payloads = *new std::vector<std::string>{
      R"({"t": 5.0})", R"({"t": 15.0})", R"({"t": 25.0})", R"({"t": 35.0})",
      R"({"u": 1})"};
  return payloads;
}

TEST(ComparisonTest, FindsNothingBetweenEqualPipelines) {
  Compared compared("name: weather", "name: weather");
  compared.Add(Weather());
  EXPECT_EQ(compared.comparison.events(), 5u);
  EXPECT_EQ(compared.comparison.changed_events(), 0u);
}

TEST(ComparisonTest, CountsWhatIsNewlyFiltered) {
  Compared compared("> 10.0", "> 20.0");
  compared.Add(Weather(), /*first_offset=*/100);
  EXPECT_EQ(compared[Change::kNewlyFiltered], 1u);
  EXPECT_EQ(compared.comparison.changed_events(), 1u);
  EXPECT_THAT(compared.comparison.examples(Change::kNewlyFiltered),
              ElementsAre("offset 101, id 'e1'\n"
                          "    now:       delivered to rest\n"
                          "    candidate: filtered by 'warm' (p.yaml:7)\n"));
}

TEST(ComparisonTest, CountsWhatIsNoLongerFiltered) {
  Compared compared("> 10.0", "> 1.0");
  compared.Add(Weather());
  EXPECT_EQ(compared[Change::kNoLongerFiltered], 1u);
  EXPECT_EQ(compared.comparison.changed_events(), 1u);
}

TEST(ComparisonTest, CountsWhatFailsAndWhatNoLongerDoes) {
  Compared compared("filter: data.t > 10.0",
                    "filter: has(data.u) || data.t / 0.0 > data.v");
  compared.Add(Weather());
  EXPECT_EQ(compared[Change::kNewlyFailing], 4u);
  Compared kept(
      "filter: data.t > 10.0\n"
      "  - name: fahrenheit\n"
      "    map: {set: {data.f: data.t * 1.8 + 32.0}}\n"
      "routes:\n"
      "  - name: heat\n"
      "    when: data.t > 30.0",
      "filter: type == 'test'\n"
      "routes:\n"
      "  - name: heat\n"
      "    when: has(data.t) && data.t > 30.0");
  kept.Add({Weather()[4]});
  EXPECT_EQ(kept[Change::kNoLongerFailing], 1u);
  EXPECT_EQ(kept.comparison.changed_events(), 1u);
}

TEST(ComparisonTest, CountsWhatIsRoutedElsewhere) {
  Compared compared("> 30.0", "> 20.0");
  compared.Add(Weather());
  EXPECT_EQ(compared[Change::kRoutedElsewhere], 1u);
  EXPECT_THAT(compared.comparison.examples(Change::kRoutedElsewhere)[0],
              HasSubstr("candidate: delivered to hot"));
}

TEST(ComparisonTest, TellsSinksByTheirNames) {
  Compared compared("[hot]", "[hot, rest]");
  compared.Add(Weather());
  EXPECT_EQ(compared[Change::kRoutedElsewhere], 1u);
}

TEST(ComparisonTest, ShowsChangedPayloadsAsADiff) {
  Compared compared("* 1.8", "* 2.0");
  compared.Add(Weather());
  EXPECT_EQ(compared[Change::kPayloadChanged], 3u);
  EXPECT_EQ(compared[Change::kRoutedElsewhere], 0u);
  const std::string& example =
      compared.comparison.examples(Change::kPayloadChanged)[0];
  EXPECT_THAT(example, HasSubstr("    -   \"f\": 59"));
  EXPECT_THAT(example, HasSubstr("    +   \"f\": 62"));
}

TEST(ComparisonTest, KeepsAFewExamplesOnly) {
  Compared compared("> 10.0", "> 20.0");
  const std::vector<std::string> same(10, Weather()[1]);
  compared.Add(same);
  EXPECT_EQ(compared[Change::kNewlyFiltered], 10u);
  EXPECT_THAT(compared.comparison.examples(Change::kNewlyFiltered),
              SizeIs(Comparison::kMaxExamples));
}

TEST(ComparisonTest, LeavesOutWhatIsBeforeTheWindow) {
  Compared compared("> 10.0", "> 20.0");
  compared.Add(Weather(), /*first_offset=*/100, /*from_offset=*/102);
  EXPECT_EQ(compared.comparison.events(), 3u);
  EXPECT_EQ(compared.comparison.changed_events(), 0u);
}

}  // namespace
}  // namespace phoenix
