#include "integration/servers/server_folder.h"

#include <filesystem>
#include <fstream>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(ServerFolderTest, IsGoneWithItsObject) {
  std::string path;
  {
    ServerFolder folder;
    path = folder.path();
    std::ofstream(folder / "file") << "content";
    EXPECT_TRUE(std::filesystem::exists(path + "/file"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(FreePortTest, GivesAPortOtherThanTheLast) {
  const auto port = FreePort();
  ASSERT_TRUE(port.ok());
  EXPECT_GT(*port, 1023);
}

}  // namespace
}  // namespace phoenix
