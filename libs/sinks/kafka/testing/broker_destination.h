#ifndef LIBS_SINKS_KAFKA_TESTING_BROKER_DESTINATION_H_
#define LIBS_SINKS_KAFKA_TESTING_BROKER_DESTINATION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "integration/servers/kafka_server.h"
#include "libs/component/sink.h"
#include "libs/component/testing/sink_suite.h"
#include "libs/event/event_batch.h"
#include "libs/sinks/kafka/kafka_sink.h"

namespace phoenix {

// Topics of the broker that all tests of a binary share, and what tests of
// sinks write to them. For one thread, but that a sink may have another.

KafkaServer& Broker();

// No topic has it.
std::string NewName();

std::string NewTopic(int partitions = 1);

// Alters what the topic, of one partition and without records, takes at once;
// returns when its broker goes by that.
void SetMaxMessageBytes(const std::string& topic, int bytes);

// A sink of payloads to that topic.
KafkaSink::Options OptionsFor(const std::string& topic);

// The values of all records: those of committed transactions.
std::vector<std::string> Values(const std::string& topic, int partitions = 1);

std::vector<std::string> Numbers(int from, int count);

// A batch of a log whose payloads are the offsets of its events.
EventBatchPtr Logged(int64_t first_offset, int count, int partition = 0,
                     int64_t tenure = 0);

// Writes and flushes; what became of each row.
std::vector<std::string> Deliver(Sink& sink, BatchView view);
std::vector<std::string> Deliver(Sink& sink, EventBatchPtr batch);

// Writes batches of a log until all is delivered: what is to be tried again is
// written again, in order, as the decorator of sinks does.
void DeliverAll(Sink& sink, std::vector<BatchView> views);

// Opens the sink, writes kRestartedRows rows of a log, and closes it; in the
// middle the broker is killed and restarted.
inline constexpr int kRestartedRows = 6000;
void DeliverThroughARestart(Sink& sink);

// A topic of its own, for the suite that all sinks pass.
class TopicFixture : public SinkFixture {
 public:
  using MakeSinkFor =
      std::function<std::unique_ptr<Sink>(const std::string& topic)>;

  explicit TopicFixture(MakeSinkFor make_sink);
  ~TopicFixture() override;

  std::unique_ptr<Sink> MakeSink() override { return make_sink_(topic_); }

  // Records may hold line ends, which the suite expects as blanks.
  std::vector<std::string> Arrived() override;

  // The broker is stopped until the fixture goes.
  bool Break() override;

 private:
  const MakeSinkFor make_sink_;
  const std::string topic_ = NewTopic();
};

}  // namespace phoenix

#endif  // LIBS_SINKS_KAFKA_TESTING_BROKER_DESTINATION_H_
