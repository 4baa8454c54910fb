#include "libs/sources/tcp/line_session.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/fake_outlet.h"
#include "libs/sources/byte_allowance.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

NdjsonOptions SmallLines() {
  NdjsonOptions options;
  options.defaults = {"id-", "/test", "test.event", "application/json"};
  options.max_event_bytes = 100;
  options.buffer_bytes = 4096;
  return options;
}

class LineSessionTest : public testing::Test {
 protected:
  void Commit(std::string_view bytes) {
    while (!bytes.empty()) {
      const absl::Span<char> room = session_.Buffer();
      const size_t size = std::min(room.size(), bytes.size());
      std::memcpy(room.data(), bytes.data(), size);
      session_.Commit(size);
      bytes.remove_prefix(size);
    }
  }

  absl::Status Feed(std::string_view bytes) {
    Commit(bytes);
    return session_.Flush(0);
  }

  void TakeSettled() {
    for (const auto& settled : settled_) session_.OnSettled(settled);
    settled_.clear();
  }

  FakeOutlet outlet_;
  std::vector<LineSession::Settled> settled_;
  ByteAllowance allowance_{0};
  LineSession session_{SmallLines(), 7, allowance_, outlet_,
                       [this](auto settled) { settled_.push_back(settled); }};
};

// Lines that may be longer than what a session has of its own.
class LongLineSessionTest : public testing::Test {
 protected:
  static constexpr size_t kLeast = LineSession::kLeastBufferBytes;

  static NdjsonOptions LongLines() {
    NdjsonOptions options = SmallLines();
    options.max_event_bytes = 1 << 20;
    options.buffer_bytes = 8 * kLeast;
    return options;
  }

  std::unique_ptr<LineSession> Open() {
    return std::make_unique<LineSession>(LongLines(), 7, allowance_, outlet_,
                                         [](auto) {});
  }

  // Reads as a socket does that always has more.
  static absl::Status Feed(LineSession& session, std::string_view bytes) {
    absl::Status fed;
    while (!bytes.empty() && fed.ok()) {
      const absl::Span<char> room = session.Buffer();
      const size_t size = std::min(room.size(), bytes.size());
      std::memcpy(room.data(), bytes.data(), size);
      session.Commit(size);
      bytes.remove_prefix(size);
      fed = session.Flush(0);
    }
    return fed;
  }

  static std::string ManyLines(size_t bytes) {
    std::string lines;
    while (lines.size() < bytes) lines += "1234567\n";
    return lines;
  }

  FakeOutlet outlet_;
  ByteAllowance allowance_{1 << 20};
};

TEST_F(LongLineSessionTest, TakesNothingOfTheAllowanceForAFewLines) {
  const auto session = Open();
  ASSERT_TRUE(Feed(*session, "1\n2\n").ok());
  EXPECT_EQ(allowance_.used_bytes(), 0u);
}

TEST_F(LongLineSessionTest, GrowsItsBufferAsReadsFillIt) {
  const auto session = Open();
  ASSERT_TRUE(Feed(*session, ManyLines(40 * kLeast)).ok());
  EXPECT_EQ(allowance_.used_bytes(), 3 * 7 * kLeast);
}

TEST_F(LongLineSessionTest, GoesOnWithASmallBufferWhenThereIsNoMemory) {
  ByteAllowance::Share others(allowance_);
  ASSERT_TRUE(others.Resize(allowance_.max_bytes()));
  const auto session = Open();
  const std::string lines = ManyLines(40 * kLeast);
  ASSERT_TRUE(Feed(*session, lines).ok());
  EXPECT_EQ(outlet_.event_count(), lines.size() / 8);
  EXPECT_LE(session->Buffer().size(), kLeast);
}

TEST_F(LongLineSessionTest, GivesBackWhatItNeedsNoMore) {
  const auto session = Open();
  ASSERT_TRUE(Feed(*session, ManyLines(40 * kLeast)).ok());
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_TRUE(Feed(*session, "1234567\n").ok());
  }
  EXPECT_EQ(allowance_.used_bytes(), 0u);
}

TEST_F(LongLineSessionTest, TakesALineAsLongAsThereIsMemoryFor) {
  const auto session = Open();
  const std::string line = std::string(10 * kLeast, '1');
  ASSERT_TRUE(Feed(*session, line + "\n").ok());
  EXPECT_THAT(outlet_.payloads(), ElementsAre(line));
}

TEST_F(LongLineSessionTest, EndsAtALineForWhichThereIsNoMemory) {
  const auto session = Open();
  ASSERT_TRUE(Feed(*session, "1\n").ok());
  ByteAllowance::Share others(allowance_);
  ASSERT_TRUE(others.Resize(allowance_.max_bytes()));
  const absl::Status fed = Feed(*session, std::string(3 * kLeast, '1'));
  EXPECT_TRUE(absl::IsOutOfRange(fed));
  EXPECT_THAT(std::string(fed.message()), HasSubstr("max_buffered_bytes"));
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1"));
  EXPECT_EQ(allowance_.used_bytes(), others.bytes());
}

TEST_F(LongLineSessionTest, KeepsItsShareWhileBatchesWaitForCredit) {
  outlet_.SetCredit(1);
  const auto session = Open();
  EXPECT_TRUE(
      absl::IsResourceExhausted(Feed(*session, ManyLines(40 * kLeast))));
  EXPECT_GT(allowance_.used_bytes(), 0u);
  EXPECT_TRUE(absl::IsResourceExhausted(session->Finish(0)));
  EXPECT_GT(allowance_.used_bytes(), 0u);
  outlet_.SetCredit(FakeOutlet::kUnlimited);
  ASSERT_TRUE(session->Resume().ok());
  EXPECT_EQ(allowance_.used_bytes(), 0u);
}

TEST_F(LongLineSessionTest, GivesItsShareBackWhenItIsGone) {
  Feed(*Open(), ManyLines(40 * kLeast)).IgnoreError();
  EXPECT_EQ(allowance_.used_bytes(), 0u);
}

TEST_F(LineSessionTest, OffersEachLineAsAnEventOfItsLane) {
  ASSERT_TRUE(Feed("{\"a\":1}\n{\"a\":2}\n").ok());
  ASSERT_EQ(outlet_.event_count(), 2u);
  EXPECT_THAT(outlet_.payloads(), ElementsAre("{\"a\":1}", "{\"a\":2}"));
  EXPECT_EQ(outlet_.events()[0].lane, 7u);
}

TEST_F(LineSessionTest, KeepsAnUnfinishedLineUntilItsEndComes) {
  ASSERT_TRUE(Feed("{\"a\"").ok());
  EXPECT_EQ(outlet_.event_count(), 0u);
  ASSERT_TRUE(Feed(":1}\n").ok());
  EXPECT_THAT(outlet_.payloads(), ElementsAre("{\"a\":1}"));
}

TEST_F(LineSessionTest, TakesALastLineWithoutAnEnd) {
  Commit("1\n2");
  ASSERT_TRUE(session_.Finish(0).ok());
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2"));
}

TEST_F(LineSessionTest, RefusesAMalformedLineAndKeepsItsNeighbours) {
  ASSERT_TRUE(Feed("{\"a\":1}\n{\"a\":\n{\"a\":3}\n").ok());
  EXPECT_THAT(outlet_.payloads(), ElementsAre("{\"a\":1}", "{\"a\":3}"));
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("EVENT_INVALID", 1)));
  EXPECT_THAT(session_.replies().Take(), HasSubstr("\"line\":2}"));
}

TEST_F(LineSessionTest, RefusesAnOverlongLineWithoutHoldingIt) {
  ASSERT_TRUE(Feed("1\n").ok());
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(Feed("xxxxxxxxxx").ok());
  ASSERT_TRUE(Feed("\n3\n").ok());
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "3"));
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("EVENT_TOO_LARGE", 1)));
  EXPECT_THAT(session_.replies().Take(), HasSubstr("\"line\":2}"));
}

TEST_F(LineSessionTest, HoldsBatchesBackUntilThereIsCredit) {
  outlet_.SetCredit(0);
  EXPECT_TRUE(absl::IsResourceExhausted(Feed("1\n2\n")));
  EXPECT_TRUE(session_.held_back());
  EXPECT_FALSE(session_.in_flight());
  EXPECT_TRUE(absl::IsResourceExhausted(session_.Resume()));
  outlet_.SetCredit(1);
  EXPECT_TRUE(session_.Resume().ok());
  EXPECT_FALSE(session_.held_back());
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2"));
}

TEST_F(LineSessionTest, IsInFlightUntilEachBatchHasSettled) {
  outlet_.SetAutoSettle(false);
  ASSERT_TRUE(Feed("1\n").ok());
  ASSERT_TRUE(Feed("2\n").ok());
  EXPECT_TRUE(session_.in_flight());
  outlet_.Settle(Outcome::kDelivered, 1);
  TakeSettled();
  EXPECT_TRUE(session_.in_flight());
  outlet_.Settle(Outcome::kFiltered, 1);
  TakeSettled();
  EXPECT_FALSE(session_.in_flight());
  EXPECT_TRUE(session_.all_taken());
}

TEST_F(LineSessionTest, TellsTheSenderWhatThePipelineRefused) {
  outlet_.SetAutoSettle(false);
  ASSERT_TRUE(Feed("1\n2\n").ok());
  outlet_.SettleWith([](const EventBatch& batch) {
    BatchOutcome outcome(batch.size(), Outcome::kDelivered);
    outcome.Merge(1, Outcome::kRejected);
    outcome.AddDetail({1, "check", absl::InvalidArgumentError("too hot")});
    return outcome;
  });
  TakeSettled();
  EXPECT_TRUE(session_.all_taken());
  EXPECT_EQ(session_.replies().Take(),
            "{\"error\":\"the pipeline refused 1 events: too hot\"}\n");
}

TEST_F(LineSessionTest, KnowsThatABatchWasNotTaken) {
  outlet_.SetAutoSettle(false);
  ASSERT_TRUE(Feed("1\n").ok());
  outlet_.Settle(Outcome::kRetry);
  TakeSettled();
  EXPECT_FALSE(session_.all_taken());
}

TEST_F(LineSessionTest, CountsLinesAsFinalUpToTheFirstThatIsNot) {
  outlet_.SetAutoSettle(false);
  ASSERT_TRUE(Feed("1\n\n3\n").ok());
  ASSERT_TRUE(Feed("4\n").ok());
  ASSERT_TRUE(Feed("bad\n").ok());
  EXPECT_EQ(session_.final_lines(), 0u);
  outlet_.Settle();
  std::swap(settled_[0], settled_[1]);
  session_.OnSettled(settled_[0]);
  EXPECT_EQ(session_.final_lines(), 0u);
  session_.OnSettled(settled_[1]);
  EXPECT_EQ(session_.final_lines(), 5u);
}

TEST_F(LineSessionTest, CountsRefusedLinesAsFinal) {
  ASSERT_TRUE(Feed("bad\nworse\n").ok());
  EXPECT_EQ(session_.final_lines(), 2u);
  ASSERT_TRUE(Feed("3\nbad\n").ok());
  TakeSettled();
  EXPECT_EQ(session_.final_lines(), 4u);
}

TEST_F(LineSessionTest, DoesNotCountWhatWasGivenBackOrFollowsIt) {
  outlet_.SetAutoSettle(false);
  ASSERT_TRUE(Feed("1\n").ok());
  ASSERT_TRUE(Feed("2\n").ok());
  ASSERT_TRUE(Feed("3\n").ok());
  outlet_.Settle(Outcome::kDelivered, 1);
  outlet_.Settle(Outcome::kRetry, 1);
  outlet_.Settle(Outcome::kDelivered, 1);
  TakeSettled();
  EXPECT_EQ(session_.final_lines(), 1u);
}

TEST_F(LineSessionTest, DoesNotCountWhatWaitsForCredit) {
  outlet_.SetCredit(1);
  ASSERT_TRUE(Feed("1\n").ok());
  TakeSettled();
  EXPECT_FALSE(Feed("2\nbad\n").ok());
  EXPECT_EQ(session_.final_lines(), 1u);
  outlet_.SetCredit(1);
  ASSERT_TRUE(session_.Resume().ok());
  TakeSettled();
  EXPECT_EQ(session_.final_lines(), 3u);
}

TEST_F(LineSessionTest, PassesOnThatThePipelineHasStopped) {
  outlet_.Refuse(absl::UnavailableError("draining"));
  EXPECT_TRUE(absl::IsUnavailable(Feed("1\n")));
}

}  // namespace
}  // namespace phoenix
