// A session with a real server: what errors say, and that no wait lasts.

#include "libs/sinks/postgres/connection.h"

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/sinks/postgres/copy_encoder.h"
#include "libs/sinks/postgres/testing/database.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest()
      : connection_(
            {.connection_string = Secret(Database().connection_string()),
             .timeout = absl::Seconds(20)}) {
    const absl::Status opened = connection_.Open();
    EXPECT_TRUE(opened.ok()) << opened;
  }

  PostgresConnection connection_;
};

TEST_F(ConnectionTest, GivesTheRowsOfTheLastStatement) {
  const auto rows = connection_.Query("SELECT 1; SELECT 2, NULL, 'x'");
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 1);
  ASSERT_EQ(rows->columns(), 3);
  EXPECT_EQ(rows->Get(0, 0), "2");
  EXPECT_EQ(rows->Get(0, 1), "");
  EXPECT_EQ(rows->Get(0, 2), "x");
}

TEST_F(ConnectionTest, SaysWhatIsWrongWithAStatementOnOneLine) {
  const absl::Status wrong = connection_.Run("SELECT * FROM nowhere");
  EXPECT_EQ(wrong, absl::FailedPreconditionError(
                       "relation \"nowhere\" does not exist (SQLSTATE 42P01)"));
  EXPECT_TRUE(connection_.is_open());
}

TEST_F(ConnectionTest, NamesTheRowThatACopyFailsOn) {
  ASSERT_TRUE(
      connection_.Run("CREATE TEMP TABLE ones (n text CHECK (n = '1'))").ok());
  using std::string_view_literals::operator""sv;
  const std::vector<std::string_view> chunks = {
      CopyHeader(), "\0\1\0\0\0\0011"sv, "\0\1\0\0\0\0012"sv, CopyTrailer()};
  const char kCopy[] = "COPY ones FROM STDIN (FORMAT binary)";
  EXPECT_TRUE(absl::IsInvalidArgument(connection_.CopyIn(kCopy, chunks)));
  EXPECT_EQ(connection_.FailedCopyRow("ones"), 2u);
  ASSERT_TRUE(
      connection_.CopyIn(kCopy, {chunks[0], chunks[1], chunks[3]}).ok());
  EXPECT_EQ(connection_.FailedCopyRow("ones"), 0u);
  EXPECT_EQ(connection_.Query("SELECT n FROM ones")->Get(0, 0), "1");
}

TEST_F(ConnectionTest, RefusesACopyToWhatIsNotThere) {
  EXPECT_TRUE(absl::IsFailedPrecondition(
      connection_.CopyIn("COPY nowhere FROM STDIN", {"1\n"})));
  EXPECT_TRUE(connection_.Run("SELECT 1").ok());
}

TEST_F(ConnectionTest, StopsWaitingWhenItIsCancelled) {
  std::thread canceller([this] { connection_.Cancel(); });
  const absl::Status stopped = connection_.Run("SELECT pg_sleep(3600)");
  canceller.join();
  EXPECT_TRUE(absl::IsCancelled(stopped)) << stopped;
  EXPECT_FALSE(connection_.is_open());
}

TEST_F(ConnectionTest, GivesUpOnAServerThatDoesNotAnswer) {
  PostgresConnection hasty(
      {.connection_string = Secret(Database().connection_string()),
       .timeout = absl::Milliseconds(1)});
  ASSERT_TRUE(hasty.Open().ok());
  const absl::Status late = hasty.Run("SELECT pg_sleep(3600)");
  EXPECT_EQ(late, absl::UnavailableError("server does not answer in time"));
  EXPECT_FALSE(hasty.is_open());
}

TEST_F(ConnectionTest, NoticesThatTheServerEndsTheSession) {
  const absl::Status lost =
      connection_.Run("SELECT pg_terminate_backend(pg_backend_pid())");
  EXPECT_TRUE(absl::IsUnavailable(lost));
  EXPECT_THAT(lost.message(), HasSubstr("terminating connection"));
  EXPECT_FALSE(connection_.is_open());
  EXPECT_TRUE(connection_.Open().ok());
}

TEST_F(ConnectionTest, QuotesSoThatTheServerReadsTheSame) {
  const std::string text = "it's \\ \"odd\"\n$1";
  const auto row = connection_.Query("SELECT " + QuoteText(text) + " AS " +
                                     QuoteName("a\"b.c"));
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_EQ(row->Get(0, 0), text);
  EXPECT_EQ(QuoteTableName("a.b\"c"), "\"a\".\"b\"\"c\"");
  EXPECT_EQ(QuoteTableName("t"), "\"t\"");
}

}  // namespace
}  // namespace phoenix
