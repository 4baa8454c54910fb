// The PostgreSQL sink beside `\copy` of psql: the same rows into tables that
// are alike, in turn, against one server. Prints rows a second and the ratio.
//
//   copy_benchmark [ROWS [ROUNDS]]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "integration/servers/child_process.h"
#include "integration/servers/postgres_server.h"
#include "integration/servers/server_folder.h"
#include "libs/base/text.h"
#include "libs/component/testing/test_batch.h"
#include "libs/sinks/postgres/postgres_sink.h"

namespace phoenix {
namespace {

constexpr int kBatchRows = 1000;

[[noreturn]] void Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

void Check(const absl::Status& status) {
  if (!status.ok()) Fail(status);
}

std::vector<Column> Columns() {
  const auto of = [](const char* name, ColumnType type) {
    return Column{name, type, ParseEventField(Cat("data.", name))};
  };
  return {of("at", ColumnType::kTimestamptz), of("sensor", ColumnType::kText),
          of("value", ColumnType::kDouble),   of("count", ColumnType::kBigint),
          of("ok", ColumnType::kBoolean),     of("note", ColumnType::kText)};
}

constexpr char kTable[] =
    "(at timestamptz, sensor text, value double precision, count bigint, "
    "ok boolean, note text)";

// One row as psql reads it, and as an event has it.
struct Row {
  std::string line;
  std::string payload;
};

Row RowOf(int n) {
  const std::string at =
      Cat("2026-01-", 10 + n % 20, "T12:00:", 10 + n % 50, ".123456Z");
  const std::string sensor = Cat("sensor-", n % 1000);
  const std::string value = Cat(n % 97, ".", 100 + n % 900);
  const std::string note = "a note of some words, as there are in most rows";
  const char* const ok = n % 3 == 0 ? "true" : "false";
  return {
      Cat(at, "\t", sensor, "\t", value, "\t", n, "\t", ok, "\t", note, "\n"),
      Cat("{\"at\":\"", at, "\",\"sensor\":\"", sensor, "\",\"value\":", value,
          ",\"count\":", n, ",\"ok\":", ok, ",\"note\":\"", note, "\"}")};
}

double Seconds(absl::Time since) {
  return absl::ToDoubleSeconds(absl::Now() - since);
}

class Comparison {
 public:
  explicit Comparison(int rows) : rows_(rows), file_(folder_ / "rows.tsv") {
    auto started = PostgresServer::Start();
    Check(started.status());
    server_ = *std::move(started);
    std::ofstream file(file_);
    for (int n = 0; n < rows; n += kBatchRows) {
      std::vector<std::string> payloads;
      for (int i = n; i < std::min(rows, n + kBatchRows); ++i) {
        Row row = RowOf(i);
        file << row.line;
        payloads.push_back(std::move(row.payload));
      }
      auto columns = MakeBatch(payloads)->columns();
      columns.identity = {.log = "bench", .first_offset = n};
      batches_.push_back(
          std::make_shared<const EventBatch>(std::move(columns)));
    }
  }

  // Rows a second of either.
  double Psql() {
    Remake();
    const absl::Time start = absl::Now();
    Run(Cat("\\copy rows FROM '", file_, "'"));
    return rows_ / Seconds(start);
  }

  double Sink(bool exactly_once) {
    Remake();
    PostgresSink::Options options;
    options.name = "bench";
    options.connection.connection_string = Secret(server_->connection_string());
    options.table.name = "rows";
    options.table.columns = Columns();
    if (exactly_once) options.positions = {.create = true, .sink = "bench"};
    PostgresSink sink(options);
    Check(sink.Open());
    int delivered = 0;
    const absl::Time start = absl::Now();
    for (const EventBatchPtr& batch : batches_) {
      sink.Write(AllOf(batch), [&](const BatchOutcome& outcome) {
        delivered += static_cast<int>(outcome.Count(Outcome::kDelivered));
      });
    }
    Check(sink.Close());
    const double seconds = Seconds(start);
    if (delivered != rows_) Fail(absl::InternalError("rows are missing"));
    return rows_ / seconds;
  }

 private:
  void Remake() {
    Run(Cat("DROP TABLE IF EXISTS rows, phoenix_positions; CREATE TABLE rows ",
            kTable));
    Run("CHECKPOINT");
  }

  void Run(const std::string& command) {
    Check(RunToEnd(
        {.command = {"psql", "-q", "-c", command, server_->connection_string()},
         .directory = folder_.path(),
         .log_file = folder_ / "psql.log"}));
  }

  const int rows_;
  ServerFolder folder_;
  const std::string file_;
  std::unique_ptr<PostgresServer> server_;
  std::vector<EventBatchPtr> batches_;
};

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void Compare(int rows, int rounds) {
  Comparison comparison(rows);
  std::vector<double> psql, sink, once, sink_ratio, once_ratio;
  for (int round = 0; round < rounds; ++round) {
    psql.push_back(comparison.Psql());
    sink.push_back(comparison.Sink(false));
    once.push_back(comparison.Sink(true));
    sink_ratio.push_back(sink.back() / psql.back());
    once_ratio.push_back(once.back() / psql.back());
    std::printf(
        "round %d: \\copy %.0f, sink %.0f (%.2f), exactly once %.0f "
        "(%.2f) rows/s\n",
        round + 1, psql.back(), sink.back(), sink_ratio.back(), once.back(),
        once_ratio.back());
  }
  std::printf(
      "median: \\copy %.0f, sink %.0f (%.2f), exactly once %.0f (%.2f) "
      "rows/s\n",
      Median(psql), Median(sink), Median(sink_ratio), Median(once),
      Median(once_ratio));
}

}  // namespace
}  // namespace phoenix

int main(int argc, char** argv) {
  const int rows = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  phoenix::Compare(rows, rounds);
  return 0;
}
