// Kills a process that writes dead letters, around its commits, and holds that
// each of them is in the table once when all that had no outcome comes again.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/failpoint.h"
#include "libs/base/text.h"
#include "libs/component/testing/test_batch.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.h"
#include "libs/sinks/dead_letter_table/dead_letter_table_sink.h"
#include "libs/sinks/dead_letter_table/test_letters.h"
#include "libs/sinks/testing/temp_directory.h"
#include "libs/sqlite/database.h"

namespace phoenix {
namespace {

constexpr int kBatches = 12;
constexpr int kBatchRows = 5;

// Which batches have their outcome; outlives the process that wrote them.
class Ledger {
 public:
  Ledger()
      : settled_(
            static_cast<char*>(mmap(nullptr, kBatches, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  ~Ledger() { munmap(settled_, kBatches); }
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  void Settle(int batch) { settled_[batch] = 1; }
  bool settled(int batch) const { return settled_[batch] != 0; }
  int count() const {
    int count = 0;
    for (int i = 0; i < kBatches; ++i) count += settled_[i];
    return count;
  }

 private:
  char* const settled_;
};

EventBatchPtr LettersOfBatch(int batch) {
  std::vector<std::string> payloads;
  for (int row = 0; row < kBatchRows; ++row) {
    payloads.push_back(Cat("{\"n\":\n", batch * kBatchRows + row, "}"));
  }
  EventBatch::Columns columns = MakeBatch(payloads)->columns();
  columns.attributes[static_cast<size_t>(Attribute::kSource)] =
      StringColumn::Constant(Cat("/test/", batch));
  return LettersOf(EventBatch(std::move(columns)));
}

// Writes what has no outcome yet, to its end.
bool Live(const std::string& path, Ledger& ledger) {
  DeadLetterTableSink sink({.name = "dead", .pipeline = "p", .path = path});
  if (!sink.Open().ok()) return false;
  for (int batch = 0; batch < kBatches; ++batch) {
    if (ledger.settled(batch)) continue;
    sink.Write(AllOf(LettersOfBatch(batch)),
               [&ledger, batch](const BatchOutcome& outcome) {
                 if (outcome.Count(Outcome::kDelivered) == kBatchRows) {
                   ledger.Settle(batch);
                 }
               });
    if (batch % 2 == 1) sink.Flush();
  }
  return sink.Close().ok() && ledger.count() == kBatches;
}

// True when it was killed.
bool LiveAndDie(const std::string& path, const std::string& failpoint,
                Ledger& ledger) {
  const pid_t child = fork();
  if (child == 0) {
    if (!ArmFailpoints(failpoint).ok()) _exit(3);
    _exit(Live(path, ledger) ? 0 : 4);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

std::vector<std::string> PayloadsIn(const std::string& path) {
  const auto table =
      DeadLetterTable::Open(path, {.mode = SqliteDatabase::Mode::kRead});
  EXPECT_TRUE(table.ok()) << table.status();
  std::vector<std::string> payloads;
  if (!table.ok()) return payloads;
  const auto page = (*table)->ReadPage("p", 0);
  EXPECT_TRUE(page.ok()) << page.status();
  for (const StoredDeadLetter& stored : *page) {
    payloads.push_back(stored.letter.payload);
  }
  EXPECT_EQ((*table)->Totals()->letters, static_cast<int64_t>(payloads.size()));
  return payloads;
}

class DeadLetterTableCrashTest : public testing::TestWithParam<const char*> {};

TEST_P(DeadLetterTableCrashTest, KeepsEachLetterOnceWheneverItDies) {
  std::vector<std::string> expected;
  for (int n = 0; n < kBatches * kBatchRows; ++n) {
    expected.push_back(Cat("{\"n\":\n", n, "}"));
  }
  for (int hit = 1; hit <= kBatches / 2; ++hit) {
    const TempDirectory directory;
    const std::string path = directory / "dead.db";
    Ledger ledger;
    EXPECT_TRUE(LiveAndDie(path, Cat(GetParam(), "=kill@", hit), ledger));
    EXPECT_EQ(ledger.count(), 2 * (hit - 1)) << "settled before its commit";
    // And once more, while it makes up for that.
    LiveAndDie(path, Cat(GetParam(), "=kill@1"), ledger);
    EXPECT_TRUE(Live(path, ledger));
    EXPECT_THAT(PayloadsIn(path), testing::UnorderedElementsAreArray(expected));
  }
}

INSTANTIATE_TEST_SUITE_P(Commit, DeadLetterTableCrashTest,
                         testing::Values("dead_letters.table.before_commit",
                                         "dead_letters.table.after_commit"),
                         [](const auto& info) {
                           return info.index == 0 ? "Before" : "After";
                         });

}  // namespace
}  // namespace phoenix
