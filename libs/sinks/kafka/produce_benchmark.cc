// The Kafka sink alone: batches of 1,000 rows of 256 bytes into a topic, each
// acknowledged by all replicas. Prints records a second.
//
//   produce_benchmark BROKERS TOPIC RECORDS
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/component/testing/test_batch.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"
#include "libs/sinks/kafka/kafka_sink.h"
#include "libs/sinks/kafka/record_encoder.h"

namespace phoenix {
namespace {

constexpr int kBatchRows = 1000;
constexpr size_t kRecordBytes = 256;

[[noreturn]] void Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

double RecordsPerSecond(KafkaSink& sink, const EventBatchPtr& batch,
                        int records) {
  int delivered = 0;
  const absl::Time start = absl::Now();
  for (int sent = 0; sent < records; sent += kBatchRows) {
    sink.Write(AllOf(batch), [&](const BatchOutcome& outcome) {
      delivered += static_cast<int>(outcome.Count(Outcome::kDelivered));
    });
  }
  sink.Flush();
  const absl::Status closed = sink.Close();
  if (!closed.ok()) Fail(closed);
  if (delivered < records) Fail(absl::InternalError("records are missing"));
  return delivered / absl::ToDoubleSeconds(absl::Now() - start);
}

void Produce(const std::string& brokers, const std::string& topic,
             int records) {
  KafkaSink::Options options;
  options.name = "bench";
  options.encoder.format = RecordEncoder::Format::kPayload;
  options.producer.connection.brokers = brokers;
  options.producer.topic = topic;
  KafkaSink sink(options);
  const absl::Status opened = sink.Open();
  if (!opened.ok()) Fail(opened);
  const EventBatchPtr batch = MakeBatch(
      std::vector<std::string>(kBatchRows, std::string(kRecordBytes, 'x')));
  std::printf("%.0f\n", RecordsPerSecond(sink, batch, records));
}

}  // namespace
}  // namespace phoenix

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: produce_benchmark BROKERS TOPIC RECORDS\n");
    return 64;
  }
  phoenix::Produce(argv[1], argv[2], std::atoi(argv[3]));
  return 0;
}
