#include "libs/json/path_set.h"

#include <gtest/gtest.h>

namespace phoenix {
namespace {

TEST(PathSetTest, GivesTheSamePathTheSameColumn) {
  PathSet paths;
  const uint32_t a = paths.AddValue(*ParsePath("x.a"));
  const uint32_t b = paths.AddValue(*ParsePath("x.b"));
  EXPECT_NE(a, b);
  EXPECT_EQ(paths.AddValue(*ParsePath("x.a")), a);
  EXPECT_EQ(paths.value_count(), 2u);
  EXPECT_EQ(paths.value_path(b), *ParsePath("x.b"));
}

TEST(PathSetTest, SharesTheStepsOfPaths) {
  PathSet paths;
  paths.AddValue(*ParsePath("x.a"));
  paths.AddValue(*ParsePath("x.b"));
  EXPECT_EQ(paths.nodes().size(), 4u);  // The text, x, a and b.
}

TEST(PathSetTest, AddsTheObjectsOnTheWayToASpan) {
  PathSet paths;
  const uint32_t span = paths.AddSpan(*ParsePath("x.a"));
  EXPECT_EQ(paths.span_count(), 3u);
  EXPECT_EQ(paths.span_path(span), *ParsePath("x.a"));
  EXPECT_EQ(paths.span_path(0), JsonPath());
}

TEST(PathSetTest, TellsAnIndexFromAKeyOfTheSameDigits) {
  PathSet paths;
  EXPECT_NE(paths.AddValue(*ParsePath("[0]")),
            paths.AddValue(*ParsePath("[\"0\"]")));
}

}  // namespace
}  // namespace phoenix
