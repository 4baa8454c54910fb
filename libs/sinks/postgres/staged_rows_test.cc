#include "libs/sinks/postgres/staged_rows.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/text.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class StagedRowsTest : public testing::Test {
 protected:
  void Add(const BatchView& view) {
    staged_.Add(view, "out", recorder_.Callback(), encoder_);
  }

  CopyEncoder encoder_{{{"n", ColumnType::kInteger, ParseEventField("data.n")}},
                       {}};
  OutcomeRecorder recorder_;
  StagedRows staged_;
};

TEST_F(StagedRowsTest, SettlesRowsOfAllWritesByTheirNumber) {
  Add({MakeBatch({"{\"n\":1}", "{\"n\":2}", "{\"n\":3}"}), {0, 2}});
  OutcomeRecorder second;
  staged_.Add(AllOf(MakeBatch({std::string("{\"n\":4}")})), "out",
              second.Callback(), encoder_);
  ASSERT_EQ(staged_.size(), 3u);
  staged_.Settle(2, Outcome::kRetry, absl::UnavailableError("why"));
  staged_.Settle(0, Outcome::kDelivered);
  EXPECT_EQ(recorder_.calls(), 0u);
  staged_.Settle(1, Outcome::kRejected);
  EXPECT_THAT(recorder_.names(),
              ElementsAre("delivered", "pending", "rejected"));
  EXPECT_THAT(second.names(), ElementsAre("retry"));
}

TEST_F(StagedRowsTest, RejectsAtOnceWhatCannotBeEncoded) {
  Add(AllOf(MakeBatch({std::string("{\"n\":\"x\"}")})));
  EXPECT_THAT(recorder_.names(), ElementsAre("rejected"));
  EXPECT_EQ(staged_.size(), 0u);
  EXPECT_THAT(staged_.writes(), SizeIs(0));
}

TEST_F(StagedRowsTest, GivesTuplesThatLieTogetherInOnePiece) {
  Add(AllOf(MakeBatch({"{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}"})));
  std::vector<std::string_view> pieces;
  staged_.AppendTuples({0, 1, 3}, pieces);
  ASSERT_THAT(pieces, SizeIs(2));
  EXPECT_EQ(pieces[0].size(), 2 * pieces[1].size());
  EXPECT_EQ(pieces[1].back(), '\x04');
}

TEST_F(StagedRowsTest, KnowsTheOffsetsOfRows) {
  auto columns = MakeBatch({std::string("{\"n\":1}"), "{\"n\":2}"})->columns();
  columns.identity = {.log = "l", .partition = 3, .first_offset = 70};
  Add(BatchView{std::make_shared<const EventBatch>(std::move(columns)), {1}});
  EXPECT_TRUE(staged_.WriteOf(0).has_identity());
  EXPECT_EQ(staged_.OffsetOf(0), 71);
  staged_.Settle(0, Outcome::kDelivered);
  staged_.Clear();
  EXPECT_EQ(staged_.bytes(), 0u);
}

}  // namespace
}  // namespace phoenix
