#include "libs/sinks/dead_letter_table/dead_letter_table.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/text.h"
#include "libs/sinks/dead_letter_table/table_schema.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Mode = SqliteDatabase::Mode;

constexpr absl::Time kTime = absl::FromUnixSeconds(1'700'000'000);

DeadLetter LetterOf(const std::string& id, const std::string& payload = "{}") {
  return {.id = Cat("/s#", id),
          .pipeline = "p",
          .revision = "7",
          .component = "plausible",
          .position = {.line = 12, .column = 5},
          .error_code = "INVALID_ARGUMENT",
          .error_message = "no such key",
          .attempts = 2,
          .time = kTime,
          .attributes = Cat(R"({"specversion":"1.0","id":")", id,
                            R"(","source":"/s","type":"t"})"),
          .payload = payload,
          .payload_kind = PayloadKind::kText};
}

class DeadLetterTableTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<DeadLetterTable>> TryOpen(Mode mode) {
    return DeadLetterTable::Open(path_, {.mode = mode});
  }

  std::unique_ptr<DeadLetterTable> Open(Mode mode = Mode::kCreate) {
    auto table = TryOpen(mode);
    EXPECT_TRUE(table.ok()) << table.status();
    return *std::move(table);
  }

  void RunSql(const std::string& sql) {
    auto database = SqliteDatabase::Open(path_, {.mode = Mode::kCreate});
    ASSERT_TRUE(database.ok());
    const absl::Status run = (*database)->Run(sql);
    ASSERT_TRUE(run.ok()) << run;
  }

  std::string ErrorOf(Mode mode) {
    return std::string(TryOpen(mode).status().message());
  }

  const TempDirectory directory_;
  const std::string path_ = directory_ / "dead.db";
};

std::vector<std::string> IdsOf(const std::vector<StoredDeadLetter>& page) {
  std::vector<std::string> ids;
  for (const StoredDeadLetter& stored : page) ids.push_back(stored.letter.id);
  return ids;
}

TEST_F(DeadLetterTableTest, GivesBackWhatWasPut) {
  const std::string bytes("\0{\xFF\n", 4);
  DeadLetter letter = LetterOf("1", bytes);
  letter.payload_kind = PayloadKind::kBinary;
  ASSERT_TRUE(Open()->Put(letter).ok());
  const auto found = Open(Mode::kRead)->Find("p", "/s#1");
  ASSERT_TRUE(found.ok() && found->has_value()) << found.status();
  const DeadLetter& kept = (*found)->letter;
  EXPECT_EQ((*found)->number, 1);
  EXPECT_EQ((*found)->first_failed, kTime);
  EXPECT_EQ((*found)->event_type, "t");
  EXPECT_EQ(kept.id, "/s#1");
  EXPECT_EQ(kept.pipeline, "p");
  EXPECT_EQ(kept.revision, "7");
  EXPECT_EQ(kept.component, "plausible");
  EXPECT_EQ(kept.position.line, 12);
  EXPECT_EQ(kept.position.column, 5);
  EXPECT_EQ(kept.error_code, "INVALID_ARGUMENT");
  EXPECT_EQ(kept.error_message, "no such key");
  EXPECT_EQ(kept.attempts, 2);
  EXPECT_EQ(kept.time, kTime);
  EXPECT_EQ(kept.attributes, letter.attributes);
  EXPECT_EQ(kept.payload, bytes);
  EXPECT_EQ(kept.payload_kind, PayloadKind::kBinary);
}

TEST_F(DeadLetterTableTest, ReplacesTheRowOfALetterThatComesAgain) {
  const auto table = Open();
  ASSERT_TRUE(table->Put(LetterOf("1")).ok());
  ASSERT_TRUE(table->Put(LetterOf("2")).ok());
  DeadLetter again = LetterOf("1", "[1,2]");
  again.component = "archive";
  again.error_message = "refused";
  again.attempts = 5;
  again.time = kTime + absl::Milliseconds(1500);
  ASSERT_TRUE(*table->Contains(again));
  ASSERT_TRUE(table->Put(again).ok());
  const auto page = table->ReadPage("p", 0);
  ASSERT_EQ(page->size(), 2u);
  const StoredDeadLetter& stored = (*page)[0];
  EXPECT_EQ(stored.number, 1);
  EXPECT_EQ(stored.letter.component, "archive");
  EXPECT_EQ(stored.letter.error_message, "refused");
  EXPECT_EQ(stored.letter.attempts, 7);
  EXPECT_EQ(stored.component_count, 2);
  EXPECT_EQ((*page)[1].component_count, 1);
  EXPECT_EQ(stored.first_failed, kTime);
  EXPECT_EQ(stored.letter.time, again.time);
  EXPECT_EQ(table->Totals()->letters, 2);
  EXPECT_EQ(
      table->Totals()->size_bytes,
      DeadLetterTable::SizeOf(LetterOf("2")) + DeadLetterTable::SizeOf(again));
}

TEST_F(DeadLetterTableTest, KeepsPipelinesApart) {
  const auto table = Open();
  DeadLetter other = LetterOf("1");
  other.pipeline = "q";
  ASSERT_TRUE(table->Put(LetterOf("1")).ok());
  ASSERT_TRUE(table->Put(other).ok());
  EXPECT_EQ(table->Totals()->letters, 2);
  EXPECT_EQ(table->ReadPage("p", 0)->size(), 1u);
  EXPECT_EQ(table->ReadPage("q", 0)->size(), 1u);
  EXPECT_FALSE(table->Find("p", "2")->has_value());
  EXPECT_EQ((*table->Find("q", "2"))->letter.pipeline, "q");
}

TEST_F(DeadLetterTableTest, ReadsPageByPage) {
  const auto table = Open();
  auto transaction = table->Begin();
  for (size_t i = 0; i < DeadLetterTable::kMaxPageLetters + 2; ++i) {
    ASSERT_TRUE(table->Put(LetterOf(Cat(i))).ok());
  }
  ASSERT_TRUE(transaction->Commit().ok());
  const auto first = table->ReadPage("p", 0);
  ASSERT_EQ(first->size(), DeadLetterTable::kMaxPageLetters);
  const auto second = table->ReadPage("p", first->back().number);
  EXPECT_THAT(IdsOf(*second), ElementsAre("/s#1000", "/s#1001"));
  EXPECT_TRUE(table->ReadPage("p", second->back().number)->empty());
}

TEST_F(DeadLetterTableTest, EndsAPageAtItsBytes) {
  const auto table = Open();
  const std::string large(DeadLetterTable::kMaxPageBytes, 'x');
  ASSERT_TRUE(table->Put(LetterOf("1", large)).ok());
  ASSERT_TRUE(table->Put(LetterOf("2")).ok());
  EXPECT_THAT(IdsOf(*table->ReadPage("p", 0)), ElementsAre("/s#1"));
  EXPECT_THAT(IdsOf(*table->ReadPage("p", 1)), ElementsAre("/s#2"));
}

TEST_F(DeadLetterTableTest, FindsByNumberLetterAndEvent) {
  const auto table = Open();
  ASSERT_TRUE(table->Put(LetterOf("a")).ok());
  ASSERT_TRUE(table->Put(LetterOf("b")).ok());
  EXPECT_EQ((*table->Find("p", "1"))->letter.id, "/s#a");
  EXPECT_EQ((*table->Find("p", "/s#b"))->number, 2);
  EXPECT_EQ((*table->Find("p", "b"))->number, 2);
  DeadLetter other = LetterOf("b", "{ }");
  other.id += "#00ff";
  ASSERT_TRUE(table->Put(other).ok());
  EXPECT_EQ((*table->Find("p", "/s#b"))->number, 2) << "a letter's whole id";
  EXPECT_EQ((*table->Find("p", "/s#b#00ff"))->number, 3);
  EXPECT_EQ((*table->Find("p", "b"))->number, 3) << "the last one";
  EXPECT_FALSE(table->Find("p", "c")->has_value());
}

TEST_F(DeadLetterTableTest, RemovesALetterUnlessItHasFailedAgain) {
  const auto table = Open();
  ASSERT_TRUE(table->Put(LetterOf("1")).ok());
  const StoredDeadLetter before = **table->Find("p", "1");
  ASSERT_TRUE(table->Put(LetterOf("1")).ok());
  EXPECT_FALSE(*table->Remove(before));
  EXPECT_TRUE(*table->Remove(**table->Find("p", "1")));
  EXPECT_EQ(table->Totals()->letters, 0);
  EXPECT_EQ(table->Totals()->size_bytes, 0);
  EXPECT_TRUE(table->Shrink().ok());
  ASSERT_TRUE(table->Put(LetterOf("2")).ok());
  EXPECT_GT((*table->Find("p", "2"))->number, 1) << "numbers are not reused";
}

TEST_F(DeadLetterTableTest, GivesTheRoomOfItsJournalBack) {
  const auto table = Open();
  DeadLetter letter = LetterOf("1");
  letter.payload = std::string(1 << 20, 'x');
  ASSERT_TRUE(table->Put(letter).ok());
  ASSERT_TRUE(*table->Remove(**table->Find("p", "1")));
  EXPECT_GT(std::filesystem::file_size(path_ + "-wal"), 1u << 20);
  ASSERT_TRUE(table->Shrink().ok());
  EXPECT_EQ(std::filesystem::file_size(path_ + "-wal"), 0u);
  EXPECT_LT(std::filesystem::file_size(path_), 1u << 20);
}

TEST_F(DeadLetterTableTest, DropsTheOldestAndCountsIt) {
  const auto table = Open();
  EXPECT_FALSE(*table->DropOldest());
  for (const char* id : {"1", "2", "3"}) {
    ASSERT_TRUE(table->Put(LetterOf(id)).ok());
  }
  EXPECT_TRUE(*table->DropOldest());
  EXPECT_THAT(IdsOf(*table->ReadPage("p", 0)), ElementsAre("/s#2", "/s#3"));
  EXPECT_EQ(table->Totals()->dropped, 1);
  EXPECT_EQ(Open()->Totals()->dropped, 1) << "it is kept";
}

TEST_F(DeadLetterTableTest, CountsWhatAnotherProgramDeletes) {
  ASSERT_TRUE(Open()->Put(LetterOf("1")).ok());
  RunSql("DELETE FROM dead_letters");
  EXPECT_EQ(Open()->Totals()->letters, 0);
}

TEST_F(DeadLetterTableTest, CanBeQueriedByHand) {
  DeadLetter letter = LetterOf("1", "{\"a\":5}");
  letter.attributes.insert(letter.attributes.size() - 1,
                           R"(,"traceparent":"00-ab-cd-01")");
  ASSERT_TRUE(Open()->Put(letter).ok());
  auto database = SqliteDatabase::Open(path_, {.mode = Mode::kRead});
  auto select = (*database)->Prepare(
      "SELECT event_id, event_source, event_type, traceparent, tracestate "
      "IS NULL, CAST(payload AS TEXT), last_failed FROM dead_letters");
  ASSERT_TRUE(select.ok()) << select.status();
  ASSERT_TRUE(*select->Step());
  EXPECT_EQ(select->Text(0), "1");
  EXPECT_EQ(select->Text(1), "/s");
  EXPECT_EQ(select->Text(2), "t");
  EXPECT_EQ(select->Text(3), "00-ab-cd-01");
  EXPECT_EQ(select->Integer(4), 1);
  EXPECT_EQ(select->Text(5), "{\"a\":5}");
  EXPECT_EQ(select->Text(6), "2023-11-14T22:13:20.000000Z");
}

TEST_F(DeadLetterTableTest, SaysThatThereIsNoFile) {
  EXPECT_TRUE(absl::IsNotFound(TryOpen(Mode::kRead).status()));
  EXPECT_TRUE(absl::IsNotFound(TryOpen(Mode::kWrite).status()));
}

TEST_F(DeadLetterTableTest, RefusesAFileThatIsNoDatabaseAndLeavesIt) {
  const std::string text(5000, 'x');
  directory_.Write("dead.db", text);
  for (const Mode mode : {Mode::kRead, Mode::kWrite, Mode::kCreate}) {
    EXPECT_THAT(ErrorOf(mode), HasSubstr("file is not a database"));
  }
  EXPECT_EQ(directory_.Read("dead.db"), text);
}

TEST_F(DeadLetterTableTest, RefusesTheDatabaseOfSomethingElse) {
  RunSql("CREATE TABLE customers (name); INSERT INTO customers VALUES ('a')");
  for (const Mode mode : {Mode::kRead, Mode::kWrite, Mode::kCreate}) {
    EXPECT_THAT(ErrorOf(mode), HasSubstr("is a database of something else"));
  }
  RunSql("INSERT INTO customers VALUES ('b')");
}

TEST_F(DeadLetterTableTest, RefusesANewerVersionAndLeavesIt) {
  ASSERT_TRUE(Open()->Put(LetterOf("1")).ok());
  RunSql("PRAGMA user_version = 2");
  for (const Mode mode : {Mode::kRead, Mode::kWrite, Mode::kCreate}) {
    EXPECT_THAT(ErrorOf(mode), HasSubstr("dead letters are of version 2: "
                                         "expected at most 1; use"));
  }
  RunSql("PRAGMA user_version = 1");
  EXPECT_EQ(Open()->Totals()->letters, 1);
}

TEST_F(DeadLetterTableTest, SaysThatADatabaseIsDamaged) {
  {
    const auto table = Open();
    ASSERT_TRUE(table->Put(LetterOf("1", std::string(100'000, 'x'))).ok());
  }
  std::string bytes = directory_.Read("dead.db");
  ASSERT_GT(bytes.size(), 20'000u);
  // All but the first page: the schema is read, the rows are not.
  bytes.replace(4096, bytes.size() - 4096, bytes.size() - 4096, '\xA5');
  directory_.Write("dead.db", bytes);
  const auto table = TryOpen(Mode::kCreate);
  const absl::Status damaged =
      table.ok() ? (*table)->ReadPage("p", 0).status() : table.status();
  EXPECT_TRUE(absl::IsDataLoss(damaged)) << damaged;
  EXPECT_EQ(directory_.Read("dead.db"), bytes);
}

TEST_F(DeadLetterTableTest, SaysThatAPathIsNoFile) {
  std::filesystem::create_directory(path_);
  EXPECT_THAT(ErrorOf(Mode::kCreate),
              HasSubstr("dead.db': unable to open database file"));
}

TEST_F(DeadLetterTableTest, IsMadeByTwoAtOnce) {
  const auto one = Open();
  const auto other = Open();
  ASSERT_TRUE(one->Put(LetterOf("1")).ok());
  ASSERT_TRUE(other->Put(LetterOf("2")).ok());
  EXPECT_EQ(one->Totals()->letters, 2);
}

}  // namespace
}  // namespace phoenix
