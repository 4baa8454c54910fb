#include "libs/sources/grpc/stream_ledger.h"

#include <gtest/gtest.h>

namespace phoenix {
namespace {

class StreamLedgerTest : public ::testing::Test {
 protected:
  // The reason why a batch of this size is refused; empty: it is not.
  std::string Add(int64_t sequence, int64_t bytes = 1, int64_t events = 1) {
    const auto error = ledger_.Add(sequence, bytes, events);
    return error.has_value() ? error->reason : "";
  }

  int64_t Acknowledged() {
    const auto acknowledgement = ledger_.TakeAcknowledgement();
    return acknowledgement.has_value()
               ? acknowledgement->acknowledged_sequence()
               : 0;
  }

  StreamLedger ledger_{{.bytes = 100, .events = 10}};
};

TEST_F(StreamLedgerTest, AcknowledgesAsFarAsAllHaveSettled) {
  for (int64_t sequence : {1, 2, 3}) EXPECT_EQ(Add(sequence), "");
  ledger_.Settle(2, {});
  EXPECT_EQ(Acknowledged(), 0);
  ledger_.Settle(1, {});
  EXPECT_EQ(Acknowledged(), 2);
  EXPECT_EQ(Acknowledged(), 0);
  EXPECT_FALSE(ledger_.settled());
  ledger_.Settle(3, {});
  EXPECT_TRUE(ledger_.settled());
}

TEST_F(StreamLedgerTest, RefusesAGapAndARepetition) {
  EXPECT_EQ(Add(2), "SEQUENCE_GAP");
  EXPECT_EQ(Add(1), "");
  EXPECT_EQ(Add(1), "SEQUENCE_GAP");
}

TEST_F(StreamLedgerTest, RefusesABatchWhenTheCreditIsUsedUp) {
  EXPECT_EQ(Add(1, /*bytes=*/100), "");
  EXPECT_EQ(Add(2), "CREDIT_EXCEEDED");
  ledger_.Settle(1, {});
  EXPECT_EQ(Add(2, 1, /*events=*/10), "");
  EXPECT_EQ(Add(3), "CREDIT_EXCEEDED");
}

TEST_F(StreamLedgerTest, NamesTheEventsThatWereNotTaken) {
  EXPECT_EQ(Add(1), "");
  EXPECT_EQ(Add(2), "");
  ledger_.Settle(1, {});
  ingest::v1::EventFailure failure;
  failure.set_event_index(7);
  ledger_.Settle(2, {failure});
  const auto acknowledgement = ledger_.TakeAcknowledgement();
  ASSERT_EQ(acknowledgement->failed_batches_size(), 1);
  EXPECT_EQ(acknowledgement->failed_batches(0).sequence(), 2);
  EXPECT_EQ(acknowledgement->failed_batches(0).failures(0).event_index(), 7);
}

TEST_F(StreamLedgerTest, DropLastGivesBackTheCreditAndTheSequence) {
  EXPECT_EQ(Add(1, /*bytes=*/60, /*events=*/6), "");
  EXPECT_EQ(Add(2, /*bytes=*/40, /*events=*/4), "");
  EXPECT_EQ(Add(3), "CREDIT_EXCEEDED");
  ledger_.DropLast();
  EXPECT_EQ(Add(2), "");
}

TEST_F(StreamLedgerTest, DropLastLeavesWhatCameBeforeToBeAcknowledged) {
  EXPECT_EQ(Add(1), "");
  EXPECT_EQ(Add(2), "");
  ledger_.DropLast();
  EXPECT_FALSE(ledger_.settled());
  ledger_.Settle(1, {});
  EXPECT_TRUE(ledger_.settled());
  EXPECT_EQ(Acknowledged(), 1);
}

}  // namespace
}  // namespace phoenix
