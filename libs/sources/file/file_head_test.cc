#include "libs/sources/file/file_head.h"

#include <fcntl.h>

#include <fstream>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "libs/net/owned_fd.h"

namespace phoenix {
namespace {

class FileHeadTest : public testing::Test {
 protected:
  void Write(std::string_view text) { std::ofstream(path_) << text; }

  FileHead Read(uint64_t size) { return ReadFileHead(Open().get(), size); }
  bool Has(const FileHead& head) { return HasHead(Open().get(), head); }

  OwnedFd Open() const { return OwnedFd(open(path_.c_str(), O_RDONLY)); }

  const std::string path_ =
      testing::TempDir() + "/" +
      testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(FileHeadTest, IsTheSameReadAtOnceOrPieceByPiece) {
  Write("one two three");
  FileHead pieces;
  pieces.Extend("one ");
  pieces.Extend("two");
  EXPECT_EQ(Read(7), pieces);
}

TEST_F(FileHeadTest, EndsAtItsBound) {
  const std::string text(2 * FileHead::kMaxBytes, 'x');
  Write(text);
  FileHead head;
  head.Extend(text);
  EXPECT_EQ(head.size, FileHead::kMaxBytes);
  head.Extend("more");
  EXPECT_EQ(Read(text.size()), head);
}

TEST_F(FileHeadTest, StaysWhenTheFileGrows) {
  Write("one");
  const FileHead head = Read(3);
  Write("one two");
  EXPECT_TRUE(Has(head));
}

TEST_F(FileHeadTest, TellsAShorterAndAnotherFile) {
  Write("one two");
  const FileHead head = Read(7);
  Write("one");
  EXPECT_FALSE(Has(head));
  Write("one twO");
  EXPECT_FALSE(Has(head));
}

TEST_F(FileHeadTest, OfNothingIsInEveryFile) {
  Write("one");
  EXPECT_TRUE(Has(FileHead{}));
}

}  // namespace
}  // namespace phoenix
