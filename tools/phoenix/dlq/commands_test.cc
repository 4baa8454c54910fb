// The commands over a real table in a folder: what they print, what they leave,
// and their exit status.
#include "tools/phoenix/commands.h"

#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/text.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/retained/retained_files.h"
#include "libs/sinks/testing/temp_directory.h"
#include "libs/sqlite/database.h"
#include "tools/phoenix/dlq/dlq_testing.h"
#include "tools/phoenix/past/past_testing.h"

namespace phoenix {
namespace {

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class DlqCommandTest : public testing::Test {
 protected:
  DlqCommandTest() {
    const std::string weather =
        Edited(WeatherPipeline(directory_.path()),
               Cat("    file: \"", directory_.path(), "/dead.ndjson\""),
               Cat("    dead_letter_table: \"", table_, "\""));
    pipeline_ = weather.substr(0, weather.find("log:\n"));
    directory_.Write("p.yaml", pipeline_);
  }

  // Of 'warm': one that it filters now, two that go on, one that fails again.
  void PutFour() {
    PutLetters(table_, LettersIn("warm", {R"({"t":5.0})", R"({"t":15.0})",
                                          R"({"t":35.0})", R"({"u":1})"}));
  }

  int Dlq(std::vector<std::string> words) {
    std::vector<char*> args;
    for (std::string& word : words) args.push_back(word.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = DlqCommand(absl::MakeSpan(args));
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return code;
  }

  bool Exists(const std::string& name) const {
    return std::filesystem::exists(directory_ / name);
  }

  const TempDirectory directory_;
  const std::string table_ = directory_ / "dead.db";
  const std::string file_ = directory_ / "p.yaml";
  std::string pipeline_;
  std::string out_;
  std::string err_;
};

TEST_F(DlqCommandTest, ListsInOrder) {
  PutFour();
  EXPECT_EQ(Dlq({"ls", file_}), 0) << err_;
  EXPECT_THAT(SplitLines(out_),
              ElementsAre(StartsWith("number"), HasSubstr("/test#e0#"),
                          HasSubstr("/test#e1"), HasSubstr("/test#e2"),
                          HasSubstr("/test#e3")));
  EXPECT_EQ(Dlq({"ls", file_, "--limit", "2"}), 0);
  EXPECT_EQ(SplitLines(out_).size(), 3u);
}

TEST_F(DlqCommandTest, ListsWhatIsChosenAsJson) {
  PutFour();
  EXPECT_EQ(Dlq({"ls", file_, "--format", "json", "--where",
                 "data.t > 10.0 && component == 'warm'"}),
            0)
      << err_;
  EXPECT_THAT(SplitLines(out_), ElementsAre(StartsWith("{\"number\":2,"),
                                            StartsWith("{\"number\":3,")));
  EXPECT_THAT(err_, HasSubstr("--where has no value for 1 dead letters"));
}

TEST_F(DlqCommandTest, KnowsAWrongNameThoughNothingHasFailed) {
  EXPECT_EQ(Dlq({"replay", file_, "--to-sink", "nope"}), 64);
  EXPECT_THAT(err_, HasSubstr("sink 'nope' is not in"));
  EXPECT_EQ(Dlq({"replay", file_, "--from-step=nope"}), 64);
  EXPECT_THAT(err_, HasSubstr("'nope' is no step, route or sink"));
}

TEST_F(DlqCommandTest, RehearsesNothingWhenALetterHasNoPlace) {
  PutFour();
  directory_.Write("p.yaml", Edited(pipeline_, "name: warm", "name: tepid"));
  for (const char* flag : {"--dry-run", "--from-step"}) {
    EXPECT_EQ(Dlq({"replay", file_, "--from-step", flag}), 64) << out_;
    EXPECT_THAT(err_, HasSubstr("dead letters have failed there"));
    EXPECT_EQ(out_, "");
  }
}

TEST_F(DlqCommandTest, ReplaysOnceAtATime) {
  PutFour();
  {
    const auto other = PosixFileSystem().Lock(Cat(table_, "-replay"));
    ASSERT_TRUE(other.ok()) << other.status();
    EXPECT_EQ(Dlq({"replay", file_}), 69);
    EXPECT_THAT(err_, HasSubstr("another replay"));
    EXPECT_EQ(Dlq({"replay", file_, "--dry-run"}), 0) << err_;
  }
  EXPECT_EQ(Dlq({"replay", file_}), 1) << err_;
  EXPECT_THAT(err_, HasSubstr("failed again 1"));
}

TEST_F(DlqCommandTest, ListsNothingWhenNothingHasFailed) {
  EXPECT_EQ(Dlq({"ls", file_}), 0) << err_;
  EXPECT_EQ(out_, "");
  EXPECT_FALSE(Exists("dead.db"));
}

TEST_F(DlqCommandTest, ShowsOneByAnyOfItsNames) {
  PutFour();
  for (const char* name : {"2", "/test#e1", "e1"}) {
    EXPECT_EQ(Dlq({"show", file_, name}), 0) << err_;
    EXPECT_THAT(out_, StartsWith("dead letter 2, /test#e1#"));
    EXPECT_THAT(out_, HasSubstr("10 bytes:\n{\"t\":15.0}\n"));
  }
  EXPECT_EQ(Dlq({"show", file_, "e9"}), 66);
  EXPECT_THAT(err_, HasSubstr("no dead letter 'e9': expected a number"));
}

TEST_F(DlqCommandTest, ReplaysAndKeepsOnlyWhatFailsAgain) {
  PutFour();
  EXPECT_EQ(Dlq({"replay", file_}), 1) << err_;
  EXPECT_EQ(directory_.Read("rest.ndjson"), "{\"t\":15.0,\"f\":59.0}\n");
  EXPECT_EQ(directory_.Read("hot.ndjson"), "{\"t\":35.0,\"f\":95.0}\n");
  EXPECT_THAT(err_, HasSubstr("replayed 4 dead letters"));
  EXPECT_THAT(err_, HasSubstr("  filtered 1\n"));
  EXPECT_THAT(err_, HasSubstr("  delivered 2\n"));
  EXPECT_THAT(err_, HasSubstr("  failed again 1\n"));
  EXPECT_THAT(IdsIn(table_), ElementsAre("/test#e3"));
  EXPECT_EQ(Dlq({"show", file_, "4"}), 0);
  EXPECT_THAT(out_, HasSubstr("  attempts    2\n"));
  EXPECT_THAT(out_, HasSubstr("no such key 't' in 'data.t'"));
}

TEST_F(DlqCommandTest, ReplaysWhatIsChosen) {
  PutFour();
  EXPECT_EQ(Dlq({"replay", file_, "--where", "data.t > 30.0"}), 0) << err_;
  EXPECT_EQ(Dlq({"replay", file_, "--id", "e1"}), 0) << err_;
  EXPECT_THAT(IdsIn(table_), ElementsAre("/test#e0", "/test#e3"));
  EXPECT_EQ(Dlq({"replay", file_, "--id", "e1"}), 66);
  EXPECT_THAT(err_, HasSubstr("no dead letter 'e1'"));
}

TEST_F(DlqCommandTest, ReplaysFromTheSinkThatFailed) {
  // Its condition would not choose `hot` now: that was decided before.
  PutLetters(table_, LettersIn("hot", {R"({"t":15.0})"}));
  EXPECT_EQ(Dlq({"replay", file_, "--from-step"}), 0) << err_;
  EXPECT_EQ(directory_.Read("hot.ndjson"), "{\"t\":15.0,\"f\":59.0}\n");
  EXPECT_FALSE(Exists("rest.ndjson"));
  EXPECT_THAT(IdsIn(table_), IsEmpty());
}

TEST_F(DlqCommandTest, ReplaysStraightToASink) {
  PutFour();
  EXPECT_EQ(Dlq({"replay", file_, "--id", "4", "--to-sink", "rest"}), 0)
      << err_;
  EXPECT_EQ(directory_.Read("rest.ndjson"), "{\"u\":1}\n");
}

TEST_F(DlqCommandTest, RehearsesAReplayAndChangesNothing) {
  PutFour();
  EXPECT_EQ(Dlq({"replay", file_, "--dry-run"}), 0) << err_;
  EXPECT_THAT(
      SplitLines(out_),
      ElementsAre(ContainsRegex("/test#e0#[0-9a-f]+ filtered by 'warm'"),
                  ContainsRegex("/test#e1#[0-9a-f]+ delivered to rest"),
                  ContainsRegex("/test#e2#[0-9a-f]+ delivered to hot"),
                  ContainsRegex("/test#e3#[0-9a-f]+ dead-lettered by 'warm'")));
  EXPECT_FALSE(Exists("hot.ndjson"));
  EXPECT_EQ(IdsIn(table_).size(), 4u);
}

TEST_F(DlqCommandTest, RefusesAReplayThatCantBegin) {
  PutFour();
  PutLetters(table_, LettersIn("gone", {"1"}, 9));
  EXPECT_EQ(Dlq({"replay", file_, "--from-step"}), 64);
  EXPECT_THAT(err_, HasSubstr("'gone' is no step, route or sink of"));
  EXPECT_EQ(Dlq({"replay", file_, "--from-step=wram"}), 64);
  EXPECT_THAT(err_, HasSubstr("did you mean 'warm'?"));
  EXPECT_EQ(Dlq({"replay", file_, "--from-step", "--to-sink", "hot"}), 64);
  EXPECT_EQ(Dlq({"replay", file_, "--where", "data.t >"}), 64);
  EXPECT_EQ(IdsIn(table_).size(), 5u) << "nothing was delivered";
  EXPECT_FALSE(Exists("hot.ndjson"));
}

TEST_F(DlqCommandTest, RefusesAReplayBesideTheRunningPipeline) {
  PutFour();
  directory_.Write("p.yaml", Cat(pipeline_, "log: {embedded: {path: \"",
                                 directory_ / "log", "\"}}\n"));
  WriteLog(directory_ / "log", {{R"({"t":1.0})"}});
  {
    const auto held = HoldLog(directory_ / "log");
    ASSERT_TRUE(held.ok()) << held.status();
    EXPECT_EQ(Dlq({"replay", file_}), 69);
    EXPECT_THAT(err_, HasSubstr("pipeline 'weather' is running: log folder"));
    EXPECT_THAT(err_, HasSubstr("stop it first, or look by --dry-run"));
    EXPECT_EQ(Dlq({"replay", file_, "--dry-run"}), 0) << err_;
  }
  EXPECT_EQ(Dlq({"replay", file_}), 1) << err_;
}

TEST_F(DlqCommandTest, ReplaysPastQueuesOnDisk) {
  PutFour();
  const std::string queue = Cat("  - name: hot\n    queue: {spill: {path: \"",
                                directory_ / "queue", "\"}}\n    file:");
  directory_.Write("p.yaml",
                   Edited(pipeline_, "  - name: hot\n    file:", queue));
  EXPECT_EQ(Dlq({"replay", file_}), 1) << err_;
  EXPECT_THAT(err_, HasSubstr("delivered 2\n"));
  EXPECT_FALSE(Exists("queue"));
  EXPECT_THAT(IdsIn(table_), ElementsAre("/test#e3"));
}

TEST_F(DlqCommandTest, DropsWhatIsChosen) {
  PutFour();
  EXPECT_EQ(Dlq({"drop", file_, "--where", "data.t > 10.0", "--dry-run"}), 0);
  EXPECT_THAT(out_, HasSubstr("would drop 2 dead letters\n"));
  EXPECT_EQ(IdsIn(table_).size(), 4u);
  EXPECT_EQ(Dlq({"drop", file_, "--where", "data.t > 10.0"}), 0) << err_;
  EXPECT_EQ(out_, "dropped 2 dead letters\n");
  EXPECT_EQ(Dlq({"drop", file_, "--id", "1"}), 0) << err_;
  EXPECT_THAT(IdsIn(table_), ElementsAre("/test#e3"));
  EXPECT_EQ(Dlq({"drop", file_, "--all"}), 0) << err_;
  EXPECT_THAT(IdsIn(table_), IsEmpty());
}

TEST_F(DlqCommandTest, WantsToBeToldWhatToDrop) {
  PutFour();
  EXPECT_EQ(Dlq({"drop", file_}), 64);
  EXPECT_THAT(err_, HasSubstr("expected one of --where, --id and --all"));
  EXPECT_EQ(Dlq({"drop", file_, "--all", "--id", "1"}), 64);
  EXPECT_EQ(IdsIn(table_).size(), 4u);
}

TEST_F(DlqCommandTest, LeavesTheLettersOfOtherPipelines) {
  PutFour();
  auto other = LettersIn("warm", {"1"});
  other[0].pipeline = "other";
  PutLetters(table_, other);
  EXPECT_EQ(Dlq({"drop", file_, "--all"}), 0);
  EXPECT_EQ(out_, "dropped 4 dead letters\n");
  directory_.Write("other.yaml",
                   Edited(pipeline_, "name: weather", "name: other"));
  EXPECT_EQ(Dlq({"ls", directory_ / "other.yaml"}), 0);
  EXPECT_EQ(SplitLines(out_).size(), 2u);
}

TEST_F(DlqCommandTest, SaysThatASinkOfAnotherKindCantBeSearched) {
  directory_.Write("p.yaml", WeatherPipeline(directory_.path()));
  for (const std::string command : {"ls", "replay"}) {
    EXPECT_EQ(Dlq({command, file_}), 66);
    EXPECT_THAT(err_, HasSubstr("go to sink 'dead' of kind 'file', which "
                                "can't be searched: expected "
                                "'dead_letter_table'"));
  }
}

TEST_F(DlqCommandTest, SaysThatAFileIsNoTableAndLeavesIt) {
  const std::string text(5000, 'x');
  directory_.Write("dead.db", text);
  EXPECT_EQ(Dlq({"ls", file_}), 66);
  EXPECT_THAT(err_, HasSubstr("file is not a database"));
  EXPECT_EQ(Dlq({"drop", file_, "--all"}), 66);
  EXPECT_EQ(directory_.Read("dead.db"), text);
}

TEST_F(DlqCommandTest, KnowsItsSubcommands) {
  EXPECT_EQ(Dlq({"list"}), 64);
  EXPECT_THAT(err_, HasSubstr("expected ls, show, replay or drop"));
  EXPECT_EQ(Dlq({}), 64);
  EXPECT_EQ(Dlq({"ls"}), 64);
  EXPECT_EQ(Dlq({"ls", file_, "--limit", "0"}), 64);
  EXPECT_THAT(err_, Not(IsEmpty()));
}

}  // namespace
}  // namespace phoenix
