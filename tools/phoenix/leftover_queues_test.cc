#include "tools/phoenix/leftover_queues.h"

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/text.h"
#include "tools/phoenix/open_log.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LeftoverQueuesTest : public ::testing::Test {
 protected:
  LeftoverQueuesTest() { std::filesystem::remove_all(root_); }
  ~LeftoverQueuesTest() override { std::filesystem::remove_all(root_); }

  std::string Path(const std::string& path) const {
    return Cat(root_, "/", path);
  }

  // A pipeline with a log and sinks with queues, each named as its folder; an
  // empty `log`: none.
  CompiledPipeline Pipeline(const std::string& log,
                            const std::vector<std::string>& queues) const {
    CompiledPipeline pipeline;
    pipeline.name = "small";
    if (!log.empty()) pipeline.log.emplace().path = Path(log);
    for (const std::string& queue : queues) {
      CompiledSink sink;
      sink.name = std::filesystem::path(queue).filename();
      sink.queue.spill.emplace().path = Path(queue);
      pipeline.sinks.push_back(std::move(sink));
    }
    return pipeline;
  }

  // What a run leaves behind.
  static void Run(const CompiledPipeline& pipeline) {
    if (pipeline.log) {
      std::filesystem::create_directories(pipeline.log->path);
      ASSERT_TRUE(LogOpenerOf(pipeline)().ok());
    }
    for (const CompiledSink& sink : pipeline.sinks) {
      std::filesystem::create_directories(
          std::filesystem::path(sink.queue.spill->path).parent_path());
      ASSERT_TRUE(OpenSinkLog(pipeline.name, sink).ok());
    }
    const absl::Status noted = NoteQueues(pipeline);
    ASSERT_TRUE(noted.ok()) << noted;
  }

  const std::string root_ =
      testing::TempDir() + "/leftover_queues." +
      testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(LeftoverQueuesTest, FindsAQueueAFolderBelowTheOneOfTheLog) {
  Run(Pipeline("", {"small.queues/alerts"}));
  EXPECT_THAT(LeftoverQueues(Pipeline("small.log", {})),
              ElementsAre(HasSubstr("queue of a sink 'alerts'")));
}

TEST_F(LeftoverQueuesTest, FindsTheOldFolderOfAQueueThatWasMoved) {
  Run(Pipeline("", {"small.queues/alerts"}));
  for (const char* to : {"queues2/alerts", "small.queues/new", "alerts"}) {
    EXPECT_THAT(LeftoverQueues(Pipeline("", {to})),
                ElementsAre(HasSubstr("small.queues/alerts'")))
        << to;
  }
}

TEST_F(LeftoverQueuesTest, FindsWhatIsNotedInTheFolderOfTheLog) {
  Run(Pipeline("logs/of/small", {"far/far/away/alerts", "near/other"}));
  const CompiledPipeline without = Pipeline("logs/of/small", {"near/other"});
  for (int run = 0; run < 2; ++run) {
    EXPECT_THAT(LeftoverQueues(without),
                ElementsAre(HasSubstr("far/far/away/alerts'")));
    Run(without);
  }
}

TEST_F(LeftoverQueuesTest, FindsWhatIsNotedInTheFolderOfAnotherQueue) {
  Run(Pipeline("", {"far/far/away/alerts", "near/other"}));
  EXPECT_THAT(LeftoverQueues(Pipeline("", {"near/other"})),
              ElementsAre(HasSubstr("far/far/away/alerts'")));
}

TEST_F(LeftoverQueuesTest, NotesWhatIsLeftOverAlready) {
  Run(Pipeline("", {"small.queues/alerts"}));
  Run(Pipeline("logs/of/small", {"small.queues/new"}));
  EXPECT_THAT(LeftoverQueues(Pipeline("logs/of/small", {})),
              ElementsAre(HasSubstr("small.queues/alerts'"),
                          HasSubstr("small.queues/new'")));
}

TEST_F(LeftoverQueuesTest, ForgetsAFolderThatIsGone) {
  Run(Pipeline("logs/of/small", {"far/far/away/alerts"}));
  std::filesystem::remove_all(Path("far"));
  EXPECT_THAT(LeftoverQueues(Pipeline("logs/of/small", {})), IsEmpty());
}

TEST_F(LeftoverQueuesTest, KeepsOnRecordWhatCanNotBeRead) {
  Run(Pipeline("logs/of/small", {"far/far/away/alerts"}));
  const std::string meta = Path("far/far/away/alerts/META");
  std::filesystem::rename(meta, meta + ".away");
  std::filesystem::create_directory(meta);
  Run(Pipeline("logs/of/small", {}));
  EXPECT_THAT(LeftoverQueues(Pipeline("logs/of/small", {})),
              ElementsAre(HasSubstr("can't be looked at now")));
  std::filesystem::remove(meta);
  std::filesystem::rename(meta + ".away", meta);
  EXPECT_THAT(LeftoverQueues(Pipeline("logs/of/small", {})),
              ElementsAre(HasSubstr("queue of a sink 'alerts'")));
}

TEST_F(LeftoverQueuesTest, LeavesAQueueAloneThatAnotherProcessHasOpen) {
  const CompiledPipeline replica = Pipeline("", {"replicas/1/alerts"});
  Run(replica);
  const CompiledPipeline mine = Pipeline("", {"replicas/2/alerts"});
  {
    const auto open = OpenSinkLog(replica.name, replica.sinks[0]);
    ASSERT_TRUE(open.ok()) << open.status();
    Run(mine);
    EXPECT_THAT(LeftoverQueues(mine), IsEmpty());
  }
  EXPECT_THAT(LeftoverQueues(mine), ElementsAre(HasSubstr("1/alerts'")));
}

TEST_F(LeftoverQueuesTest, LeavesQueuesOfOtherPipelinesAlone) {
  CompiledPipeline other = Pipeline("", {"small.queues/alerts"});
  other.name = "other";
  Run(other);
  EXPECT_THAT(LeftoverQueues(Pipeline("small.log", {})), IsEmpty());
}

}  // namespace
}  // namespace phoenix
