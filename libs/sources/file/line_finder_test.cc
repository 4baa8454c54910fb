#include "libs/sources/file/line_finder.h"

#include <fcntl.h>

#include <fstream>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "libs/net/owned_fd.h"

namespace phoenix {
namespace {

class LineFinderTest : public testing::Test {
 protected:
  LineFinder Find(std::string_view text) {
    std::ofstream(path_) << text;
    fd_ = OwnedFd(open(path_.c_str(), O_RDONLY));
    return LineFinder(fd_.get());
  }

  const std::string path_ =
      testing::TempDir() + "/" +
      testing::UnitTest::GetInstance()->current_test_info()->name();
  OwnedFd fd_;
};

TEST_F(LineFinderTest, NumbersLinesFromOne) {
  LineFinder finder = Find("a\nbb\nc");
  EXPECT_EQ(finder.LineAt(0), 1u);
  EXPECT_EQ(finder.LineAt(1), 1u);
  EXPECT_EQ(finder.LineAt(2), 2u);
  EXPECT_EQ(finder.LineAt(5), 3u);
}

TEST_F(LineFinderTest, ReadsLinesInAnyOrder) {
  LineFinder finder = Find("a\nbb\n\nc");
  EXPECT_EQ(finder.ReadLine(2, 9), "bb");
  EXPECT_EQ(finder.ReadLine(4, 9), "c");
  EXPECT_EQ(finder.ReadLine(3, 9), "");
  EXPECT_EQ(finder.ReadLine(1, 9), "a");
  EXPECT_EQ(finder.LineAt(2), 2u);
  EXPECT_EQ(finder.LineAt(0), 1u);
}

TEST_F(LineFinderTest, ReadsTheBeginningOfALongLine) {
  EXPECT_EQ(Find("a\nbcdefg\n").ReadLine(2, 3), "bcd");
}

TEST_F(LineFinderTest, HasNothingToSayOfALineThatIsNotThere) {
  LineFinder finder = Find("a\n");
  EXPECT_EQ(finder.ReadLine(3, 9), "");
  EXPECT_EQ(finder.LineAt(100), 2u);
}

TEST_F(LineFinderTest, GoesOnOverWhatItReadsAtOnce) {
  const std::string line(LineFinder::kReadBytes - 1, 'x');
  LineFinder finder = Find(line + "\n" + line + "y\nz\n");
  EXPECT_EQ(finder.ReadLine(3, 9), "z");
  EXPECT_EQ(finder.ReadLine(2, 2), "xx");
  EXPECT_EQ(finder.LineAt(2 * line.size() + 3), 3u);
}

}  // namespace
}  // namespace phoenix
