// Exactly once against a real PostgreSQL: whatever breaks, no event of a log is
// lost and none is there twice.

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/failpoint.h"
#include "libs/base/random.h"
#include "libs/base/text.h"
#include "libs/component/offset_pages.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"
#include "libs/sinks/postgres/postgres_sink.h"
#include "libs/sinks/postgres/testing/database.h"

namespace phoenix {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ExactlyOnceTest : public testing::Test {
 protected:
  ExactlyOnceTest() { NewSink(); }

  // As after a restart of the process.
  void NewSink() {
    sink_ = std::make_unique<PostgresSink>(ExactlyOnceOptions(
        table_, {ColumnOf("n", ColumnType::kBigint, "data.n")}));
    OpenSink(*sink_);
  }

  std::vector<std::string> Deliver(EventBatchPtr batch) {
    why_.clear();
    return phoenix::Deliver(*sink_, std::move(batch), &why_);
  }

  // Until it is final.
  void DeliverForSure(const EventBatchPtr& batch) {
    for (int attempt = 0; attempt < 100; ++attempt) {
      const std::vector<std::string> names = Deliver(batch);
      if (names[0] == "retry") continue;
      EXPECT_THAT(names, Each("delivered"));
      return;
    }
    FAIL() << "no attempt of 100 worked";
  }

  // What is not there once: `n|times`, of offsets below `end`.
  std::vector<std::string> WrongBelow(int end) {
    return Sql(Cat("SELECT i, count(n) FROM generate_series(0, ", end - 1,
                   ") i LEFT JOIN ", table_,
                   " ON n = i GROUP BY i HAVING count(n) <> 1"));
  }

  // Ends the session of the sink, as a server does.
  void Terminate() {
    Sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE "
        "pid <> pg_backend_pid() AND backend_type = 'client backend'");
  }

  const std::string table_ = NewTableName();
  std::unique_ptr<PostgresSink> sink_;
  std::vector<std::string> why_;
};

TEST_F(ExactlyOnceTest, WritesNoRowASecondTime) {
  EXPECT_EQ(sink_->guarantee(), DeliveryGuarantee::kExactlyOnce);
  EXPECT_THAT(Deliver(LoggedBatch(0, 100)), Each("delivered"));
  EXPECT_THAT(Deliver(LoggedBatch(0, 100)), Each("delivered"));
  NewSink();
  // Cut anew, as another reader of the log may.
  EXPECT_THAT(Deliver(LoggedBatch(50, 100)), Each("delivered"));
  EXPECT_THAT(WrongBelow(150), IsEmpty());
}

TEST_F(ExactlyOnceTest, TakesBatchesInAnyOrder) {
  for (int64_t first : {200, 0, 100, 200, 0}) {
    EXPECT_THAT(Deliver(LoggedBatch(first, 100)), Each("delivered"));
  }
  EXPECT_THAT(WrongBelow(300), IsEmpty());
}

TEST_F(ExactlyOnceTest, KnowsEachRowOfABatchByItself) {
  for (const Selection& rows : {Selection{0, 2, 4}, Selection{1, 2, 3}}) {
    OutcomeRecorder recorder;
    sink_->Write({LoggedBatch(0, 5), rows}, recorder.Callback());
    sink_->Flush();
    EXPECT_EQ(recorder.outcome().Count(Outcome::kDelivered), 3u);
  }
  EXPECT_THAT(WrongBelow(5), IsEmpty());
}

TEST_F(ExactlyOnceTest, KeepsLogsAndPartitionsApart) {
  auto columns = LoggedBatch(0, 1)->columns();
  columns.identity.partition = 1;
  Deliver(LoggedBatch(0, 1));
  Deliver(LoggedBatch(0, 1, "it's another\\"));
  Deliver(std::make_shared<const EventBatch>(std::move(columns)));
  EXPECT_THAT(Sql(Cat("SELECT count(*) FROM ", table_)), ElementsAre("3"));
}

TEST_F(ExactlyOnceTest, SaysHowFarItHasALogOnRecord) {
  const auto end = [this](const std::string& log) {
    return *sink_->RecordedEnd({.log = log, .partition = 0});
  };
  EXPECT_EQ(end("log"), 0);
  Deliver(LoggedBatch(9'000, 1'000));
  Deliver(LoggedBatch(0, 10));
  NewSink();
  EXPECT_EQ(end("log"), 10'000);
  EXPECT_EQ(end("it's another"), 0);
}

TEST_F(ExactlyOnceTest, WritesRowsThatComeTwiceInATransactionOnce) {
  OutcomeRecorder first;
  sink_->Write(AllOf(LoggedBatch(0, 3)), first.Callback());
  EXPECT_EQ(first.calls(), 0u);
  EXPECT_THAT(Deliver(LoggedBatch(0, 3)), Each("delivered"));
  EXPECT_THAT(first.names(), Each("delivered"));
  EXPECT_THAT(WrongBelow(3), IsEmpty());
}

TEST_F(ExactlyOnceTest, WritesRowsWithoutIdentityEachTime) {
  const EventBatchPtr batch = MakeBatch({std::string("{\"n\":0}")});
  Deliver(batch);
  Deliver(batch);
  EXPECT_THAT(Sql(Cat("SELECT count(*) FROM ", table_)), ElementsAre("2"));
}

TEST_F(ExactlyOnceTest, TakesARefusedRowLater) {
  Sql(Cat("ALTER TABLE ", table_, " ADD CONSTRAINT c CHECK (n <> 1)"));
  EXPECT_THAT(Deliver(LoggedBatch(0, 3)),
              ElementsAre("delivered", "rejected", "delivered"));
  Sql(Cat("ALTER TABLE ", table_, " DROP CONSTRAINT c"));
  EXPECT_THAT(Deliver(LoggedBatch(0, 3)), Each("delivered"));
  EXPECT_THAT(WrongBelow(3), IsEmpty());
}

TEST_F(ExactlyOnceTest, AsksTheServerAfterACommitWithoutAnswer) {
  {
    ScopedFailpoints fail("postgres.commit.before_answer=error");
    EXPECT_THAT(Deliver(LoggedBatch(0, 10)), Each("retry"));
  }
  EXPECT_THAT(WrongBelow(10), IsEmpty());
  EXPECT_THAT(Deliver(LoggedBatch(0, 10)), Each("delivered"));
  EXPECT_THAT(WrongBelow(10), IsEmpty());
}

TEST_F(ExactlyOnceTest, WritesAgainWhatWasNotCommitted) {
  {
    ScopedFailpoints fail("postgres.commit.before_send=error");
    EXPECT_THAT(Deliver(LoggedBatch(0, 10)), Each("retry"));
  }
  EXPECT_THAT(Sql(Cat("SELECT count(*) FROM ", table_)), ElementsAre("0"));
  EXPECT_THAT(Deliver(LoggedBatch(0, 10)), Each("delivered"));
  EXPECT_THAT(WrongBelow(10), IsEmpty());
}

TEST_F(ExactlyOnceTest, SurvivesThatItsSessionIsEndedBeforeTheCommit) {
  ScopedFailpoints pause("postgres.commit.before_send=pause:500ms");
  std::vector<std::string> names;
  std::thread writer([&] { names = Deliver(LoggedBatch(0, 10)); });
  while (FailpointHits("postgres.commit.before_send") == 0) {
    std::this_thread::yield();
  }
  Terminate();
  writer.join();
  EXPECT_THAT(names, Each("retry"));
  EXPECT_THAT(why_, Each(HasSubstr("connection lost")));
  EXPECT_THAT(Deliver(LoggedBatch(0, 10)), Each("delivered"));
  EXPECT_THAT(WrongBelow(10), IsEmpty());
}

TEST_F(ExactlyOnceTest, WaitsForATransactionThatIsStillOpen) {
  PostgresConnection other(
      {.connection_string = Secret(Database().connection_string())});
  ASSERT_TRUE(other.Open().ok());
  // What a process does that writes the same partition.
  PositionTable positions({.sink = Cat("p/", table_)});
  ASSERT_TRUE(other.Run("BEGIN").ok());
  positions.Of({.log = "log", .first_offset = 0}).Want(0);
  ASSERT_TRUE(positions.Load(other).ok());
  positions.Of({.log = "log", .first_offset = 0}).Add(0);
  ASSERT_TRUE(positions.Store(other).ok());
  std::thread writer([&] { Deliver(LoggedBatch(0, 1)); });
  while (Sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT "
             "granted")
             .empty()) {
  }
  ASSERT_TRUE(other.Run("COMMIT").ok());
  writer.join();
  EXPECT_THAT(Sql(Cat("SELECT count(*) FROM ", table_)), ElementsAre("0"));
}

// As many pages as may be stored, each with its first offset, from page 0 on.
std::string FullPositions(const std::string& table) {
  return Cat("INSERT INTO phoenix_positions SELECT 'p/", table,
             "', 'log', 0, page, decode('01', 'hex') FROM generate_series(0, ",
             OffsetPages::kMaxPages - 1, ") page");
}

TEST_F(ExactlyOnceTest, SaysThatItHasForgottenWhatIsTooOld) {
  constexpr int64_t kPage = OffsetPages::kPageOffsets;
  Sql(FullPositions(table_));
  EXPECT_THAT(Deliver(LoggedBatch(1, 1)), Each("delivered"));
  // However far away: one page more.
  EXPECT_THAT(Deliver(LoggedBatch(1'000'000 * kPage, 1)), Each("delivered"));
  EXPECT_THAT(Deliver(LoggedBatch(2, 1)), Each("rejected"));
  EXPECT_THAT(why_, ElementsAre(HasSubstr("has forgotten whether")));
  NewSink();
  EXPECT_THAT(Deliver(LoggedBatch(2, 1)), Each("rejected"));
  EXPECT_THAT(Deliver(LoggedBatch(kPage + 2, 1)), Each("delivered"));
  EXPECT_THAT(Sql(Cat("SELECT count(*), min(page) FROM phoenix_positions WHERE "
                      "page >= 0 AND sink = 'p/",
                      table_, "'")),
              ElementsAre(Cat(OffsetPages::kMaxPages, "|1")));
}

TEST_F(ExactlyOnceTest, LooksForWhatToForgetOnceInAThousandPages) {
  constexpr int64_t kPage = OffsetPages::kPageOffsets;
  EXPECT_THAT(Deliver(LoggedBatch(0, 1)), Each("delivered"));
  Sql(Cat("DELETE FROM phoenix_positions WHERE sink = 'p/", table_, "'"));
  Sql(FullPositions(table_));
  const auto deliver_pages = [&](size_t count) {
    static int64_t page = 100'000;
    for (size_t i = 0; i < count; ++i) {
      sink_->Write(AllOf(LoggedBatch(page++ * kPage, 1)), [](const auto&) {});
    }
    sink_->Flush();
  };
  deliver_pages(OffsetPages::kMaxNewPages - 1);
  EXPECT_THAT(Deliver(LoggedBatch(1, 1)), Each("delivered"));
  deliver_pages(1);
  EXPECT_THAT(Deliver(LoggedBatch(2, 1)), Each("rejected"));
}

// As those of a log in a Kafka topic, one event a record.
TEST_F(ExactlyOnceTest, KnowsEventsThatLieFarApart) {
  constexpr int kEvents = 2500;
  constexpr int64_t kApart = 65'536;
  for (int run = 0; run < 2; ++run) {
    std::vector<std::string> names;
    for (int i = 0; i < kEvents; ++i) {
      sink_->Write(AllOf(LoggedBatch(i * kApart, 1)),
                   [&names](const BatchOutcome& outcome) {
                     names.push_back(std::string(OutcomeName(outcome.at(0))));
                   });
    }
    sink_->Flush();
    EXPECT_THAT(names, SizeIs(kEvents));
    EXPECT_THAT(names, Each("delivered"));
    NewSink();
  }
  EXPECT_THAT(Sql(Cat("SELECT count(*), count(DISTINCT n) FROM ", table_)),
              ElementsAre(Cat(kEvents, "|", kEvents)));
}

TEST_F(ExactlyOnceTest, KeepsWhatItHasWrittenWhereCommitsAreNotSynced) {
  Sql("ALTER ROLE phoenix SET synchronous_commit = off");
  NewSink();
  EXPECT_THAT(Deliver(LoggedBatch(0, 10)), Each("delivered"));
  Database().Kill();
  ASSERT_TRUE(Database().Restart().ok());
  EXPECT_THAT(WrongBelow(10), IsEmpty());
  Sql("ALTER ROLE phoenix RESET synchronous_commit");
}

TEST_F(ExactlyOnceTest, LosesNothingAndRepeatsNothingOverKills) {
  constexpr int kBatches = 60;
  constexpr int kRows = 500;
  Random random(11);
  for (int i = 0; i < kBatches; ++i) {
    if (i % 20 == 10) {
      Database().Kill();
      EXPECT_THAT(Deliver(LoggedBatch(i * kRows, kRows)), Each("retry"));
      const absl::Status restarted = Database().Restart();
      ASSERT_TRUE(restarted.ok()) << restarted;
    }
    if (random.Below(6) == 0) NewSink();
    if (random.Below(4) == 0) Terminate();
    DeliverForSure(LoggedBatch(i * kRows, kRows));
    const auto again = static_cast<int64_t>(random.Below((i + 1) * kRows));
    const int count =
        std::min<int>(kRows, static_cast<int>((i + 1) * kRows - again));
    DeliverForSure(LoggedBatch(again, count));
  }
  EXPECT_THAT(WrongBelow(kBatches * kRows), IsEmpty());
}

}  // namespace
}  // namespace phoenix
