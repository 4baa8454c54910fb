#include "libs/pipeline/path_overlap.h"

#include <string>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

bool PathsOverlap(const std::string& glob, const std::string& path_template) {
  return GlobsOverlap(glob, GlobOfTemplate(path_template));
}

TEST(PathOverlapTest, ComparesPathsWithoutPlaceholders) {
  EXPECT_TRUE(PathsOverlap("/in/a.ndjson", "/in/a.ndjson"));
  EXPECT_FALSE(PathsOverlap("/in/a.ndjson", "/in/a.ndjson2"));
  EXPECT_FALSE(PathsOverlap("/in/a.ndjson", "/in/b.ndjson"));
  EXPECT_TRUE(PathsOverlap("", ""));
  EXPECT_FALSE(PathsOverlap("", "a"));
}

TEST(PathOverlapTest, FindsWhatAGlobFinds) {
  EXPECT_TRUE(PathsOverlap("/in/*.ndjson", "/in/a.ndjson"));
  EXPECT_TRUE(PathsOverlap("/in/*", "/in/"));
  EXPECT_FALSE(PathsOverlap("/in/*.ndjson", "/in/a.csv"));
  EXPECT_FALSE(PathsOverlap("/in/*.ndjson", "/in/deep/a.ndjson"));
  EXPECT_TRUE(PathsOverlap("/*/a?.csv", "/out/a1.csv"));
  EXPECT_FALSE(PathsOverlap("/in?a", "/in/a"));
}

TEST(PathOverlapTest, KnowsSetsAndEscapes) {
  EXPECT_TRUE(PathsOverlap("/in/[a-c]", "/in/b"));
  EXPECT_FALSE(PathsOverlap("/in/[a-c]", "/in/d"));
  EXPECT_TRUE(PathsOverlap("/in/[!a-c]", "/in/d"));
  EXPECT_FALSE(PathsOverlap("/in/[!a-c]", "/in/a"));
  EXPECT_TRUE(PathsOverlap("/in/[]x]", "/in/]"));
  EXPECT_TRUE(PathsOverlap("/in/[", "/in/["));
  EXPECT_TRUE(PathsOverlap("/in/\\*", "/in/*"));
  EXPECT_FALSE(PathsOverlap("/in/\\*", "/in/a"));
}

TEST(PathOverlapTest, TakesPlaceholdersOfTimeForDigits) {
  EXPECT_TRUE(PathsOverlap("/a/2026-*.ndjson", "/a/%Y-%m-%d.ndjson"));
  EXPECT_TRUE(PathsOverlap("/a/*.ndjson", "/a/%F.ndjson"));
  EXPECT_TRUE(PathsOverlap("/a/2026-01-31", "/a/%F"));
  EXPECT_TRUE(PathsOverlap("/a/031.235959", "/a/%j.%H%M%S"));
  EXPECT_FALSE(PathsOverlap("/a/app.ndjson", "/a/%Y.ndjson"));
  EXPECT_FALSE(PathsOverlap("/a/26", "/a/%Y"));
}

TEST(PathOverlapTest, TakesFieldsForAnyTextAndDoubledCharactersForOne) {
  EXPECT_TRUE(PathsOverlap("/a/x.ndjson", "/a/{type}.ndjson"));
  EXPECT_TRUE(PathsOverlap("/a/x*z", "/a/{type}y{id}"));
  EXPECT_FALSE(PathsOverlap("/a/x*z", "/a/{type}y"));
  EXPECT_FALSE(PathsOverlap("/a/b/x", "/a/{type}"));
  EXPECT_TRUE(PathsOverlap("/a/{x}%", "/a/{{x}}%%"));
  EXPECT_FALSE(PathsOverlap("/a/y", "/a/{{x}}"));
}

TEST(PathOverlapTest, TakesAPathForItselfWhateverItHolds) {
  EXPECT_TRUE(GlobsOverlap(GlobOfPath("/a[0]/*?\\"), "/a\\[0]/\\*\\?\\\\"));
  EXPECT_FALSE(GlobsOverlap(GlobOfPath("/a*"), "/ab"));
  EXPECT_FALSE(PathsOverlap("/ab", "/a*"));
}

TEST(PathOverlapTest, IsNoMoreWorkForManyPlaceholders) {
  std::string glob(1000, '*');
  std::string path;
  for (int i = 0; i < 300; ++i) path += "{type}a";
  EXPECT_TRUE(PathsOverlap(glob + "a", path));
  EXPECT_FALSE(PathsOverlap(glob + "b", path));
}

}  // namespace
}  // namespace phoenix
