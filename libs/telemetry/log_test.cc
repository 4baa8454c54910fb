#include "libs/telemetry/log.h"

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/telemetry/captured_log.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LogTest : public testing::Test {
 protected:
  std::string LastLine() const { return output_.lines().back(); }

  CapturedLog output_;
  FakeClock clock_{absl::FromUnixMillis(1'700'000'000'123)};
  Logger log_{output_, clock_};
};

TEST_F(LogTest, WritesTimeLevelMessageAndFieldsOnOneLine) {
  log_.Warn("Sink is slow.", {{"queue_bytes", 512}, {"sink", "orders"}});
  EXPECT_THAT(output_.lines(),
              ElementsAre("2023-11-14T22:13:20.123Z warn Sink is slow. "
                          "queue_bytes=512 sink=orders"));
}

TEST_F(LogTest, WritesEveryKindOfValue) {
  log_.Info("Values.", {{"text", std::string("a")},
                        {"flag", true},
                        {"ratio", 0.25},
                        {"wait", absl::Milliseconds(1500)},
                        {"error", absl::NotFoundError("no file")},
                        {"big", uint64_t{18446744073709551615u}}});
  EXPECT_THAT(LastLine(), EndsWith("text=a flag=true ratio=0.25 wait=1.5s "
                                   "error=\"NOT_FOUND: no file\" "
                                   "big=18446744073709551615"));
}

TEST_F(LogTest, QuotesWhatWouldBreakTheLine) {
  log_.Info("Values.", {{"empty", ""},
                        {"feed", "a\nlevel=error"},
                        {"quote", "say \"x\""},
                        {"escape", "\x1b[31m"}});
  EXPECT_THAT(LastLine(), EndsWith(R"(empty="" feed="a\nlevel=error" )"
                                   R"(quote="say \"x\"" escape="\x1b[31m")"));
}

TEST_F(LogTest, LeavesSingleQuotesAsTheyAre) {
  log_.Info("Values.", {{"error", "file 'a b' is gone"},
                        {"path", R"(a\'b c)"},
                        {"word", "it's"}});
  EXPECT_THAT(LastLine(), EndsWith(R"(error="file 'a b' is gone" )"
                                   R"(path="a\\'b c" word=it's)"));
}

TEST_F(LogTest, CutsLongValues) {
  log_.Info("Values.", {{"a", std::string(kMaxLogValueBytes, 'x')}});
  EXPECT_THAT(LastLine(), EndsWith(std::string(kMaxLogValueBytes, 'x')));
  log_.Info("Values.", {{"a", std::string(kMaxLogValueBytes + 1, 'x')}});
  EXPECT_THAT(LastLine(), EndsWith("xxx..."));
  EXPECT_LT(LastLine().size(), kMaxLogValueBytes + 60);
}

TEST_F(LogTest, SecretsPrintAsAMarker) {
  log_.Info("Connected.", {{"password", Secret("hunter2")}});
  EXPECT_THAT(LastLine(), EndsWith("password=<secret>"));
}

TEST_F(LogTest, ContextComesBeforeTheFieldsOfTheLine) {
  const Logger component = log_.With({{"service.name", "phoenix"}})
                               .With({{"component.name", "orders"}});
  component.Info("Started.", {{"port", 80}});
  EXPECT_THAT(LastLine(), EndsWith("Started. service.name=phoenix "
                                   "component.name=orders port=80"));
}

TEST_F(LogTest, WhatIsBelowTheLevelIsNotWritten) {
  log_.Debug("Detail.");
  EXPECT_THAT(output_.lines(), IsEmpty());
  log_.SetLevel(LogLevel::kDebug);
  log_.With({{"a", 1}}).Debug("Detail.");
  EXPECT_EQ(output_.Count("debug Detail."), 1);
  log_.SetLevel(LogLevel::kOff);
  log_.Error("Lost.");
  EXPECT_EQ(output_.Count("Lost."), 0);
}

TEST_F(LogTest, RepeatsAreSuppressedAndCounted) {
  for (int i = 0; i < 5; ++i) log_.Warn("Sink is slow.");
  EXPECT_EQ(output_.Count("Sink is slow."), 1);
  clock_.Advance(kLogRepeatInterval);
  log_.Warn("Sink is slow.");
  EXPECT_EQ(output_.Count("Sink is slow."), 2);
  EXPECT_THAT(LastLine(), EndsWith("Sink is slow. suppressed=4"));
}

TEST_F(LogTest, ARepeatJustBeforeTheIntervalEndsIsSuppressed) {
  log_.Error("Lost.");
  clock_.Advance(kLogRepeatInterval - absl::Nanoseconds(1));
  log_.Error("Lost.");
  EXPECT_EQ(output_.Count("Lost."), 1);
}

TEST_F(LogTest, MessagesAndComponentsAreCountedApart) {
  log_.Warn("Sink is slow.");
  log_.Warn("Sink is away.");
  log_.With({{"component.name", "a"}}).Warn("Sink is slow.");
  log_.With({{"component.name", "b"}}).Warn("Sink is slow.");
  EXPECT_EQ(output_.lines().size(), 4u);
}

TEST_F(LogTest, InfoIsNeverSuppressed) {
  for (int i = 0; i < 3; ++i) log_.Info("Revision applied.");
  EXPECT_EQ(output_.Count("Revision applied."), 3);
}

TEST_F(LogTest, ThreadsWriteWholeLines) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) log_.Info("Line.", {{"n", n}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(output_.Count("info Line. n="), 400);
}

TEST(LogLevelTest, NamesReadBack) {
  for (LogLevel level : {LogLevel::kTrace, LogLevel::kDebug, LogLevel::kInfo,
                         LogLevel::kWarn, LogLevel::kError, LogLevel::kOff}) {
    LogLevel parsed = LogLevel::kTrace;
    EXPECT_TRUE(ParseLogLevel(LogLevelName(level), &parsed));
    EXPECT_EQ(parsed, level);
  }
  LogLevel unchanged = LogLevel::kWarn;
  EXPECT_FALSE(ParseLogLevel("WARN", &unchanged));
  EXPECT_EQ(unchanged, LogLevel::kWarn);
}

TEST(StderrLogSinkTest, WritesTheLineToStandardError) {
  testing::internal::CaptureStderr();
  StderrLogSink().Write("a line\n");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "a line\n");
}

TEST(ProcessLoggerTest, IsOneObject) {
  EXPECT_EQ(&Logger::Process(), &Logger::Process());
  EXPECT_TRUE(Logger::Process().IsOn(LogLevel::kInfo));
}

}  // namespace
}  // namespace phoenix
