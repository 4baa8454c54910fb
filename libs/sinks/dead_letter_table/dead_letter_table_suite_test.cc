// The clauses of docs/specs/component.md, held by the dead-letter table: each
// batch of the suite comes as the dead letters of its events.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "libs/component/testing/sink_suite.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.h"
#include "libs/sinks/dead_letter_table/dead_letter_table_sink.h"
#include "libs/sinks/dead_letter_table/test_letters.h"
#include "libs/sinks/testing/temp_directory.h"
#include "libs/sqlite/database.h"

namespace phoenix {
namespace {

// Ids of the suite begin anew with each batch: here they go on.
EventBatchPtr WithIdsFrom(int64_t first, const EventBatch& batch) {
  EventBatch::Columns columns = batch.columns();
  columns.attributes[static_cast<size_t>(Attribute::kSource)] =
      StringColumn::Constant("/test/" + std::to_string(first));
  return std::make_shared<const EventBatch>(std::move(columns));
}

class LetterSink : public Sink {
 public:
  explicit LetterSink(DeadLetterTableSink::Options options)
      : sink_(std::move(options)) {}

  absl::Status Open() override { return sink_.Open(); }
  void Write(BatchView view, SettleCallback settle) override {
    view.batch = LettersOf(*WithIdsFrom(++batches_, *view.batch));
    sink_.Write(std::move(view), std::move(settle));
  }
  void Flush() override { sink_.Flush(); }
  absl::Status Close() override { return sink_.Close(); }

 private:
  DeadLetterTableSink sink_;
  int64_t batches_ = 0;
};

class TableFixture : public SinkFixture {
 public:
  std::unique_ptr<Sink> MakeSink() override {
    return std::make_unique<LetterSink>(DeadLetterTableSink::Options{
        .name = "dead", .pipeline = "p", .path = path_});
  }

  // The suite knows lines: here their bytes are what came, line breaks too.
  std::vector<std::string> Arrived() override {
    std::vector<std::string> payloads;
    const auto table =
        DeadLetterTable::Open(path_, {.mode = SqliteDatabase::Mode::kRead});
    if (!table.ok()) return payloads;
    for (int64_t after = 0;;) {
      const auto page = (*table)->ReadPage("p", after);
      if (!page.ok() || page->empty()) return payloads;
      for (const StoredDeadLetter& stored : *page) {
        payloads.push_back(stored.letter.payload);
        std::replace(payloads.back().begin(), payloads.back().end(), '\n', ' ');
        std::replace(payloads.back().begin(), payloads.back().end(), '\r', ' ');
        after = stored.number;
      }
    }
  }

  // A file that is no database where the table is to be.
  bool Break() override {
    directory_.Write("dead.db", std::string(4096, 'x'));
    return true;
  }

 private:
  TempDirectory directory_;
  const std::string path_ = directory_ / "dead.db";
};

const bool kRegistered = RegisterSinkSuite(
    {.name = "DeadLetterTable",
     .make_fixture = [] { return std::make_unique<TableFixture>(); },
     .can_break = true});

}  // namespace
}  // namespace phoenix
