// The sink against a real PostgreSQL: the contract of sinks, every type, and
// what the server does that no double does.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/text.h"
#include "libs/component/testing/sink_suite.h"
#include "libs/component/testing/test_batch.h"
#include "libs/sinks/postgres/postgres_sink.h"
#include "libs/sinks/postgres/testing/database.h"

namespace phoenix {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Fixture : public SinkFixture {
 public:
  Fixture() {
    Sql(Cat("CREATE TABLE ", table_, " (payload text, place serial)"));
  }
  std::unique_ptr<Sink> MakeSink() override {
    PostgresSink::Options options = ExactlyOnceOptions(
        table_, {ColumnOf("payload", ColumnType::kText, "data")});
    return std::make_unique<PostgresSink>(std::move(options));
  }
  std::vector<std::string> Arrived() override {
    return Sql(Cat("SELECT translate(payload, E'\\r\\n', '  ') FROM ", table_,
                   " ORDER BY place"));
  }
  bool Break() override {
    Sql(Cat("ALTER TABLE ", table_, " DROP COLUMN payload"));
    return true;
  }

 private:
  const std::string table_ = NewTableName();
};

const bool kPlain = RegisterSinkSuite(
    {.name = "Postgres",
     .make_fixture = [] { return std::make_unique<Fixture>(); },
     .can_break = true});

std::string Created(const std::string& columns) {
  std::string table = NewTableName();
  Sql(Cat("CREATE TABLE ", table, " (", columns, ")"));
  return table;
}

const std::vector<Column>& NumberColumn() {
  static const std::vector<Column> columns = {
      ColumnOf("n", ColumnType::kBigint, "data.n")};
  return columns;
}

std::vector<std::string> Written(const std::string& table) {
  return Sql(Cat("SELECT * FROM ", table, " ORDER BY 1"));
}

EventBatchPtr Numbers(const std::vector<std::string>& numbers) {
  std::vector<std::string> payloads;
  for (const std::string& n : numbers) payloads.push_back("{\"n\":" + n + "}");
  return MakeBatch(payloads);
}

TEST(PostgresServerTest, WritesEveryTypeSoThatTheServerReadsTheSame) {
  const std::string table = NewTableName();
  const std::pair<ColumnType, std::string> kValues[] = {
      {ColumnType::kText, R"("gr\u00fc\u00dfe \ud83d\ude00")"},
      {ColumnType::kInteger, "-2147483648"},
      {ColumnType::kBigint, "9223372036854775807"},
      {ColumnType::kDouble, "-1.25e-300"},
      {ColumnType::kNumeric, "-123456789012345678901234567890.0001000"},
      {ColumnType::kBoolean, "true"},
      {ColumnType::kTimestamptz, R"("2024-02-29T23:59:59.123456+01:00")"},
      {ColumnType::kUuid, R"("00112233-4455-6677-8899-aabbccddeeff")"},
      {ColumnType::kJsonb, R"({"b":[1,2.50],"a":"x"})"},
      {ColumnType::kBytea, R"("ab")"},
  };
  std::vector<Column> columns;
  std::string payload;
  for (const auto& [type, json] : kValues) {
    const std::string name = Cat("c", columns.size());
    columns.push_back(ColumnOf(name, type, "data." + name));
    CatTo(payload, payload.empty() ? "{" : ",", "\"", name, "\":", json);
  }
  PostgresSink sink(SinkOptions(table, columns));
  OpenSink(sink);
  EXPECT_THAT(Deliver(sink, MakeBatch({payload + "}", std::string("{}")})),
              Each("delivered"));
  EXPECT_THAT(
      Sql(Cat("SET timezone = UTC; SELECT * FROM ", table, " ORDER BY c1")),
      ElementsAre("grüße 😀|-2147483648|9223372036854775807|-1.25e-300|"
                  "-123456789012345678901234567890.0001000|t|"
                  "2024-02-29 22:59:59.123456+00|"
                  "00112233-4455-6677-8899-aabbccddeeff|"
                  R"({"a": "x", "b": [1, 2.50]}|\x6162)",
                  "|||||||||"));
}

TEST(PostgresServerTest, WritesNumericsAsTheServerReadsTheirText) {
  const std::string table = NewTableName();
  const std::vector<std::string> numbers = {
      "0",      "0.000",   "1e4",      "12345678",  "0.00012345",
      "1e-8",   "99999.9", "-0.10",    "1.50e3",    "10000000000000000",
      "123e-7", "5e20",    "-1000.01", "0.1000000", "40000.00004"};
  PostgresSink sink(
      SinkOptions(table, {ColumnOf("value", ColumnType::kNumeric, "data.n"),
                          ColumnOf("written", ColumnType::kText, "data.n")}));
  OpenSink(sink);
  EXPECT_THAT(Deliver(sink, Numbers(numbers)), Each("delivered"));
  EXPECT_THAT(Sql(Cat("SELECT value, written FROM ", table,
                      " WHERE value::text <> written::numeric::text")),
              IsEmpty());
  EXPECT_THAT(Written(table), SizeIs(numbers.size()));
}

TEST(PostgresServerTest, MakesATableOfWholeEvents) {
  const std::string table = NewTableName();
  PostgresSink sink(SinkOptions(table, DefaultColumns()));
  OpenSink(sink);
  EXPECT_THAT(
      Deliver(sink,
              MakeBatch({TestEvent{.payload = "{\"a\":1}", .subject = "s"},
                         TestEvent{.payload = "a,b",
                                   .data_content_type = "text/csv"}})),
      Each("delivered"));
  EXPECT_THAT(Sql(Cat("SELECT id, source, type, subject, time, "
                      "datacontenttype, data, extensions FROM ",
                      table, " ORDER BY id")),
              ElementsAre("0|/test|test|s|||{\"a\": 1}|",
                          "1|/test|test|||text/csv|\"a,b\"|"));
}

TEST(PostgresServerTest, KeepsNamesApartFromSql) {
  Sql("CREATE SCHEMA \"Plant; --\"");
  PostgresSink sink(
      SinkOptions("Plant; --.Odd \"table\"",
                  {ColumnOf("a.b \"c\"", ColumnType::kText, "data.v")}));
  OpenSink(sink);
  EXPECT_THAT(Deliver(sink, MakeBatch({std::string(R"({"v":"'; \\"})")})),
              ElementsAre("delivered"));
  EXPECT_THAT(Sql("SELECT \"a.b \"\"c\"\"\" FROM \"Plant; --\".\"Odd "
                  "\"\"table\"\"\""),
              ElementsAre("'; \\"));
}

TEST(PostgresServerTest, RejectsOnlyTheRowsThatConstraintsRefuse) {
  const std::string table =
      Created("n bigint PRIMARY KEY CHECK (n <> 13), other int DEFAULT 7");
  PostgresSink sink(SinkOptions(table, NumberColumn()));
  OpenSink(sink);
  std::vector<std::string> why;
  EXPECT_THAT(
      Deliver(sink, Numbers({"1", "13", "2", "null", "1", "\"x\"", "3"}), &why),
      ElementsAre("delivered", "rejected", "delivered", "rejected", "rejected",
                  "rejected", "delivered"));
  EXPECT_THAT(Written(table), ElementsAre("1|7", "2|7", "3|7"));
  EXPECT_THAT(why, SizeIs(4));
  EXPECT_THAT(why, Contains(HasSubstr("violates check constraint")));
  EXPECT_THAT(why, Contains(HasSubstr("violates not-null constraint")));
  EXPECT_THAT(why, Contains(HasSubstr("(n)=(1) already exists")));
  EXPECT_THAT(why, Contains(HasSubstr("\"x\" is no 'bigint'")));
}

TEST(PostgresServerTest, FindsRowsThatTheServerDoesNotName) {
  const std::string parent = Created("n bigint PRIMARY KEY");
  Sql(Cat("INSERT INTO ", parent, " SELECT generate_series(0, 99)"));
  const std::string table = Created(
      Cat("n bigint REFERENCES ", parent, " DEFERRABLE INITIALLY DEFERRED"));
  PostgresSink sink(SinkOptions(table, NumberColumn()));
  OpenSink(sink);
  std::vector<std::string> numbers;
  for (int i = 0; i < 50; ++i) numbers.push_back(Cat(i * 3));
  const std::vector<std::string> names = Deliver(sink, Numbers(numbers));
  EXPECT_EQ(std::count(names.begin(), names.end(), "rejected"), 16);
  EXPECT_EQ(names[33], "delivered");
  EXPECT_EQ(names[34], "rejected");
  EXPECT_THAT(Written(table), SizeIs(34));
}

TEST(PostgresServerTest, RejectsJsonThatOnlyTheServerRefuses) {
  const std::string table = NewTableName();
  PostgresSink sink(
      SinkOptions(table, {ColumnOf("data", ColumnType::kJsonb, "data")}));
  OpenSink(sink);
  EXPECT_THAT(Deliver(sink, MakeBatch({"{\"a\":1}", "{\"a\":\"\\u0000\"}",
                                       "{\"a\" 1}", "{\"a\":2}"})),
              ElementsAre("delivered", "rejected", "rejected", "delivered"));
  EXPECT_THAT(Written(table), ElementsAre("{\"a\": 1}", "{\"a\": 2}"));
}

TEST(PostgresServerTest, RejectsWhatATriggerRaises) {
  const std::string table = Created("n bigint");
  Sql(Cat("CREATE FUNCTION refuse_", table,
          "() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.n = 2 THEN "
          "RAISE 'no twos'; END IF; RETURN NEW; END$$; CREATE TRIGGER t BEFORE "
          "INSERT ON ",
          table, " FOR EACH ROW EXECUTE FUNCTION refuse_", table, "()"));
  PostgresSink sink(SinkOptions(table, NumberColumn()));
  OpenSink(sink);
  std::vector<std::string> why;
  EXPECT_THAT(Deliver(sink, Numbers({"1", "2", "3"}), &why),
              ElementsAre("delivered", "rejected", "delivered"));
  EXPECT_THAT(why, ElementsAre(HasSubstr("no twos")));
}

std::vector<Column> KeyedColumns() {
  return {ColumnOf("key", ColumnType::kText, "data.k"),
          ColumnOf("n", ColumnType::kBigint, "data.n")};
}

PostgresSink::Options UpsertOptions(const std::string& table) {
  PostgresSink::Options options = SinkOptions(table, KeyedColumns());
  options.table.key = {0};
  return options;
}

TEST(PostgresServerTest, ReplacesRowsOfTheSameKeyByTheLast) {
  const std::string table = NewTableName();
  PostgresSink sink(UpsertOptions(table));
  OpenSink(sink);
  EXPECT_EQ(sink.guarantee(), DeliveryGuarantee::kIdempotent);
  EXPECT_THAT(
      Deliver(sink, MakeBatch({R"({"k":"a","n":1})", R"({"k":"b","n":2})",
                               R"({"k":"a","n":3})"})),
      Each("delivered"));
  EXPECT_THAT(Written(table), ElementsAre("a|3", "b|2"));
  EXPECT_THAT(Deliver(sink, MakeBatch({R"({"k":"b"})", R"({"n":5})",
                                       R"({"k":"c","n":6})"})),
              ElementsAre("delivered", "rejected", "delivered"));
  EXPECT_THAT(Written(table), ElementsAre("a|3", "b|", "c|6"));
}

TEST(PostgresServerTest, RejectsOnlyTheRowsThatAMergeRefuses) {
  const std::string table =
      Created("key varchar(3) PRIMARY KEY, n bigint CHECK (n > 0)");
  PostgresSink sink(UpsertOptions(table));
  OpenSink(sink);
  EXPECT_THAT(
      Deliver(sink, MakeBatch({R"({"k":"a","n":1})", R"({"k":"b","n":-2})",
                               R"({"k":"long","n":3})", R"({"k":"c","n":4})",
                               R"({"k":"d","n":-5})"})),
      ElementsAre("delivered", "rejected", "rejected", "delivered",
                  "rejected"));
  EXPECT_THAT(Written(table), ElementsAre("a|1", "c|4"));
}

TEST(PostgresServerTest, SaysAtTheStartWhatIsWrong) {
  const std::string table = Created("n integer, key text");
  const auto error = [](PostgresSink::Options options) {
    return std::string(PostgresSink(std::move(options)).Open().message());
  };
  PostgresSink::Options options = SinkOptions("missing", NumberColumn());
  options.table.create = false;
  EXPECT_THAT(error(options), HasSubstr("`table`: table 'missing' does not"));
  EXPECT_THAT(error(SinkOptions("no_schema.t", NumberColumn())),
              HasSubstr("`create_table`: schema \"no_schema\" does not"));
  EXPECT_THAT(error(SinkOptions(table, NumberColumn())),
              HasSubstr("`columns`: column 'n' of table '" + table +
                        "' is of type 'integer', expected 'bigint'"));
  EXPECT_THAT(
      error(SinkOptions(table, {ColumnOf("m", ColumnType::kText, "data.m")})),
      HasSubstr("has no column 'm'"));
  options = UpsertOptions(Created("key text, n bigint"));
  EXPECT_THAT(error(options), HasSubstr("`upsert.key`: there is no unique"));
  options = ExactlyOnceOptions(NewTableName(), NumberColumn());
  options.positions->table = "no_positions";
  options.positions->create = false;
  EXPECT_THAT(error(options), HasSubstr("`exactly_once.table`"));
}

TEST(PostgresServerTest, SaysAtTheStartWhyItMayNotConnectOrWrite) {
  const std::string table = Created("n bigint");
  Sql("CREATE ROLE reader LOGIN");
  PostgresSink::Options options = SinkOptions(table, NumberColumn());
  options.table.create = false;
  const std::string base = Database().connection_string();
  options.connection.connection_string = Secret(base + " dbname=nowhere");
  absl::Status opened = PostgresSink(options).Open();
  EXPECT_THAT(opened.message(), HasSubstr("`connection`: connect: "));
  EXPECT_THAT(opened.message(), HasSubstr("\"nowhere\" does not exist"));
  options.connection.connection_string = Secret(base + " user=reader");
  opened = PostgresSink(options).Open();
  EXPECT_THAT(opened.message(), HasSubstr("`table`: permission denied"));
}

TEST(PostgresServerTest, StartsBeforeItsServerDoes) {
  PostgresSink::Options options = SinkOptions("t", NumberColumn());
  options.connection.connection_string = Secret("host=127.0.0.1 port=1");
  PostgresSink sink(options);
  OpenSink(sink);
  std::vector<std::string> why;
  EXPECT_THAT(Deliver(sink, Numbers({"1"}), &why), ElementsAre("retry"));
  EXPECT_THAT(why, ElementsAre(HasSubstr("write to table 't': connect: ")));
  EXPECT_TRUE(sink.Close().ok());
}

TEST(PostgresServerTest, RetriesWhatLosesADeadlockOrALock) {
  const std::string table = Created("n bigint");
  PostgresSink::Options options = SinkOptions(table, NumberColumn());
  options.connection.timeout = absl::Milliseconds(300);
  PostgresSink sink(options);
  OpenSink(sink);
  PostgresConnection other(
      {.connection_string = Secret(Database().connection_string())});
  ASSERT_TRUE(other.Open().ok());
  ASSERT_TRUE(other.Run(Cat("BEGIN; LOCK TABLE ", table)).ok());
  EXPECT_THAT(Deliver(sink, Numbers({"1"})), ElementsAre("retry"));
  ASSERT_TRUE(other.Run("ROLLBACK").ok());
  EXPECT_THAT(Deliver(sink, Numbers({"1"})), ElementsAre("delivered"));
  EXPECT_THAT(Written(table), ElementsAre("1"));
}

TEST(PostgresServerTest, CommitsWhenATransactionIsFull) {
  const std::string table = NewTableName();
  PostgresSink::Options options = SinkOptions(table, NumberColumn());
  options.max_transaction_bytes = 1;
  PostgresSink sink(options);
  OpenSink(sink);
  sink.Write(AllOf(Numbers({"1", "2"})), [](const BatchOutcome&) {});
  EXPECT_THAT(Written(table), SizeIs(2));
}

TEST(PostgresServerTest, EndsSoonWhenItIsCancelled) {
  PostgresSink sink(SinkOptions(NewTableName(), NumberColumn()));
  OpenSink(sink);
  sink.Cancel();
  std::vector<std::string> why;
  EXPECT_THAT(Deliver(sink, Numbers({"1"}), &why), ElementsAre("retry"));
  EXPECT_THAT(why, ElementsAre(HasSubstr("sink was stopped")));
}

}  // namespace
}  // namespace phoenix
