#include "libs/sources/tcp/tcp_source.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_outlet.h"
#include "libs/net/testing/tcp_client.h"

namespace phoenix {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TcpSourceOptions LoopbackOptions() {
  TcpSourceOptions options;
  options.address = "127.0.0.1:0";
  options.decode.defaults = {"id-", "/test", "test.event", "application/json"};
  options.decode.buffer_bytes = 16 << 10;
  return options;
}

// The last reply when every line was taken.
std::string AllFinal(int lines) {
  return "{\"final_lines\":" + std::to_string(lines) +
         ",\"ack_level\":\"DELIVERED\"}\n";
}

class TcpSourceTest : public testing::Test {
 protected:
  void Start(TcpSourceOptions options = LoopbackOptions()) {
    source_ = std::make_unique<TcpSource>(std::move(options), clock_);
    ASSERT_TRUE(source_->Start(outlet_).ok());
  }
  uint16_t port() const { return source_->port(); }

  FakeClock clock_;
  FakeOutlet outlet_;
  std::unique_ptr<TcpSource> source_;
};

TEST_F(TcpSourceTest, ClosesOnceAllLinesHaveSettled) {
  Start();
  outlet_.SetAutoSettle(false);
  TcpClient client(port());
  ASSERT_TRUE(client.Send("{\"a\":1}\n{\"a\":2}\n{\"a\":3}"));
  client.HalfClose();
  ASSERT_TRUE(outlet_.WaitForEvents(3));
  while (outlet_.unsettled_count() > 0) outlet_.Settle();
  EXPECT_EQ(client.ReadAll(), AllFinal(3));
  EXPECT_THAT(outlet_.payloads(),
              ElementsAre("{\"a\":1}", "{\"a\":2}", "{\"a\":3}"));
}

TEST_F(TcpSourceTest, AnswersARefusedLineAndKeepsItsNeighbours) {
  Start();
  TcpClient client(port());
  ASSERT_TRUE(client.Send("1\nnonsense\n\xff\n4\n"));
  EXPECT_THAT(client.ReadUntil("\n"), HasSubstr("\"line\":2}"));
  EXPECT_THAT(client.ReadUntil("\n"), HasSubstr("\"line\":3}"));
  client.HalfClose();
  EXPECT_EQ(client.ReadAll(), AllFinal(4));
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "4"));
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("EVENT_INVALID", 2)));
}

TEST_F(TcpSourceTest, SurvivesALineOfAHundredMegabytes) {
  Start();
  TcpClient client(port());
  ASSERT_TRUE(client.Send("1\n"));
  const std::string megabyte(1 << 20, 'x');
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(client.Send(megabyte));
  ASSERT_TRUE(client.Send("\n3\n"));
  client.HalfClose();
  EXPECT_THAT(client.ReadAll(), HasSubstr("\"line\":2}"));
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "3"));
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("EVENT_TOO_LARGE", 1)));
}

TEST_F(TcpSourceTest, PassesNumbersBeyond64BitsThrough) {
  Start();
  TcpClient client(port());
  const std::string line = "{\"n\":92233720368547758089223372036854775808}";
  ASSERT_TRUE(client.Send(line + "\n"));
  client.HalfClose();
  EXPECT_EQ(client.ReadAll(), AllFinal(1));
  EXPECT_THAT(outlet_.payloads(), ElementsAre(line));
}

TEST_F(TcpSourceTest, RefusesTenThousandNestedArrays) {
  Start();
  TcpClient client(port());
  const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
  ASSERT_TRUE(client.Send(deep + "\n2\n"));
  client.HalfClose();
  EXPECT_THAT(client.ReadAll(), HasSubstr("\"line\":1}"));
  EXPECT_THAT(outlet_.payloads(), ElementsAre("2"));
}

TEST_F(TcpSourceTest, StopsReadingWithoutCreditAndLosesNothing) {
  TcpSourceOptions options = LoopbackOptions();
  options.linger = std::chrono::milliseconds(0);
  Start(options);
  outlet_.SetCredit(0);
  TcpClient client(port());
  std::string lines;
  std::vector<std::string> expected;
  for (int i = 0; i < 20'000; ++i) {
    expected.push_back(std::to_string(i));
    lines += expected.back() + "\n";
  }
  ASSERT_TRUE(client.Send(lines));
  client.HalfClose();
  for (int batch = 0; batch < 3; ++batch) {
    ASSERT_TRUE(outlet_.WaitForWaiters(1));
    outlet_.SetCredit(1);
  }
  outlet_.SetCredit(FakeOutlet::kUnlimited);
  EXPECT_EQ(client.ReadAll(), AllFinal(20'000));
  EXPECT_EQ(outlet_.payloads(), expected);
}

TEST_F(TcpSourceTest, GivesEachConnectionALaneOfItsOwn) {
  Start();
  TcpClient first(port()), second(port());
  ASSERT_TRUE(first.Send("1\n"));
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  ASSERT_TRUE(second.Send("2\n"));
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  EXPECT_NE(outlet_.events()[0].lane, outlet_.events()[1].lane);
  std::string scratch;
  EXPECT_NE(outlet_.batches()[0]->attribute(Attribute::kId).ToString(0),
            outlet_.batches()[1]->attribute(Attribute::kId).ToString(0));
}

TEST_F(TcpSourceTest, RefusesMoreConnectionsThanItMayHave) {
  TcpSourceOptions options = LoopbackOptions();
  options.max_connections = 1;
  Start(options);
  TcpClient first(port());
  ASSERT_TRUE(first.Send("1\n"));
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  EXPECT_THAT(TcpClient(port()).ReadAll(), HasSubstr("max_connections"));
  EXPECT_EQ(outlet_.rejected()["CONNECTION_LIMIT"], 1u);
  first.HalfClose();
  EXPECT_EQ(first.ReadAll(), AllFinal(1));
}

TEST_F(TcpSourceTest, TakesTheLinesOfAConnectionThatBroke) {
  Start();
  TcpClient client(port());
  ASSERT_TRUE(client.Send("1\n"));
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  client.Reset();
  TcpClient next(port());
  ASSERT_TRUE(next.Send("2\n"));
  next.HalfClose();
  EXPECT_EQ(next.ReadAll(), AllFinal(1));
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2"));
}

TEST_F(TcpSourceTest, TellsOpenConnectionsHowFarTheyCameWhenItDrains) {
  Start();
  outlet_.SetAutoSettle(false);
  TcpClient client(port());
  ASSERT_TRUE(client.Send("1\n2\n"));
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  source_->StopAccepting();
  EXPECT_FALSE(TcpClient(port()).connected());
  outlet_.Settle();
  const std::string last = client.ReadAll();
  EXPECT_THAT(last,
              AllOf(HasSubstr("draining"), EndsWith("\"final_lines\":2}\n")));
  EXPECT_TRUE(client.ended_in_order());
  client.HalfClose();
  source_->Stop();
}

TEST_F(TcpSourceTest, SaysHowFarItCameToASenderThatIsHeldUp) {
  TcpSourceOptions options = LoopbackOptions();
  options.linger = std::chrono::milliseconds(0);
  Start(options);
  outlet_.SetCredit(1);
  TcpClient client(port());
  ASSERT_TRUE(client.Send("1\n2\nbad\n"));
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  std::string more;
  while (more.size() < (100 << 10)) more += "12345\n";
  ASSERT_TRUE(client.Send(more));
  ASSERT_TRUE(outlet_.WaitForWaiters(1));
  source_->StopAccepting();
  std::thread stop([&] { source_->Stop(); });
  // Unread input in the socket must not destroy the reply.
  const std::string replies = client.ReadAll();
  EXPECT_THAT(replies, HasSubstr("\"line\":3}"));
  EXPECT_THAT(replies, EndsWith("\"final_lines\":3}\n"));
  EXPECT_TRUE(client.ended_in_order());
  client.HalfClose();
  stop.join();
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2"));
}

TEST_F(TcpSourceTest, WaitsABoundedTimeForAPeerThatDoesNotEnd) {
  Start();
  TcpClient client(port());
  ASSERT_TRUE(client.Send("1\n"));
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  source_->StopAccepting();
  source_->Stop();
  EXPECT_THAT(client.ReadAll(), EndsWith("\"final_lines\":1}\n"));
}

TEST_F(TcpSourceTest, CountsNeitherMoreNorLessThanItTook) {
  TcpSourceOptions options = LoopbackOptions();
  options.linger = std::chrono::hours(1);
  options.decode.buffer_bytes = 4096;
  Start(options);
  TcpClient client(port());
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "12345\n";
  ASSERT_TRUE(client.Send(lines));
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  source_->StopAccepting();
  EXPECT_THAT(client.ReadAll(),
              EndsWith("\"final_lines\":" +
                       std::to_string(outlet_.event_count()) + "}\n"));
  client.HalfClose();
  source_->Stop();
}

TEST_F(TcpSourceTest, SaysHowFarItCameWhenEventsAreGivenBack) {
  Start();
  outlet_.SetAutoSettle(false);
  TcpClient client(port());
  ASSERT_TRUE(client.Send("1\n2\n"));
  client.HalfClose();
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  outlet_.Settle(Outcome::kRetry);
  EXPECT_THAT(client.ReadAll(), EndsWith("\"final_lines\":0}\n"));
  EXPECT_TRUE(client.ended_in_order());
}

TEST_F(TcpSourceTest, ResetsWhatHasNoOutcomeWhenItStops) {
  Start();
  outlet_.SetAutoSettle(false);
  TcpClient client(port());
  ASSERT_TRUE(client.Send("1\n"));
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  source_->StopAccepting();
  source_->Stop();
  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_FALSE(client.ended_in_order());
}

TEST_F(TcpSourceTest, ClosesASilentConnection) {
  TcpSourceOptions options = LoopbackOptions();
  options.idle_timeout = std::chrono::milliseconds(20);
  Start(options);
  TcpClient client(port());
  ASSERT_TRUE(client.Send("1\n"));
  const std::string last = client.ReadAll();
  EXPECT_THAT(
      last, AllOf(HasSubstr("idle_timeout"), EndsWith("\"final_lines\":1}\n")));
  EXPECT_TRUE(client.ended_in_order());
}

TEST_F(TcpSourceTest, DoesNotTakeASenderThatIsHeldUpForSilent) {
  TcpSourceOptions options = LoopbackOptions();
  options.idle_timeout = std::chrono::milliseconds(20);
  Start(options);
  outlet_.SetCredit(0);
  TcpClient client(port());
  ASSERT_TRUE(client.Send("1\n"));
  ASSERT_TRUE(outlet_.WaitForWaiters(1));
  TcpClient silent(port());
  EXPECT_THAT(silent.ReadAll(), HasSubstr("\"final_lines\":0"));
  outlet_.SetCredit(FakeOutlet::kUnlimited);
  EXPECT_TRUE(outlet_.WaitForEvents(1));
}

TEST_F(TcpSourceTest, BoundsItsMemoryByWhatConnectionsHaveAndShare) {
  TcpSourceOptions options = LoopbackOptions();
  EXPECT_LT(TcpSource(options, clock_).max_memory_bytes(), 100u << 20);
  options.max_connections = 3;
  options.max_buffered_bytes = 10 << 20;
  options.decode.max_event_bytes = 200'000;
  EXPECT_EQ(TcpSource(options, clock_).max_memory_bytes(),
            (10u << 20) + 400'000 + 3u * (176 << 10));
  options.max_buffered_bytes = 0;
  EXPECT_EQ(TcpSource(options, clock_).max_memory_bytes(),
            4u * 400'000 + 3u * (176 << 10));
}

TEST_F(TcpSourceTest, SaysWhichLinesAreFinalWhenThereIsNoMemoryForOne) {
  TcpSourceOptions options = LoopbackOptions();
  options.decode.buffer_bytes = 4096;
  options.max_buffered_bytes = 0;
  Start(options);
  // As long a line as may be, not yet ended: it takes all that there is.
  TcpClient first(port());
  ASSERT_TRUE(first.Send(std::string(1'000'000, '1')));
  while (source_->buffered_bytes() < 4'000'000) std::this_thread::yield();
  TcpClient other(port());
  ASSERT_TRUE(other.Send("1\n"));
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  other.Send(std::string(1'000'000, '1'));
  EXPECT_THAT(other.ReadAll(), AllOf(HasSubstr("max_buffered_bytes"),
                                     HasSubstr("\"final_lines\":1}")));
  first.Reset();
  while (source_->buffered_bytes() > 0) std::this_thread::yield();
}

TEST_F(TcpSourceTest, BoundsABatchByTheLongestLine) {
  TcpSourceOptions options = LoopbackOptions();
  EXPECT_EQ(TcpSource(options, clock_).max_batch_bytes(), 5u << 20);
  options.decode.max_event_bytes = 4 << 20;
  EXPECT_EQ(TcpSource(options, clock_).max_batch_bytes(), 16u << 20);
}

TEST_F(TcpSourceTest, AnswersWhatIsInFlightWhileItDrains) {
  Start();
  outlet_.SetAutoSettle(false);
  TcpClient client(port());
  ASSERT_TRUE(client.Send("1\n"));
  client.HalfClose();
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  source_->StopAccepting();
  outlet_.Settle();
  client.ReadAll();
  source_->Stop();
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1"));
}

TEST_F(TcpSourceTest, IgnoresOutcomesThatComeAfterStop) {
  Start();
  outlet_.SetAutoSettle(false);
  TcpClient client(port());
  ASSERT_TRUE(client.Send("1\n"));
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  source_->Stop();
  source_.reset();
  EXPECT_EQ(outlet_.Settle(Outcome::kRetry), 1u);
}

TEST_F(TcpSourceTest, SaysThatThePortIsInUse) {
  Start();
  TcpSourceOptions options = LoopbackOptions();
  options.address = "127.0.0.1:" + std::to_string(port());
  TcpSource second(options, clock_);
  const absl::Status started = second.Start(outlet_);
  EXPECT_EQ(started.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(started.message()), HasSubstr("in use"));
  EXPECT_THAT(outlet_.rejected(), IsEmpty());
}

}  // namespace
}  // namespace phoenix
