#include "libs/sinks/file/file_table.h"

#include <string>

#include "gtest/gtest.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

class FileTableTest : public testing::Test {
 protected:
  FileTableTest()
      : directory_({.path = temp_.path()}),
        table_(options_, directory_, clock_, /*max_open_files=*/2) {
    EXPECT_TRUE(directory_.Open().ok());
  }

  OutcomeRecorder Put(const std::string& path, const std::string& line) {
    OutcomeRecorder recorder;
    auto write = std::make_shared<WriteInProgress>(1, Selection{0}, "out",
                                                   recorder.Callback());
    auto file = table_.Get(path);
    EXPECT_TRUE(file.ok());
    (*file)->Put(line, write, 0);
    return recorder;
  }

  TempDirectory temp_;
  FakeClock clock_;
  FileWriter::Options options_;
  ConfinedDirectory directory_;
  FileTable table_;
};

TEST_F(FileTableTest, GivesTheSameWriterForTheSamePath) {
  const auto a = table_.Get("a");
  const auto b = table_.Get("b");
  EXPECT_EQ(*table_.Get("a"), *a);
  EXPECT_EQ(*table_.Get("b"), *b);
  EXPECT_EQ(table_.size(), 2u);
}

TEST_F(FileTableTest, ClosesTheOneThatWasNotUsedForLongest) {
  const OutcomeRecorder a = Put("a", "1");
  const OutcomeRecorder b = Put("b", "2");
  Put("a", "3");
  Put("c", "4");
  EXPECT_EQ(table_.size(), 2u);
  EXPECT_EQ(b.calls(), 1u);
  EXPECT_EQ(a.calls(), 0u);
  EXPECT_EQ(temp_.Read("b"), "2\n");
}

TEST_F(FileTableTest, AppendsWhenAFileIsOpenedAgain) {
  for (const char* path : {"a", "b", "c", "a", "b", "c"}) Put(path, "x");
  table_.Clear();
  EXPECT_EQ(temp_.Read("a"), "x\nx\n");
  EXPECT_EQ(temp_.Read("c"), "x\nx\n");
  EXPECT_EQ(table_.size(), 0u);
  EXPECT_EQ(table_.totals().files, 6u);
  EXPECT_EQ(table_.totals().bytes, 12u);
}

TEST_F(FileTableTest, FlushesAll) {
  const OutcomeRecorder a = Put("a", "1");
  const OutcomeRecorder b = Put("b", "2");
  table_.FlushAll();
  EXPECT_EQ(a.calls(), 1u);
  EXPECT_EQ(b.calls(), 1u);
}

TEST_F(FileTableTest, KeepsNothingOfAFileThatCantBeOpened) {
  EXPECT_FALSE(table_.Get("../a").ok());
  EXPECT_EQ(table_.size(), 0u);
}

}  // namespace
}  // namespace phoenix
