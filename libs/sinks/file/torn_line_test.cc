#include "libs/sinks/file/torn_line.h"

#include <string>

#include "gtest/gtest.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

class TornLineTest : public testing::Test {
 protected:
  TornLineTest() : directory_({.path = temp_.path()}) {
    EXPECT_TRUE(directory_.Open().ok());
  }

  // What is left of a file of this content.
  std::string Cut(const std::string& content) {
    temp_.Write("a", content);
    auto file = directory_.OpenFile("a", /*truncate=*/false);
    EXPECT_TRUE(file.ok());
    EXPECT_TRUE(CutTornLine(*file).ok());
    const std::string left = temp_.Read("a");
    EXPECT_EQ(file->size, left.size());
    EXPECT_EQ(file->ends_in_line, left.empty() || left.back() == '\n');
    return left;
  }

  TempDirectory temp_;
  ConfinedDirectory directory_;
};

TEST_F(TornLineTest, CutsALineAtEveryByte) {
  const std::string line = "{\"a\":[1,\"two\"],\"b\":null}";
  for (size_t size = 1; size < line.size(); ++size) {
    EXPECT_EQ(Cut("{}\n" + line.substr(0, size)), "{}\n") << size;
  }
}

TEST_F(TornLineTest, KeepsALineThatOnlyLacksItsEnd) {
  EXPECT_EQ(Cut("1\n{\"a\":1}"), "1\n{\"a\":1}");
}

TEST_F(TornLineTest, KeepsWhatEndsInALine) {
  EXPECT_EQ(Cut(""), "");
  EXPECT_EQ(Cut("not json\n"), "not json\n");
}

TEST_F(TornLineTest, CutsTheOnlyLine) { EXPECT_EQ(Cut("{\"a\""), ""); }

TEST_F(TornLineTest, FindsTheLineEndFarBack) {
  EXPECT_EQ(Cut("1\n\"" + std::string(300'000, 'x')), "1\n");
}

}  // namespace
}  // namespace phoenix
