// A topic that is read beside those who use it, at a real broker.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/shared_kafka.h"
#include "libs/base/text.h"
#include "libs/kafka/record_view.h"
#include "libs/kafka/topic_snapshot.h"
#include "libs/kafka/topic_writer.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr absl::Duration kTimeout = absl::Seconds(30);

class TopicSnapshotTest : public ::testing::Test {
 protected:
  TopicSnapshotTest() {
    connection_.brokers = SharedKafka().bootstrap();
    EXPECT_TRUE(SharedKafka().CreateTopic(topic_, 2).ok());
    writer_ = *TopicWriter::Create(connection_, topic_);
  }

  void Write(int32_t partition, const std::string& value) {
    const absl::Status written =
        writer_->Write({{{.partition = partition,
                          .key = "k",
                          .value = value,
                          .headers = {{"a", "1"}, {"b", ""}}}}});
    ASSERT_TRUE(written.ok()) << written;
  }

  std::unique_ptr<TopicSnapshot> Open() {
    auto snapshot = TopicSnapshot::Open(connection_, topic_, kTimeout);
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return *std::move(snapshot);
  }

  static std::vector<std::string> Values(const TopicSnapshot& snapshot,
                                         int32_t partition, int64_t from = 0) {
    std::vector<std::string> values;
    const auto reader = snapshot.Read(partition, from);
    EXPECT_TRUE(reader.ok()) << reader.status();
    while (true) {
      const auto record = (*reader)->Next();
      EXPECT_TRUE(record.ok()) << record.status();
      if (!record.ok() || *record == nullptr) return values;
      values.emplace_back(RecordValue(**record));
    }
  }

  KafkaConnection connection_;
  const std::string topic_ =
      Cat("of-", testing::UnitTest::GetInstance()->current_test_info()->name());
  std::unique_ptr<TopicWriter> writer_;
};

TEST_F(TopicSnapshotTest, EndsWhereThePartitionsEndedWhenItWasOpened) {
  Write(0, "x");
  Write(1, "y");
  Write(1, "z");
  const auto snapshot = Open();
  Write(1, "later");
  EXPECT_EQ(snapshot->partitions()[0].high, 1);
  EXPECT_EQ(snapshot->partitions()[1].high, 2);
  EXPECT_THAT(Values(*snapshot, 0), ElementsAre("x"));
  EXPECT_THAT(Values(*snapshot, 1), ElementsAre("y", "z"));
  // Again, from the middle, and from behind the end.
  EXPECT_THAT(Values(*snapshot, 1, 1), ElementsAre("z"));
  EXPECT_THAT(Values(*snapshot, 1, 2), IsEmpty());
}

TEST_F(TopicSnapshotTest, GivesTheWholeRecord) {
  const absl::Time before = absl::Now() - absl::Seconds(1);
  Write(0, "x");
  ASSERT_TRUE(writer_->Write({{{.partition = 0, .key = "gone"}}}).ok());
  const auto snapshot = Open();
  const auto reader = *snapshot->Read(0, 0);
  const KafkaMessagePtr record = *reader->Next();
  EXPECT_EQ(RecordKey(*record), "k");
  EXPECT_GE(RecordTime(*record), before);
  EXPECT_THAT(RecordHeaders(*record),
              ElementsAre(Pair("a", "1"), Pair("b", "")));
  EXPECT_EQ(RecordHeader(*record, "a"), "1");
  EXPECT_EQ(RecordHeader(*record, "c"), "");
  EXPECT_EQ((*reader->Next())->payload, nullptr);
}

TEST_F(TopicSnapshotTest, FindsWhereATimeBegins) {
  Write(0, "x");
  const auto snapshot = Open();
  EXPECT_EQ(*snapshot->FindOffset(0, absl::Now() - absl::Hours(1)), 0);
  EXPECT_EQ(*snapshot->FindOffset(0, absl::Now() + absl::Hours(1)), 1);
}

TEST_F(TopicSnapshotTest, JoinsNoGroup) {
  Write(0, "x");
  const auto snapshot = Open();
  EXPECT_THAT(Values(*snapshot, 0), ElementsAre("x"));
  EXPECT_EQ(*snapshot->CountMembers("nobody"), 0);
}

TEST_F(TopicSnapshotTest, SaysThatThereIsNoSuchTopicOrNoBroker) {
  const absl::Status missing =
      TopicSnapshot::Open(connection_, "nowhere", kTimeout).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), HasSubstr("topic 'nowhere'"));
  connection_.brokers = "127.0.0.1:1";
  connection_.properties["log_level"] = "0";
  const absl::Status alone =
      TopicSnapshot::Open(connection_, topic_, absl::Seconds(1)).status();
  EXPECT_EQ(alone.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(alone.message()), HasSubstr("127.0.0.1:1"));
}

}  // namespace
}  // namespace phoenix
