#include "libs/sinks/postgres/sql_error.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(SqlErrorTest, TellsRowsFromStatementsAndTheRest) {
  for (const char* row :
       {"22P02", "22001", "23505", "23514", "54000", "P0001"}) {
    EXPECT_EQ(CodeOfSqlState(row), absl::StatusCode::kInvalidArgument) << row;
  }
  for (const char* statement : {"42P01", "42501", "28P01", "3D000", "42P10"}) {
    EXPECT_EQ(CodeOfSqlState(statement), absl::StatusCode::kFailedPrecondition)
        << statement;
  }
  for (const char* later : {"40001", "40P01", "53100", "53300", "57P01",
                            "57014", "25006", "58030", "XX000", "", "22P03"}) {
    EXPECT_EQ(CodeOfSqlState(later), absl::StatusCode::kUnavailable) << later;
  }
}

TEST(SqlErrorTest, FindsTheRowInWhateverLanguage) {
  EXPECT_EQ(RowInCopyContext("COPY t, line 12", "t"), 12u);
  EXPECT_EQ(RowInCopyContext("COPY t, line 7, column n: 5", "t"), 7u);
  EXPECT_EQ(RowInCopyContext("COPY t2, Zeile 3, Spalte n9", "t2"), 3u);
  EXPECT_EQ(RowInCopyContext("PL/pgSQL function f() line 4 at RAISE: COPY t, "
                             "line 9",
                             "t"),
            9u);
}

TEST(SqlErrorTest, FindsNoRowWhereNoneIsNamed) {
  EXPECT_EQ(RowInCopyContext("", "t"), 0u);
  EXPECT_EQ(RowInCopyContext("COPY other, line 12", "t"), 0u);
  EXPECT_EQ(RowInCopyContext("COPY t, line", "t"), 0u);
  EXPECT_EQ(RowInCopyContext("SQL statement \"SELECT 1\"", "t"), 0u);
}

}  // namespace
}  // namespace phoenix
