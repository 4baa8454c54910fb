#include "libs/cel/value.h"

#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "libs/cel/comparison.h"
#include "libs/cel/containers.h"

namespace phoenix::cel {
namespace {

TEST(ValueTest, KeepsTimesToTheNanosecond) {
  const absl::Time early =
      absl::FromUnixSeconds(-62135596800) + absl::Nanoseconds(1);
  EXPECT_EQ(Value::Timestamp(early).timestamp_value(), early);
  const absl::Duration negative = -absl::Seconds(3) - absl::Nanoseconds(7);
  EXPECT_EQ(Value::Duration(negative).duration_value(), negative);
}

TEST(ValueTest, ShowsItselfAsCel) {
  Arena arena;
  HashedMap map;
  map.Insert(Value::String("a\"\n"), Value::Bytes("\x01\xff"));
  map.Insert(Value::Uint(2), Value::Double(3));
  EXPECT_EQ(DebugString(Value::Map(map)), R"({"a\"\n": b"\x01\xff", 2u: 3.0})");
  EXPECT_EQ(DebugString(Value::Error(arena, ErrorCode::kOverflow, "too big")),
            "error(OVERFLOW: too big)");
  EXPECT_EQ(DebugString(Value::Double(0.1)), "0.1");
  EXPECT_EQ(DebugString(Value::Duration(absl::Milliseconds(1500))),
            "duration(\"1.5s\")");
}

TEST(ValueTest, CutsLongText) {
  const std::string text(1000, 'x');
  EXPECT_EQ(DebugString(Value::String(text), 10), "\"xxxxxxxxx...");
}

TEST(HashedMapTest, FindsNumbersAcrossTypes) {
  Arena arena;
  HashedMap map;
  EXPECT_TRUE(map.Insert(Value::Int(1), Value::Bool(true)));
  EXPECT_FALSE(map.Insert(Value::Uint(1), Value::Bool(false)));
  EXPECT_TRUE(map.Find(Value::Double(1.0), arena).has_value());
  EXPECT_FALSE(map.Find(Value::Double(1.5), arena).has_value());
  EXPECT_FALSE(map.Find(Value::Null(), arena).has_value());
  EXPECT_FALSE(map.Find(Value::String("1"), arena).has_value());
}

TEST(CompareNumbersTest, OrdersTheEndsOfTheRanges) {
  const Value min = Value::Int(std::numeric_limits<int64_t>::min());
  const Value max = Value::Uint(std::numeric_limits<uint64_t>::max());
  EXPECT_TRUE(CompareNumbers(min, max) < 0);
  EXPECT_TRUE(CompareNumbers(max, min) > 0);
  EXPECT_TRUE(CompareNumbers(max, Value::Double(1e300)) < 0);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(CompareNumbers(min, Value::Double(nan)),
            std::partial_ordering::unordered);
}

TEST(ArenaTest, RunsDestructorsAtReset) {
  struct Counter {
    explicit Counter(int* count) : count(count) {}
    ~Counter() { ++*count; }
    int* count;
  };
  int destroyed = 0;
  Arena arena;
  arena.New<Counter>(&destroyed);
  arena.New<Counter>(&destroyed);
  arena.Reset();
  EXPECT_EQ(destroyed, 2);
  EXPECT_EQ(arena.bytes_used(), 0u);
}

TEST(ArenaTest, HandsOutBlocksOfAnySize) {
  Arena arena;
  const std::string big(3 * Arena::kBlockBytes, 'b');
  const std::string_view small = arena.Copy("small");
  const std::string_view large = arena.Copy(big);
  const std::string_view after = arena.Copy("after");
  EXPECT_EQ(small, "small");
  EXPECT_EQ(large, big);
  EXPECT_EQ(after, "after");
  EXPECT_GE(arena.bytes_used(), big.size());
  for (int i = 0; i < 3; ++i) {
    arena.Reset();
    EXPECT_EQ(arena.Copy(big), big);
    EXPECT_EQ(arena.Copy("again"), "again");
  }
}

}  // namespace
}  // namespace phoenix::cel
