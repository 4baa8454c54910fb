// The lock that a consumer group is, of a real broker.
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/shared_kafka.h"
#include "libs/base/text.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/group_lock.h"

namespace phoenix {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class GroupLockTest : public testing::Test {
 protected:
  GroupLockTest() {
    connection_.brokers = SharedKafka().bootstrap();
    EXPECT_TRUE(SharedKafka().CreateTopic(topic_, 2).ok());
  }

  absl::StatusOr<std::unique_ptr<GroupLock>> Take() {
    return GroupLock::Take(connection_, topic_, Cat("lock-", topic_));
  }

  KafkaConnection connection_;
  const std::string topic_ =
      testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(GroupLockTest, KeepsASecondAwayAndSaysWhoHasIt) {
  const auto first = Take();
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = Take().status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition) << second;
  EXPECT_THAT(std::string(second.message()),
              AllOf(HasSubstr(Cat("client 'phoenix of process ", getpid())),
                    HasSubstr("since 20"), HasSubstr("at '/127.0.0.1'"),
                    HasSubstr("within 20s")));
  EXPECT_TRUE((*first)->Check().ok()) << "the first has noticed nothing";
}

TEST_F(GroupLockTest, IsFreeAtOnceWhenItsHolderEnds) {
  for (int i = 0; i < 3; ++i) {
    const auto lock = Take();
    ASSERT_TRUE(lock.ok()) << i << ": " << lock.status();
    EXPECT_TRUE((*lock)->Check().ok());
  }
}

// Each may have seen the other: then none has it, but never two.
TEST_F(GroupLockTest, GoesToOneAtMostOfThoseThatComeAtOnce) {
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<GroupLock>> locks(3);
    std::vector<std::thread> threads;
    for (auto& lock : locks) {
      threads.emplace_back([&] {
        if (auto taken = Take(); taken.ok()) lock = *std::move(taken);
      });
    }
    for (std::thread& thread : threads) thread.join();
    int count = 0;
    for (const auto& lock : locks) count += lock != nullptr;
    EXPECT_LE(count, 1);
  }
  // What they left behind keeps nobody away for longer than one that was
  // killed.
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  auto last = Take();
  while (!last.ok() && std::chrono::steady_clock::now() < end) last = Take();
  EXPECT_TRUE(last.ok()) << last.status();
}

TEST_F(GroupLockTest, NeedsABrokerThatAnswers) {
  connection_.brokers = "127.0.0.1:1";
  connection_.properties["log_level"] = "0";
  EXPECT_FALSE(Take().ok());
}

}  // namespace
}  // namespace phoenix
