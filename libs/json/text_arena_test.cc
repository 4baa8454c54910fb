#include "libs/json/text_arena.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace phoenix {
namespace {

TEST(TextArenaTest, KeepsTextsWhereTheyAre) {
  TextArena arena;
  std::vector<std::string_view> texts;
  for (int i = 0; i < 10'000; ++i) {
    texts.push_back(arena.Copy("text " + std::to_string(i)));
  }
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_EQ(texts[i], "text " + std::to_string(i));
  }
}

TEST(TextArenaTest, TakesTextsLargerThanItsBlocks) {
  TextArena arena;
  const std::string large(10 * TextArena::kMinBlockBytes, 'x');
  EXPECT_EQ(arena.Copy(large), large);
}

TEST(TextArenaTest, HandsOutAgainWhatIsGivenBack) {
  TextArena arena;
  char* first = arena.Allocate(10);
  arena.GiveBack(6);
  EXPECT_EQ(arena.Allocate(1), first + 4);
}

TEST(TextArenaTest, ReusesItsMemoryAfterAReset) {
  TextArena arena;
  arena.Allocate(TextArena::kMinBlockBytes);
  char* second = arena.Allocate(2 * TextArena::kMinBlockBytes);
  arena.Reset();
  EXPECT_EQ(arena.Allocate(1), second);
}

}  // namespace
}  // namespace phoenix
