#include "libs/sinks/postgres/testing/database.h"

#include <cstdlib>
#include <memory>
#include <utility>

#include "gtest/gtest.h"
#include "libs/base/text.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {

PostgresServer& Database() {
  static const std::unique_ptr<PostgresServer> server = [] {
    auto started = PostgresServer::Start();
    EXPECT_TRUE(started.ok()) << started.status();
    if (!started.ok()) std::abort();
    return *std::move(started);
  }();
  return *server;
}

std::vector<std::string> Sql(const std::string& sql) {
  PostgresConnection connection(
      {.connection_string = Secret(Database().connection_string())});
  const absl::Status opened = connection.Open();
  EXPECT_TRUE(opened.ok()) << opened;
  if (!opened.ok()) return {};
  const auto rows =
      connection.Query(Cat("SET client_min_messages = error; ", sql));
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::vector<std::string> lines;
  for (int row = 0; rows.ok() && row < rows->size(); ++row) {
    lines.emplace_back(rows->Get(row, 0));
    for (int i = 1; i < rows->columns(); ++i) {
      CatTo(lines.back(), "|", rows->Get(row, i));
    }
  }
  return lines;
}

std::string NewTableName() {
  static int count = 0;
  return Cat("table_", ++count);
}

PostgresSink::Options SinkOptions(const std::string& table,
                                  std::vector<Column> columns) {
  PostgresSink::Options options;
  options.name = "out";
  options.connection.connection_string = Secret(Database().connection_string());
  options.connection.timeout = absl::Seconds(10);
  options.table.name = table;
  options.table.columns = std::move(columns);
  options.table.create = true;
  return options;
}

PostgresSink::Options ExactlyOnceOptions(const std::string& table,
                                         std::vector<Column> columns) {
  PostgresSink::Options options = SinkOptions(table, std::move(columns));
  options.positions = {.create = true, .sink = Cat("p/", table)};
  return options;
}

Column ColumnOf(const std::string& name, ColumnType type,
                const std::string& field) {
  return {.name = name, .type = type, .field = ParseEventField(field)};
}

EventBatchPtr LoggedBatch(int64_t first_offset, int count,
                          const std::string& log) {
  std::vector<std::string> payloads;
  for (int i = 0; i < count; ++i) {
    payloads.push_back(Cat("{\"n\":", first_offset + i, "}"));
  }
  auto columns = MakeBatch(payloads)->columns();
  columns.identity = {.log = log, .first_offset = first_offset};
  return std::make_shared<const EventBatch>(std::move(columns));
}

void OpenSink(PostgresSink& sink) {
  const absl::Status opened = sink.Open();
  ASSERT_TRUE(opened.ok()) << opened;
}

std::vector<std::string> Deliver(Sink& sink, EventBatchPtr batch,
                                 std::vector<std::string>* why) {
  OutcomeRecorder recorder;
  sink.Write(AllOf(std::move(batch)), recorder.Callback());
  sink.Flush();
  EXPECT_EQ(recorder.calls(), 1u);
  if (recorder.calls() == 0) return {};
  for (const OutcomeDetail& detail : recorder.outcome().details()) {
    if (why != nullptr) why->push_back(detail.status.ToString());
  }
  return recorder.names();
}

}  // namespace phoenix
