#include "libs/sources/http/receipt.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/event/decode_error.h"
#include "libs/event/outcome.h"
#include "libs/http/handler.h"
#include "libs/http/message.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr std::chrono::milliseconds kTimeout{1500};

class RecordingResponder : public http::Responder {
 public:
  void Respond(http::Response response) override {
    responses.push_back(std::move(response));
  }
  void PauseReading() override {}
  void ResumeReading() override {}
  void Wake() override {}
  void SetTimer(std::chrono::milliseconds) override {}

  std::vector<http::Response> responses;
};

class ReceiptTest : public testing::Test {
 protected:
  // A batch of so many events is on its way.
  void Expect(uint32_t events) {
    settle_.push_back(receipt_->ExpectBatch(events, {}));
    events_.push_back(events);
  }
  void Settle(size_t batch, Outcome outcome) {
    settle_[batch](BatchOutcome(events_[batch], outcome));
  }
  const http::Response& answer() const { return responder_->responses.at(0); }

  std::shared_ptr<RecordingResponder> responder_ =
      std::make_shared<RecordingResponder>();
  std::shared_ptr<Receipt> receipt_ =
      std::make_shared<Receipt>(responder_, /*by_line=*/true, AckLevel::kDisk);
  std::vector<SettleCallback> settle_;
  std::vector<uint32_t> events_;
};

TEST_F(ReceiptTest, AnswersOnceTheLastBatchHasSettled) {
  Expect(2);
  Expect(3);
  receipt_->Close();
  Settle(1, Outcome::kDelivered);
  EXPECT_THAT(responder_->responses, SizeIs(0));
  Settle(0, Outcome::kFiltered);
  ASSERT_THAT(responder_->responses, SizeIs(1));
  EXPECT_EQ(answer().status, 200);
  EXPECT_EQ(answer().body,
            "{\"accepted\":5,\"rejected\":0,"
            "\"ack_level\":\"DISK\"}\n");
}

TEST_F(ReceiptTest, ForgetsABatchThatWasNotTaken) {
  Expect(2);
  receipt_->ForgetBatch(2);
  receipt_->Close();
  ASSERT_THAT(responder_->responses, SizeIs(1));
  EXPECT_EQ(answer().body,
            "{\"accepted\":0,\"rejected\":0,"
            "\"ack_level\":\"DISK\"}\n");
}

TEST_F(ReceiptTest, ListsNoMoreFailuresThanItsBound) {
  for (uint64_t line = 1; line <= Receipt::kMaxFailures + 1; ++line) {
    receipt_->AddError({line, absl::InvalidArgumentError("bad"), {}});
  }
  Expect(1);
  receipt_->Close();
  Settle(0, Outcome::kDelivered);
  EXPECT_THAT(answer().body, HasSubstr("\"rejected\":101"));
  EXPECT_THAT(answer().body, HasSubstr("{\"line\":100,"));
  EXPECT_THAT(answer().body, testing::Not(HasSubstr("{\"line\":101,")));
}

TEST_F(ReceiptTest, ListsFailuresWhateverItAnswers) {
  receipt_->AddError({3, absl::InvalidArgumentError("bad"), {}});
  Expect(1);
  receipt_->CloseWith({.http_status = 408, .reason = "REQUEST_TIMEOUT"});
  Settle(0, Outcome::kDelivered);
  EXPECT_EQ(answer().status, 408);
  EXPECT_THAT(answer().body,
              testing::EndsWith("}]},\"failures\":[{\"line\":3,\"reason\":"
                                "\"EVENT_INVALID\",\"message\":\"bad\"}]}\n"));
}

TEST_F(ReceiptTest, SaysWhatMayStillBeDeliveredWhenItGivesUp) {
  Expect(2);
  Expect(3);
  receipt_->Close();
  Settle(0, Outcome::kDelivered);
  EXPECT_TRUE(receipt_->GiveUp(kTimeout));
  ASSERT_THAT(responder_->responses, SizeIs(1));
  EXPECT_EQ(answer().status, 503);
  EXPECT_THAT(answer().headers, ElementsAre(Pair("Retry-After", "5")));
  EXPECT_THAT(answer().body, HasSubstr("\"status\":\"UNAVAILABLE\""));
  EXPECT_THAT(answer().body, HasSubstr("1500 ms (ack_timeout)"));
  EXPECT_THAT(answer().body, HasSubstr("may deliver them twice"));
  EXPECT_THAT(answer().body,
              HasSubstr("\"metadata\":{\"accepted\":\"2\","
                        "\"rejected\":\"0\",\"inFlight\":\"3\"}"));
}

TEST_F(ReceiptTest, SaysWhenTheRestWasNotTaken) {
  Expect(2);
  EXPECT_TRUE(receipt_->GiveUp(kTimeout));
  EXPECT_THAT(answer().body, HasSubstr("What came after them was not taken."));
}

TEST_F(ReceiptTest, SaysWhoCantTakeItNow) {
  Expect(2);
  receipt_->Close();
  BatchOutcome full(2, Outcome::kRetry);
  full.AddDetail({0, "log", absl::ResourceExhaustedError("the disk is full")});
  settle_[0](full);
  ASSERT_THAT(responder_->responses, SizeIs(1));
  EXPECT_EQ(answer().status, 429);
  EXPECT_THAT(answer().body, HasSubstr("NOT_TAKEN"));
  EXPECT_THAT(answer().body, HasSubstr("log: the disk is full"));
}

TEST_F(ReceiptTest, AnswersOnlyOnce) {
  Expect(1);
  receipt_->Close();
  EXPECT_TRUE(receipt_->GiveUp(kTimeout));
  Settle(0, Outcome::kDelivered);
  EXPECT_FALSE(receipt_->GiveUp(kTimeout));
  EXPECT_THAT(responder_->responses, SizeIs(1));
}

TEST_F(ReceiptTest, DoesNotGiveUpOnceItHasAnswered) {
  Expect(1);
  receipt_->Close();
  Settle(0, Outcome::kDelivered);
  EXPECT_FALSE(receipt_->GiveUp(kTimeout));
  EXPECT_EQ(answer().status, 200);
}

}  // namespace
}  // namespace phoenix
