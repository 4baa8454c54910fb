#include "libs/telemetry/trace_context.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

constexpr char kExample[] =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceparentTest, ReadsAndWritesTheExampleOfTheStandard) {
  const auto context = ParseTraceparent(kExample);
  ASSERT_TRUE(context.ok());
  EXPECT_EQ(context->trace_id[0], 0x0a);
  EXPECT_EQ(context->trace_id[15], 0x9c);
  EXPECT_EQ(context->parent_id[0], 0xb7);
  EXPECT_TRUE(context->sampled());
  EXPECT_EQ(FormatTraceparent(*context), kExample);
}

TEST(TraceparentTest, ReadsALaterVersionAsFarAsItKnows) {
  std::string later = kExample;
  later[1] = '1';
  EXPECT_TRUE(ParseTraceparent(later).ok());
  EXPECT_TRUE(ParseTraceparent(later + "-more").ok());
  EXPECT_FALSE(ParseTraceparent(later + "more").ok());
}

TEST(TraceparentTest, RefusesALongerVersionZero) {
  EXPECT_FALSE(ParseTraceparent(std::string(kExample) + "-more").ok());
}

TEST(TraceparentTest, RefusesWhatIsMalformed) {
  for (const char* header :
       {"", "00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}) {
    const auto context = ParseTraceparent(header);
    EXPECT_EQ(context.status().code(), absl::StatusCode::kInvalidArgument)
        << header;
  }
}

TEST(TraceparentTest, ErrorsSayWhichPartIsWrong) {
  EXPECT_EQ(ParseTraceparent(
                "00-00000000000000000000000000000000-b7ad6b7169203331-01")
                .status()
                .message(),
            "traceparent: trace id is not 32 hexadecimal digits other than "
            "zero");
}

TEST(TraceparentTest, LeavesOutFlagsThatVersionZeroDoesNotKnow) {
  auto context = *ParseTraceparent(kExample);
  context.flags = 0xfe;
  EXPECT_EQ(FormatTraceparent(context).substr(53), "00");
  context.flags = 0xff;
  EXPECT_EQ(FormatTraceparent(context).substr(53), "01");
}

TEST(TracestateTest, AcceptsWhatTheStandardAllows) {
  for (const char* header :
       {"", "a=1", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "a=1 , b=2\t,c=3",
        "a=1,,b=2,", "1tenant@system=x", "a-b_c*d/e=f g",
        "k=!\"#$%&'()*+-./"}) {
    EXPECT_TRUE(ValidateTracestate(header).ok()) << header;
  }
}

TEST(TracestateTest, RefusesWhatIsMalformed) {
  for (const char* header :
       {"a", "=1", "a=", "A=1", "1a=1", "a=1,a=2", "a=b=c", "a@=1", "@b=1",
        "a@1b=1", "a=\x01", "a=\x7f", "a=\xc3\xa4", "a =1", ";a=1"}) {
    EXPECT_FALSE(ValidateTracestate(header).ok()) << header;
  }
}

TEST(TracestateTest, HoldsMembersToTheirLimit) {
  std::string header;
  for (int i = 0; i < kMaxTracestateMembers; ++i) {
    header += "k" + std::to_string(i) + "=v,";
  }
  EXPECT_TRUE(ValidateTracestate(header).ok());
  EXPECT_FALSE(ValidateTracestate(header + "one=more").ok());
}

TEST(TracestateTest, HoldsBytesToTheirLimit) {
  std::string header = "a=" + std::string(250, 'x') + ",b=";
  header += std::string(kMaxTracestateBytes - header.size(), 'y');
  EXPECT_FALSE(ValidateTracestate(header).ok()) << "a value above 256 bytes";
  header[300] = ',';
  header[301] = 'c';
  header[302] = '=';
  EXPECT_TRUE(ValidateTracestate(header).ok());
  EXPECT_FALSE(ValidateTracestate(header + "y").ok());
}

TEST(TracestateTest, HoldsKeysToTheirLimits) {
  EXPECT_TRUE(ValidateTracestate(std::string(256, 'k') + "=v").ok());
  EXPECT_FALSE(ValidateTracestate(std::string(257, 'k') + "=v").ok());
  const std::string tenant(241, 't');
  const std::string system(14, 's');
  EXPECT_TRUE(ValidateTracestate(tenant + "@" + system + "=v").ok());
  EXPECT_FALSE(ValidateTracestate(tenant + "t@" + system + "=v").ok());
  EXPECT_FALSE(ValidateTracestate(tenant + "@" + system + "s=v").ok());
}

TEST(TraceContextTest, AChildStaysInTheTraceUnderANewSpan) {
  Random random(1);
  const TraceContext parent = NewTrace(random, true);
  const TraceContext child = ChildOf(parent, random);
  EXPECT_EQ(child.trace_id, parent.trace_id);
  EXPECT_NE(child.parent_id, parent.parent_id);
  EXPECT_TRUE(child.sampled());
}

TEST(TraceContextTest, NewTracesDifferAndReadBack) {
  Random random(2);
  const TraceContext a = NewTrace(random, false);
  const TraceContext b = NewTrace(random, false);
  EXPECT_NE(a.trace_id, b.trace_id);
  EXPECT_FALSE(a.sampled());
  EXPECT_EQ(*ParseTraceparent(FormatTraceparent(a)), a);
}

}  // namespace
}  // namespace phoenix
