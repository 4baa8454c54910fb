#include "libs/pipeline/revision.h"

#include "gtest/gtest.h"
#include "libs/pipeline/testing/test_kinds.pb.h"

namespace phoenix {
namespace {

using pipeline::testing::v1::Door;

TEST(RevisionTest, IsTwelveHexDigits) {
  EXPECT_EQ(RevisionOf(Door()), "e3b0c44298fc") << "SHA-256 of no bytes";
}

TEST(RevisionTest, IsTheSameForMapsThatWereFilledInAnotherOrder) {
  Door first;
  Door second;
  for (int i = 0; i < 100; ++i) {
    (*first.mutable_headers())[std::to_string(i)] = "x";
    (*second.mutable_headers())[std::to_string(99 - i)] = "x";
  }
  EXPECT_EQ(RevisionOf(first), RevisionOf(second));
  (*second.mutable_headers())["7"] = "y";
  EXPECT_NE(RevisionOf(first), RevisionOf(second));
}

}  // namespace
}  // namespace phoenix
