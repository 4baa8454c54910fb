#include "libs/base/shared_bytes.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(SharedBytesTest, APartKeepsTheWholeAlive) {
  SharedBytes part;
  {
    const auto whole = SharedBytes::FromString(std::string(1000, 'x') + "tail");
    part = whole.Part(1000, 1004);
  }
  EXPECT_EQ(part.view(), "tail");
}

TEST(SharedBytesTest, CopiesShareTheBytes) {
  const auto bytes = SharedBytes::FromString("abc");
  const SharedBytes copy = bytes;
  EXPECT_EQ(copy.data(), bytes.data());
}

TEST(SharedBytesTest, TheOwnerGoesWithTheLastCopy) {
  auto owner = std::make_shared<const std::string>("abc");
  const std::weak_ptr<const std::string> watch = owner;
  const std::string_view view = *owner;
  SharedBytes bytes(std::move(owner), view);
  EXPECT_FALSE(watch.expired());
  bytes = SharedBytes();
  EXPECT_TRUE(watch.expired());
  EXPECT_TRUE(bytes.empty());
}

}  // namespace
}  // namespace phoenix
