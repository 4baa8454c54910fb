#include "libs/cel/conformance/runner.h"

#include <fstream>
#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace phoenix::cel {
namespace {

FileResult RunFile(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream("libs/cel/conformance/testdata/" + name).rdbuf();
  const ConformanceRunner runner;
  auto file = runner.Parse(text.str());
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? runner.Run(*file) : FileResult{};
}

TEST(ConformanceRunnerTest, PassesWhatIsRight) {
  const FileResult result = RunFile("good.textproto");
  EXPECT_EQ(result.passed, 6);
  for (const auto& failure : result.failures) {
    ADD_FAILURE() << failure.test << ": " << failure.reason;
  }
}

TEST(ConformanceRunnerTest, FailsWhatIsWrongAndSaysWhy) {
  const FileResult result = RunFile("bad.textproto");
  EXPECT_EQ(result.passed, 0);
  const std::string kReasons[] = {
      "found 2, expected 3",
      "found 2, expected 2u",
      "found {1: 2}, expected {1u: 2}",
      "found 1, expected an error",
      "found error(DIVIDE_BY_ZERO: division by zero), expected 1",
      "found type 'int', expected 'string'",
      "parse: 1:4: unexpected end of expression, expected an expression",
      "check: 1:3: no overload of '+' takes (int, string), candidates: (int, "
      "int), (uint, uint), (double, double), (string, string), (bytes, "
      "bytes), (list(A), list(A)), (timestamp, duration), (duration, "
      "timestamp), ...",
      "unknown values are not supported",
  };
  ASSERT_EQ(result.failures.size(), std::size(kReasons));
  for (size_t i = 0; i < std::size(kReasons); ++i) {
    EXPECT_EQ(result.failures[i].reason, kReasons[i]);
  }
  EXPECT_EQ(result.failures[0].test, "failures/other_value: 1 + 1");
}

TEST(ConformanceRunnerTest, SaysWhereAFileIsNoTextFormat) {
  const ConformanceRunner runner;
  auto file = runner.Parse("name: \"a\"\nsektion {}\n");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(std::string(file.status().message()).substr(0, 2), "2:");
}

}  // namespace
}  // namespace phoenix::cel
