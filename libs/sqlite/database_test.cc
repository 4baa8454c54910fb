#include "libs/sqlite/database.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class SqliteDatabaseTest : public testing::Test {
 protected:
  SqliteDatabaseTest() { std::filesystem::remove_all(path_); }
  ~SqliteDatabaseTest() override { std::filesystem::remove_all(path_); }

  std::unique_ptr<SqliteDatabase> Open(
      SqliteDatabase::Mode mode = SqliteDatabase::Mode::kCreate) {
    auto database = SqliteDatabase::Open(
        path_, {.mode = mode, .max_wait = absl::ZeroDuration()});
    EXPECT_TRUE(database.ok()) << database.status();
    return *std::move(database);
  }

  const std::string path_ =
      testing::TempDir() + "/sqlite_test." +
      testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(SqliteDatabaseTest, GivesBackWhatWasBound) {
  const auto database = Open();
  ASSERT_TRUE(database->Run("CREATE TABLE t (n, s, b)").ok());
  auto insert = database->Prepare("INSERT INTO t VALUES (?1, ?2, ?3)");
  ASSERT_TRUE(insert.ok()) << insert.status();
  const std::string bytes("\0\xFF", 2);
  insert->Bind(1, int64_t{1} << 40);
  insert->Bind(2, std::string_view("text"));
  insert->BindBlob(3, bytes);
  ASSERT_TRUE(insert->Run().ok());
  EXPECT_EQ(database->changes(), 1);

  auto select = database->Prepare("SELECT n, s, b, NULL FROM t");
  ASSERT_TRUE(select.ok());
  ASSERT_TRUE(*select->Step());
  EXPECT_EQ(select->Integer(0), int64_t{1} << 40);
  EXPECT_EQ(select->Text(1), "text");
  EXPECT_EQ(select->Blob(2), bytes);
  EXPECT_EQ(select->Text(3), "");
  EXPECT_FALSE(*select->Step());
}

TEST_F(SqliteDatabaseTest, TellsEmptyFromNull) {
  const auto database = Open();
  auto select = database->Prepare("SELECT ?1 IS NULL, ?2 IS NULL");
  ASSERT_TRUE(select.ok());
  select->Bind(1, std::string_view());
  select->BindBlob(2, {});
  ASSERT_TRUE(*select->Step());
  EXPECT_EQ(select->Integer(0), 0);
  EXPECT_EQ(select->Integer(1), 0);
}

TEST_F(SqliteDatabaseTest, RunsAStatementAnewAfterAnError) {
  const auto database = Open();
  ASSERT_TRUE(database->Run("CREATE TABLE t (n UNIQUE)").ok());
  auto insert = database->Prepare("INSERT INTO t VALUES (?1)");
  insert->Bind(1, int64_t{1});
  ASSERT_TRUE(insert->Run().ok());
  EXPECT_EQ(insert->Run().code(), absl::StatusCode::kFailedPrecondition);
  insert->Bind(1, int64_t{2});
  EXPECT_TRUE(insert->Run().ok());
  insert->Bind(7, int64_t{2});
  EXPECT_FALSE(insert->Run().ok()) << "there is no such parameter";
  EXPECT_EQ(*database->QueryInteger("SELECT count(*) FROM t"), 2);
}

TEST_F(SqliteDatabaseTest, UndoesATransactionThatWasNotCommitted) {
  const auto database = Open();
  ASSERT_TRUE(database->Run("CREATE TABLE t (n)").ok());
  {
    auto undone = SqliteTransaction::Begin(*database);
    ASSERT_TRUE(undone.ok());
    ASSERT_TRUE(database->Run("INSERT INTO t VALUES (1)").ok());
  }
  auto kept = SqliteTransaction::Begin(*database);
  ASSERT_TRUE(database->Run("INSERT INTO t VALUES (2)").ok());
  ASSERT_TRUE(kept->Commit().ok());
  EXPECT_EQ(*database->QueryInteger("SELECT sum(n) FROM t"), 2);
}

TEST_F(SqliteDatabaseTest, SaysThatSomebodyElseWrites) {
  const auto database = Open();
  const auto other = Open();
  const auto transaction = SqliteTransaction::Begin(*database);
  ASSERT_TRUE(transaction.ok());
  EXPECT_EQ(SqliteTransaction::Begin(*other).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(SqliteDatabaseTest, SaysWhatIsWrongWithAFile) {
  const auto missing =
      SqliteDatabase::Open(path_, {.mode = SqliteDatabase::Mode::kRead});
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.status().message()),
              StartsWith("'" + path_ + "': "));
  std::ofstream(path_) << std::string(4096, 'x');
  const auto text = Open(SqliteDatabase::Mode::kWrite);
  EXPECT_EQ(
      text->QueryInteger("SELECT count(*) FROM sqlite_master").status().code(),
      absl::StatusCode::kFailedPrecondition);
}

TEST_F(SqliteDatabaseTest, ChangesNothingInReadMode) {
  ASSERT_TRUE(Open()->Run("CREATE TABLE t (n)").ok());
  const auto database = Open(SqliteDatabase::Mode::kRead);
  EXPECT_TRUE(database->is_read_only());
  EXPECT_EQ(database->Run("INSERT INTO t VALUES (1)").code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_FALSE(Open(SqliteDatabase::Mode::kWrite)->is_read_only());
}

TEST_F(SqliteDatabaseTest, NamesTheFaultInWrongSql) {
  const absl::Status wrong = Open()->Run("SELEKT 1");
  EXPECT_EQ(wrong.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(wrong.message()), HasSubstr("SELEKT"));
  EXPECT_EQ(Open()->Prepare("SELECT x FROM nowhere").status().code(),
            absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace phoenix
