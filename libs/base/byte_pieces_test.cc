#include "libs/base/byte_pieces.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

BytePieces Pieces(std::initializer_list<std::string_view> texts) {
  BytePieces pieces;
  for (const std::string_view text : texts) {
    pieces.Append(SharedBytes::FromString(std::string(text)));
  }
  return pieces;
}

TEST(BytePiecesTest, IsEmptyWithoutBytes) {
  const BytePieces none = Pieces({"", ""});
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(none.pieces().empty());
  EXPECT_TRUE(none.Join().empty());
  EXPECT_TRUE(none.Part(0, 0).empty());
}

TEST(BytePiecesTest, JoinsItsPiecesInOrder) {
  const BytePieces pieces = Pieces({"ab", "", "c", "def"});
  EXPECT_EQ(pieces.size(), 6u);
  EXPECT_EQ(pieces.pieces().size(), 3u);
  EXPECT_EQ(pieces.Join().view(), "abcdef");
}

TEST(BytePiecesTest, CopiesNothingWhenThereIsOnePiece) {
  const auto whole = SharedBytes::FromString("abc");
  EXPECT_EQ(BytePieces(whole).Join().data(), whole.data());
}

TEST(BytePiecesTest, HasEveryPartOfItself) {
  const std::string text = "abcdef";
  const BytePieces pieces = Pieces({"ab", "c", "def"});
  for (size_t begin = 0; begin <= text.size(); ++begin) {
    for (size_t end = begin; end <= text.size(); ++end) {
      const BytePieces part = pieces.Part(begin, end);
      EXPECT_EQ(part.size(), end - begin);
      EXPECT_EQ(part.Join().view(), text.substr(begin, end - begin));
    }
  }
}

TEST(BytePiecesTest, PartsShareTheBytes) {
  const BytePieces pieces = Pieces({"ab", "cd"});
  const BytePieces part = pieces.Part(1, 3);
  EXPECT_EQ(part.pieces()[0].data(), pieces.pieces()[0].data() + 1);
  EXPECT_EQ(part.pieces()[1].data(), pieces.pieces()[1].data());
}

}  // namespace
}  // namespace phoenix
