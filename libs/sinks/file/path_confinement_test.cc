// Whatever events hold, no file comes to be outside the directory that the path
// names.

#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/json_text.h"
#include "libs/base/random.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"
#include "libs/sinks/file/file_sink.h"
#include "libs/sinks/file/path_template.h"
#include "libs/sinks/rows/ndjson_row_encoder.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

namespace fs = std::filesystem;

const char* const kPieces[] = {
    "..",       "/",
    "\\",       ".",
    "~",        "\0x",
    "%2e",      "%2F",
    "etc",      "C:",
    "..;",      "....//",
    "\xC0\xAE", "\xEF\xBC\x8E",
    "*",        "?",
    "|",        "$(id)",
    "`id`",     "\n",
    " ",        "-rf",
    "CON",      "{}",
    "{type}",   "%Y",
    "\x7F",     "\xF0\x9F\x98\x80",
    "out",      "a.b",
    "../",      "/etc/passwd",
    "link",     "\t",
    "//",
};

// At least 500 strings: each piece, each pair of pieces and chance ones.
std::vector<std::string> HostileValues() {
  std::vector<std::string> values = {"", std::string(300, 'a'),
                                     std::string(5000, '/'),
                                     std::string("a\0b", 3)};
  for (const char* first : kPieces) {
    values.emplace_back(first);
    for (const char* second : kPieces) {
      values.push_back(std::string(first) + second);
    }
  }
  Random random(7);
  for (int i = 0; i < 200; ++i) {
    std::string value;
    for (uint64_t size = random.Below(40); size > 0; --size) {
      value.push_back(static_cast<char>(random.Below(256)));
    }
    values.push_back(std::move(value));
  }
  return values;
}

FileSink::Options OptionsFor(const std::string& path) {
  PathTemplateError error;
  FileSink::Options options;
  options.name = "out";
  options.path = PathTemplate::Parse(path, error).value();
  options.writer.buffer_bytes = 4096;
  options.max_open_files = 8;
  return options;
}

class PathConfinementTest : public testing::Test {
 protected:
  void WriteAll(const std::string& path,
                const std::vector<std::string>& values) {
    FileSink sink(OptionsFor(path), std::make_unique<NdjsonRowEncoder>(),
                  clock_);
    ASSERT_TRUE(sink.Open().ok());
    std::vector<TestEvent> events;
    for (const std::string& value : values) {
      const std::string json = "{\"v\":" + JsonText(value) + "}";
      events.push_back({.payload = json, .subject = value});
    }
    sink.Write(AllOf(MakeBatch(events)), outcomes_.Callback());
    ASSERT_TRUE(sink.Close().ok());
    ASSERT_EQ(outcomes_.calls(), 1u);
  }

  FakeClock clock_;
  TempDirectory directory_;
  OutcomeRecorder outcomes_;
};

TEST_F(PathConfinementTest, HoldsForHostilePayloadValues) {
  const std::vector<std::string> values = HostileValues();
  ASSERT_GE(values.size(), 500u);
  fs::create_directory(directory_ / "base");
  WriteAll(directory_ / "base/{data.v}.ndjson", values);
  size_t lines = 0;
  for (const std::string& file : directory_.Files()) {
    EXPECT_TRUE(file.starts_with("base/")) << file;
    EXPECT_EQ(file.find('/', 5), std::string::npos) << file;
    lines += SplitLines(directory_.Read(file)).size();
  }
  EXPECT_EQ(lines, outcomes_.outcome().Count(Outcome::kDelivered));
  EXPECT_EQ(outcomes_.outcome().Count(Outcome::kDelivered) +
                outcomes_.outcome().Count(Outcome::kRejected),
            values.size());
}

TEST_F(PathConfinementTest, HoldsForHostileAttributesAsDirectories) {
  std::vector<std::string> values;
  for (std::string& value : HostileValues()) {
    const bool has_control =
        std::any_of(value.begin(), value.end(),
                    [](unsigned char c) { return c < 0x20 || c >= 0x7F; });
    if (!has_control) values.push_back(std::move(value));
  }
  WriteAll(directory_ / "base/{subject}/x.ndjson", values);
  for (const std::string& file : directory_.Files()) {
    EXPECT_TRUE(file.starts_with("base/") && file.ends_with("/x.ndjson"))
        << file;
    EXPECT_EQ(std::count(file.begin(), file.end(), '/'), 2) << file;
  }
}

TEST_F(PathConfinementTest, FollowsNoLinkThatAnEventCouldName) {
  fs::create_directories(directory_ / "base");
  fs::create_directories(directory_ / "secret");
  directory_.Write("secret/file", "mine\n");
  fs::create_directory_symlink(directory_ / "secret", directory_ / "base/dir");
  fs::create_symlink(directory_ / "secret/file", directory_ / "base/file");
  WriteAll(directory_ / "base/{data.v}", {"file"});
  EXPECT_EQ(outcomes_.names(), std::vector<std::string>({"rejected"}));
  outcomes_ = OutcomeRecorder();
  WriteAll(directory_ / "base/{data.v}/file", {"dir"});
  EXPECT_EQ(outcomes_.names(), std::vector<std::string>({"rejected"}));
  EXPECT_EQ(directory_.Read("secret/file"), "mine\n");
}

TEST_F(PathConfinementTest, KeepsDifferentValuesInDifferentFiles) {
  WriteAll(directory_ / "base/{data.v}", {"a/b", "a%2Fb", "a_b", "A/b"});
  EXPECT_EQ(directory_.Files().size(), 4u);
}

}  // namespace
}  // namespace phoenix
