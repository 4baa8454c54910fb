#include "libs/sinks/kafka/kafka_factory.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "libs/base/text.h"
#include "libs/kafka/connection_options.h"
#include "libs/kafka/topic_options.h"
#include "libs/sinks/kafka/kafka.pb.h"
#include "libs/sinks/kafka/kafka_sink.h"
#include "libs/sinks/kafka/transactional_sink.h"
#include "libs/sinks/rows/event_field.h"

namespace phoenix {
namespace {

namespace v1 = sinks::kafka::v1;

constexpr char kDefaultKey[] = "ext.partitionkey";

void CheckProperties(const v1::Kafka& config, ConfigReport& report) {
  for (int i = 0; i < config.librdkafka_size(); ++i) {
    const absl::Status checked = CheckKafkaProperty(
        config.librdkafka(i).name(), config.librdkafka(i).value());
    if (checked.ok()) continue;
    report.Error(Cat("librdkafka[", i, "]"), 0, std::string(checked.message()));
  }
}

std::optional<EventField> KeyField(const v1::Kafka& config,
                                   ConfigReport& report) {
  const std::string name = config.key().empty() ? kDefaultKey : config.key();
  std::optional<EventField> field = ParseEventField(name);
  if (!field.has_value()) {
    report.Error("key", 0,
                 Cat("'", name, "' is no field, expected ", kEventFieldForms));
  }
  return field;
}

RecordEncoder::Format FormatOf(v1::Format format) {
  switch (format) {
    case v1::FORMAT_STRUCTURED:
      return RecordEncoder::Format::kStructured;
    case v1::FORMAT_PAYLOAD:
      return RecordEncoder::Format::kPayload;
    default:
      return RecordEncoder::Format::kBinary;
  }
}

std::string CompressionOf(v1::Compression compression) {
  switch (compression) {
    case v1::COMPRESSION_GZIP:
      return "gzip";
    case v1::COMPRESSION_SNAPPY:
      return "snappy";
    case v1::COMPRESSION_LZ4:
      return "lz4";
    case v1::COMPRESSION_ZSTD:
      return "zstd";
    default:
      return "none";
  }
}

std::string PartitionerOf(v1::Partitioner partitioner) {
  switch (partitioner) {
    case v1::PARTITIONER_CRC32:
      return "consistent_random";
    case v1::PARTITIONER_FNV1A:
      return "fnv1a_random";
    default:
      return "murmur2_random";
  }
}

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) +
         absl::Nanoseconds(duration.nanos());
}

// What the file says by itself, for a topic whose limit the user may not see.
std::optional<size_t> OwnRecordLimit(const KafkaConnection& connection) {
  const auto said = connection.properties.find("message.max.bytes");
  size_t bytes = 0;
  if (said == connection.properties.end() ||
      !absl::SimpleAtoi(said->second, &bytes)) {
    return std::nullopt;
  }
  return bytes;
}

RecordProducerOptions ProducerOptions(const v1::Kafka& config) {
  RecordProducerOptions options;
  options.connection = ReadKafkaConnection(config);
  options.topic = config.topic();
  if (config.has_create_topic()) {
    options.create_topic = ReadTopicWish(config.create_topic());
  }
  options.partitioner = PartitionerOf(config.partitioner());
  options.compression = CompressionOf(config.compression());
  options.transactional_id = config.transactional_id();
  if (config.has_linger()) options.linger = ToDuration(config.linger());
  if (config.has_delivery_timeout()) {
    options.delivery_timeout = ToDuration(config.delivery_timeout());
  }
  if (config.has_transaction_timeout()) {
    options.transaction_timeout = ToDuration(config.transaction_timeout());
  }
  if (config.max_buffer_bytes() > 0) {
    options.max_buffer_bytes = config.max_buffer_bytes();
  }
  options.max_record_bytes = OwnRecordLimit(options.connection);
  return options;
}

void CheckTimeouts(const v1::Kafka& config,
                   const RecordProducerOptions& options, ConfigReport& report) {
  if (options.linger >= options.delivery_timeout) {
    report.Error("linger", 0, "linger is not less than `delivery_timeout`");
  }
  if (!options.transaction_timeout.has_value()) return;
  if (config.transactional_id().empty()) {
    report.Error("transaction_timeout", 0,
                 "there are no transactions without `transactional_id`");
  } else if (*options.transaction_timeout < options.delivery_timeout) {
    report.Error("transaction_timeout", 0,
                 "transaction_timeout is less than `delivery_timeout`");
  }
}

// What a file does not say comes as the default.
bool SaysPositionsTopic(const v1::Kafka& config) {
  return config.positions_topic() !=
         TransactionalKafkaSink::Options().positions_topic;
}

void CheckPositionsTopic(const v1::Kafka& config, ConfigReport& report) {
  if (config.positions_topic().empty()) return;
  const absl::Status name = CheckTopicName(config.positions_topic());
  if (!name.ok()) {
    report.Error("positions_topic", 0, std::string(name.message()));
  } else if (config.transactional_id().empty()) {
    if (!SaysPositionsTopic(config)) return;
    report.Error("positions_topic", 0,
                 "no positions are kept without `transactional_id`");
  } else if (config.positions_topic() == config.topic()) {
    report.Error("positions_topic", 0,
                 "positions can't be in the topic that has the events");
  }
}

TransactionalKafkaSink::Options TransactionalOptions(
    const v1::Kafka& config, KafkaSink::Options sink,
    const BuildContext& context) {
  TransactionalKafkaSink::Options options{
      .sink = std::move(sink),
      .positions_name = Cat(context.pipeline, "/", context.name)};
  if (!config.positions_topic().empty()) {
    options.positions_topic = config.positions_topic();
  }
  return options;
}

std::unique_ptr<Sink> Create(const v1::Kafka& config, BuildContext& context) {
  const int errors = context.report.error_count();
  const absl::Status name = CheckTopicName(config.topic());
  if (!name.ok()) {
    context.report.Error("topic", 0, std::string(name.message()));
  }
  CheckPositionsTopic(config, context.report);
  CheckProperties(config, context.report);
  KafkaSink::Options options;
  options.name = context.name;
  options.encoder.format = FormatOf(config.format());
  options.encoder.key = KeyField(config, context.report);
  options.producer = ProducerOptions(config);
  CheckTimeouts(config, options.producer, context.report);
  if (context.report.error_count() > errors) return nullptr;
  if (config.transactional_id().empty()) {
    return std::make_unique<KafkaSink>(std::move(options));
  }
  return std::make_unique<TransactionalKafkaSink>(
      TransactionalOptions(config, std::move(options), context));
}

}  // namespace

void RegisterKafkaSink(SinkRegistry& registry) {
  registry.Register<v1::Kafka>("kafka", &Create);
}

}  // namespace phoenix
