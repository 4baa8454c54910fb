#include "libs/sources/tcp/reply_buffer.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::EndsWith;
using ::testing::Le;

TEST(ReplyBufferTest, SaysWhichLineWasRefusedAndWhy) {
  ReplyBuffer replies;
  EXPECT_TRUE(replies.empty());
  replies.AddLineError("expected '}', found \"", 17);
  replies.AddError("the server is draining");
  EXPECT_FALSE(replies.empty());
  EXPECT_EQ(replies.Take(),
            "{\"error\":\"expected '}', found \\\"\",\"line\":17}\n"
            "{\"error\":\"the server is draining\"}\n");
  EXPECT_TRUE(replies.empty());
}

TEST(ReplyBufferTest, CountsWhatFindsNoRoom) {
  ReplyBuffer replies;
  const std::string long_error(ReplyBuffer::kMaxBytes / 2, 'x');
  for (int line = 1; line <= 4; ++line) {
    replies.AddLineError(long_error, line);
  }
  replies.AddOmitted();
  EXPECT_THAT(
      replies.Take(),
      EndsWith("{\"error\":\"more errors were left out\",\"count\":3}\n"));
}

TEST(ReplyBufferTest, HoldsExactlyItsBound) {
  ReplyBuffer replies;
  const size_t around = std::string("{\"error\":\"\"}\n").size();
  replies.AddError(std::string(ReplyBuffer::kMaxBytes - around, 'x'));
  EXPECT_EQ(replies.Take().size(), ReplyBuffer::kMaxBytes);
  replies.AddError(std::string(ReplyBuffer::kMaxBytes - around + 1, 'x'));
  EXPECT_TRUE(replies.empty());
}

TEST(ReplyBufferTest, SaysInTheEndHowManyLinesAreFinal) {
  ReplyBuffer replies;
  replies.AddError(std::string(ReplyBuffer::kMaxBytes - 13, 'x'));
  replies.AddClosing("the server is draining", 42);
  EXPECT_THAT(
      replies.Take(),
      EndsWith("{\"error\":\"the server is draining: the first 42 lines "
               "are final, send again what came after them\","
               "\"final_lines\":42}\n"));
}

TEST(ReplyBufferTest, SaysInTheEndWhatIsFinalAndWhatThatIsWorth) {
  ReplyBuffer replies;
  replies.AddReceipt(42, AckLevel::kDisk);
  EXPECT_EQ(replies.Take(), "{\"final_lines\":42,\"ack_level\":\"DISK\"}\n");
}

TEST(ReplyBufferTest, AddsNothingWhenNothingWasLeftOut) {
  ReplyBuffer replies;
  replies.AddOmitted();
  EXPECT_EQ(replies.Take(), "");
}

}  // namespace
}  // namespace phoenix
