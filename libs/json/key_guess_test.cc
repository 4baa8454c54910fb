#include "libs/json/key_guess.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace phoenix {
namespace {

// A key of every length is told from all that differ from it in one byte.
TEST(KeyGuessTest, ComparesEveryByteOfTheKey) {
  for (size_t size = 0; size < 40; ++size) {
    const std::string key = "\"" + std::string(size, 'k') + "\"";
    const KeyGuess guess(key, 3);
    EXPECT_EQ(guess.child(), 3u);
    const std::string text = key + ":123456789012345678901234567890";
    EXPECT_TRUE(guess.Matches(text.data(), text.size())) << size;
    for (size_t i = 0; i < key.size(); ++i) {
      std::string other = text;
      other[i] = 'x';
      EXPECT_FALSE(guess.Matches(other.data(), other.size())) << size;
    }
  }
}

TEST(KeyGuessTest, ReadsNoFurtherThanItMay) {
  for (size_t size = 0; size < 40; ++size) {
    // On the heap, so that a sanitizer sees one byte too much.
    const std::string key = "\"" + std::string(size, 'k') + "\"";
    const std::vector<char> text(key.begin(), key.end());
    EXPECT_TRUE(KeyGuess(key, 0).Matches(text.data(), text.size()));
    EXPECT_FALSE(KeyGuess(key, 0).Matches(text.data(), text.size() - 1));
  }
}

TEST(KeyGuessTest, MatchesNothingBeforeAKeyIsKnown) {
  const std::string text = "\"key\":12345678901234567890";
  EXPECT_FALSE(KeyGuess().Matches(text.data(), text.size()));
  EXPECT_FALSE(KeyGuess().Matches(text.data(), 3));
}

}  // namespace
}  // namespace phoenix
