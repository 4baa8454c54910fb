#include "libs/pipeline/read_file.h"

#include <fstream>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

std::string Write(const std::string& bytes) {
  const std::string path = testing::TempDir() + "/read_file_test";
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

TEST(ReadFileTest, GivesTheBytes) {
  const std::string bytes(100'000, 'x');
  EXPECT_EQ(*ReadFile(Write(bytes), 200'000), bytes);
  EXPECT_EQ(*ReadFile(Write(""), 10), "");
}

TEST(ReadFileTest, RefusesMoreThanItsBound) {
  EXPECT_TRUE(ReadFile(Write("1234"), 4).ok());
  EXPECT_EQ(ReadFile(Write("12345"), 4).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(ReadFileTest, NamesAFileThatItCantRead) {
  const absl::Status missing = ReadFile("/nowhere/x", 10).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(missing.message().find("'/nowhere/x'"), missing.message().npos);
  EXPECT_FALSE(ReadFile(testing::TempDir(), 10).ok()) << "a directory";
}

}  // namespace
}  // namespace phoenix
