// The commands over a real log in a folder: what they print, and their exit
// status.
#include "tools/phoenix/commands.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/text.h"
#include "tools/phoenix/past/past_testing.h"

namespace phoenix {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class PastCommandsTest : public testing::Test {
 protected:
  PastCommandsTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    Write("p.yaml", WeatherPipeline(folder_));
    WriteLog(folder_ + "/log", {{R"({"t": 5.0})", R"({"t": 15.0})"},
                                {R"({"t": 35.0})", R"({"u": 1})"}});
  }
  ~PastCommandsTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const {
    return Cat(folder_, "/", name);
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(Path(name), std::ios::binary) << text;
  }

  std::string Read(const std::string& name) const {
    std::ifstream file(Path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // What a command prints to stdout is in `out_`, to stderr in `err_`.
  int Run(int (*command)(absl::Span<char* const>),
          std::vector<std::string> words) {
    std::vector<char*> args;
    for (std::string& word : words) args.push_back(word.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = command(absl::MakeSpan(args));
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return code;
  }

  const std::string folder_ =
      testing::TempDir() + "/past_commands." +
      testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string file_ = Path("p.yaml");
  std::string out_;
  std::string err_;
};

TEST_F(PastCommandsTest, ExplainsAnOffset) {
  EXPECT_EQ(Run(ExplainCommand, {file_, "2"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr(Cat("  offset 2 of log '", folder_, "/log'")));
  EXPECT_THAT(out_, HasSubstr("outcome: delivered to hot\n"));
}

TEST_F(PastCommandsTest, ExplainsTheLastEventWithAnId) {
  EXPECT_EQ(Run(ExplainCommand, {file_, "e1"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("  offset 3 of log"));
  EXPECT_THAT(out_, HasSubstr("outcome: dead-lettered by 'warm'"));
  EXPECT_THAT(err_, HasSubstr("the last of 2 events with id 'e1'"));
}

TEST_F(PastCommandsTest, ExplainsAnIdThatLooksLikeAnOffsetOrAFile) {
  EXPECT_EQ(Run(ExplainCommand, {file_, "--id", "e1"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("  offset 3 of log"));
  EXPECT_THAT(err_, HasSubstr("the last of 2 events with id 'e1'"));
  for (const std::string& other : {std::string("2"), file_}) {
    EXPECT_EQ(Run(ExplainCommand, {file_, "--id", other}), 66);
    EXPECT_THAT(err_, HasSubstr(Cat("no event with id '", other, "'")));
  }
}

TEST_F(PastCommandsTest, TakesOneEventToExplain) {
  EXPECT_EQ(Run(ExplainCommand, {file_}), 64);
  EXPECT_THAT(err_, HasSubstr("expected either EVENT or --id ID"));
  EXPECT_EQ(Run(ExplainCommand, {file_, "2", "--id", "2"}), 64);
}

TEST_F(PastCommandsTest, ExplainsAFileWithAPayloadOrACloudEvent) {
  Write("payload.json", R"({"t": 12.0})");
  EXPECT_EQ(Run(ExplainCommand, {file_, Path("payload.json")}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("outcome: delivered to rest\n"));
  Write("event.json", R"({"specversion": "1.0", "id": "x", "source": "/s",
      "type": "test", "data": {"t": 99.0}})");
  EXPECT_EQ(Run(ExplainCommand, {file_, Path("event.json")}), 0) << err_;
  EXPECT_THAT(out_, StartsWith("event 'x' of '/s', type 'test'\n"));
  Write("wrong.json", R"({"specversion": "2.0", "id": "x"})");
  EXPECT_EQ(Run(ExplainCommand, {file_, Path("wrong.json")}), 66);
  EXPECT_THAT(err_, HasSubstr("phoenix explain: event '"));
}

TEST_F(PastCommandsTest, SaysThatThereIsNoSuchEvent) {
  EXPECT_EQ(Run(ExplainCommand, {file_, "4"}), 66);
  EXPECT_THAT(err_, HasSubstr("no event at offset 4: log folder '"));
  EXPECT_THAT(err_,
              HasSubstr("' has offsets 0 to 3; for an event with this id, "
                        "give --id 4\n"));
  EXPECT_EQ(Run(ExplainCommand, {file_, "nobody"}), 66);
  EXPECT_THAT(err_, HasSubstr("no event with id 'nobody': log folder"));
}

TEST_F(PastCommandsTest, SaysThatThereIsNoLog) {
  const std::string text = WeatherPipeline(folder_);
  Write("no_log.yaml", text.substr(0, text.find("log:\n")));
  EXPECT_EQ(Run(ExplainCommand, {Path("no_log.yaml"), "0"}), 66);
  EXPECT_THAT(err_, HasSubstr("has no log, so nothing of the past is kept: "
                              "expected a section 'log' in it, or --log DIR"));
  EXPECT_EQ(Run(PlanCommand, {file_, file_, "--log", Path("away")}), 66);
  EXPECT_THAT(err_, HasSubstr("/away' holds no log"));
}

TEST_F(PastCommandsTest, RefusesTheLogOfAnotherPipeline) {
  Write("other.yaml",
        Edited(WeatherPipeline(folder_), "name: weather", "name: other"));
  EXPECT_EQ(Run(ReplayCommand, {Path("other.yaml"), "--from", "0"}), 66);
  EXPECT_THAT(err_,
              HasSubstr("holds the log of pipeline 'weather': expected that "
                        "of 'other'"));
}

TEST_F(PastCommandsTest, PlansACandidateThatChangesNothing) {
  EXPECT_EQ(Run(PlanCommand, {file_, file_}), 0) << err_;
  EXPECT_THAT(out_, StartsWith("4 events of log '"));
  EXPECT_THAT(out_, HasSubstr("  unchanged           4\n"));
}

TEST_F(PastCommandsTest, PlansACandidateThatChangesSomething) {
  Write("c.yaml", Edited(WeatherPipeline(folder_), "> 10.0", "> 20.0"));
  EXPECT_EQ(Run(PlanCommand, {file_, Path("c.yaml")}), 2) << err_;
  EXPECT_THAT(out_, HasSubstr("  newly filtered      1\n"));
  EXPECT_THAT(out_, HasSubstr("newly filtered, for example\n"
                              "  offset 1, id 'e1'\n"));
  EXPECT_EQ(Run(PlanCommand, {file_, Path("c.yaml"), "--last", "2"}), 0);
  EXPECT_THAT(out_, StartsWith("2 events of log '"));
}

TEST_F(PastCommandsTest, RefusesAnInvalidCandidate) {
  Write("c.yaml", Edited(WeatherPipeline(folder_), "> 10.0", "> "));
  EXPECT_EQ(Run(PlanCommand, {file_, Path("c.yaml")}), 78);
  EXPECT_THAT(err_, HasSubstr("c.yaml:7:"));
}

TEST_F(PastCommandsTest, RefusesAWindowThatIsNone) {
  EXPECT_EQ(Run(PlanCommand, {file_, file_, "--since", "soon"}), 64);
  EXPECT_THAT(err_, HasSubstr("--since 'soon': expected a time as"));
  EXPECT_EQ(Run(PlanCommand, {file_, file_, "--last", "0"}), 64);
  EXPECT_EQ(Run(PlanCommand, {file_, file_, "--last", "1", "--since", "1h"}),
            64);
  EXPECT_EQ(Run(PlanCommand, {file_, file_, "--since", "2099-01-01"}), 66);
  EXPECT_THAT(err_, HasSubstr("nothing retained in that window"));
}

TEST_F(PastCommandsTest, ReplaysThroughThePipeline) {
  EXPECT_EQ(Run(ReplayCommand, {file_, "--from", "1"}), 0) << err_;
  EXPECT_EQ(Read("hot.ndjson"), "{\"t\": 35.0,\"f\":95.0}\n");
  EXPECT_THAT(Read("rest.ndjson"), HasSubstr("15.0"));
  EXPECT_THAT(Read("dead.ndjson"), HasSubstr("warm"));
  EXPECT_THAT(err_, HasSubstr("replayed 3 events in "));
  EXPECT_THAT(err_, HasSubstr("  delivered 2\n"));
  EXPECT_THAT(err_, HasSubstr("  dead_lettered 1\n"));
}

TEST_F(PastCommandsTest, ReplaysWhatIsChosenStraightToASink) {
  EXPECT_EQ(Run(ReplayCommand, {file_, "--from", "1h", "--to", "3", "--where",
                                "data.t < 30.0", "--to-sink", "rest"}),
            0)
      << err_;
  EXPECT_EQ(Read("rest.ndjson"), "{\"t\": 5.0}\n{\"t\": 15.0}\n");
  EXPECT_FALSE(std::filesystem::exists(Path("hot.ndjson")));
  EXPECT_THAT(err_, HasSubstr("replayed 2 events in "));
}

TEST_F(PastCommandsTest, RehearsesAReplayAndWritesNothing) {
  EXPECT_EQ(Run(ReplayCommand, {file_, "--from", "0", "--dry-run"}), 0) << err_;
  EXPECT_EQ(out_,
            "would replay 4 events\n"
            "  to 'hot' 1\n"
            "  to 'rest' 1\n"
            "  filtered 1\n"
            "  failed 1\n");
  EXPECT_FALSE(std::filesystem::exists(Path("hot.ndjson")));
}

TEST_F(PastCommandsTest, CountsWhatTheConditionCantTell) {
  EXPECT_EQ(Run(ReplayCommand,
                {file_, "--from=0", "--where", "data.t > 0.0", "--dry-run"}),
            0);
  EXPECT_THAT(out_, StartsWith("would replay 3 events\n"));
  EXPECT_THAT(
      err_, HasSubstr("--where has no value for 1 events, which were left out; "
                      "the first: "));
}

TEST_F(PastCommandsTest, RefusesAReplayThatSaysNotWhat) {
  EXPECT_EQ(Run(ReplayCommand, {file_}), 64);
  EXPECT_THAT(err_, HasSubstr("--from '': expected an offset, a time as"));
  EXPECT_EQ(Run(ReplayCommand, {file_, "--from", "0", "--where", "data.t >"}),
            64);
  EXPECT_THAT(err_, HasSubstr("--where: column "));
  EXPECT_EQ(Run(ReplayCommand, {file_, "--from", "0", "--to-sink", "hod"}), 64);
  EXPECT_THAT(err_, HasSubstr("did you mean 'hot'?"));
  EXPECT_EQ(Run(ReplayCommand, {file_, "--from", "9"}), 66);
  EXPECT_THAT(err_, HasSubstr("nothing retained in that window"));
}

}  // namespace
}  // namespace phoenix
