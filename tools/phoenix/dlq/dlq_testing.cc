#include "tools/phoenix/dlq/dlq_testing.h"

#include <utility>

#include "gtest/gtest.h"
#include "libs/base/text.h"
#include "libs/component/dead_letter.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/sqlite/database.h"

namespace phoenix {

std::vector<DeadLetter> LettersIn(const std::string& component,
                                  const std::vector<std::string>& payloads,
                                  int first) {
  EventBatch::Columns columns = JsonBatch(payloads)->columns();
  columns.attributes[static_cast<size_t>(Attribute::kId)] =
      StringColumn::Sequence("e", static_cast<uint64_t>(first));
  const EventBatch events(std::move(columns));
  std::vector<DeadLetterRow> rows;
  for (uint32_t row = 0; row < events.size(); ++row) {
    rows.push_back({.row = row,
                    .component = component,
                    .position = {.line = 7, .column = 5},
                    .status = absl::InvalidArgumentError("no such key 't'")});
  }
  const EventBatchPtr batch =
      MakeDeadLetters(events, rows,
                      {.pipeline = "weather",
                       .revision = "r1",
                       .time = absl::FromUnixSeconds(1'700'000'000)});
  std::vector<DeadLetter> letters;
  DeadLetterReader reader;
  for (uint32_t row = 0; row < batch->size(); ++row) {
    letters.push_back(*reader.Read(*batch, row));
  }
  return letters;
}

void PutLetters(const std::string& path,
                const std::vector<DeadLetter>& letters) {
  auto table =
      DeadLetterTable::Open(path, {.mode = SqliteDatabase::Mode::kCreate});
  ASSERT_TRUE(table.ok()) << table.status();
  for (const DeadLetter& letter : letters) {
    const absl::Status put = (*table)->Put(letter);
    ASSERT_TRUE(put.ok()) << put;
  }
}

std::string EventName(const DeadLetter& letter) {
  return letter.id.substr(0, letter.id.rfind('#'));
}

std::vector<std::string> IdsIn(const std::string& path) {
  std::vector<std::string> ids;
  const auto table =
      DeadLetterTable::Open(path, {.mode = SqliteDatabase::Mode::kRead});
  EXPECT_TRUE(table.ok()) << table.status();
  if (!table.ok()) return ids;
  for (int64_t after = 0;;) {
    const auto page = (*table)->ReadPage("weather", after);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok() || page->empty()) return ids;
    for (const StoredDeadLetter& stored : *page) {
      ids.push_back(EventName(stored.letter));
    }
    after = page->back().number;
  }
}

}  // namespace phoenix
