#include "libs/sources/file/position_store.h"

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PositionStoreTest : public testing::Test {
 protected:
  PositionStoreTest() { std::remove(path_.c_str()); }

  const std::string path_ =
      testing::TempDir() + "/" +
      testing::UnitTest::GetInstance()->current_test_info()->name();
  PositionStore store_{path_};
};

TEST_F(PositionStoreTest, GivesBackWhatWasSaved) {
  const std::vector<FilePosition> positions = {
      {"/a \"b\".log", 1, 2, 3},
      {"/c", ~uint64_t{0}, 5, 1ull << 40, {1024, ~uint32_t{0}}}};
  ASSERT_TRUE(store_.Save(positions).ok());
  auto loaded = PositionStore(path_).Load();
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(*loaded, positions);
}

TEST_F(PositionStoreTest, IsEmptyWithoutAFile) {
  auto loaded = store_.Load();
  ASSERT_TRUE(loaded.ok());
  EXPECT_THAT(*loaded, IsEmpty());
}

TEST_F(PositionStoreTest, ReplacesWhatWasSavedBefore) {
  ASSERT_TRUE(store_.Save({{"/a", 1, 2, 3}}).ok());
  ASSERT_TRUE(store_.Save({{"/a", 1, 2, 9}}).ok());
  EXPECT_EQ(store_.Load()->at(0).offset, 9u);
  EXPECT_FALSE(std::ifstream(path_ + ".next").good());
}

TEST_F(PositionStoreTest, ReadsWhatEarlierVersionsWrote) {
  std::ofstream(path_) << "{\"files\":[\n{\"path\":\"/a\",\"device\":1,"
                          "\"inode\":2,\"offset\":3}\n]}\n";
  auto loaded = store_.Load();
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_THAT(*loaded, ElementsAre(FilePosition{"/a", 1, 2, 3, {}}));
}

TEST_F(PositionStoreTest, PassesOverAHeadThatCantBe) {
  std::ofstream(path_) << "{\"files\":[{\"path\":\"/a\",\"device\":1,"
                          "\"inode\":2,\"offset\":3,\"head_bytes\":1025,"
                          "\"head_crc32\":7}]}";
  EXPECT_EQ(store_.Load()->at(0).head, FileHead{});
}

TEST_F(PositionStoreTest, SaysThatAFileIsBroken) {
  for (const char* text :
       {"", "{", "{}", "{\"files\":[1]}", "{\"files\":[{\"path\":\"/a\"}]}"}) {
    std::ofstream(path_) << text;
    const absl::Status loaded = store_.Load().status();
    EXPECT_EQ(loaded.code(), absl::StatusCode::kDataLoss) << text;
    EXPECT_THAT(std::string(loaded.message()), HasSubstr("state_path"));
  }
}

TEST_F(PositionStoreTest, SaysThatItCantWrite) {
  PositionStore store("/proc/no/such/folder/state");
  EXPECT_FALSE(store.Save({{"/a", 1, 2, 3}}).ok());
}

}  // namespace
}  // namespace phoenix
