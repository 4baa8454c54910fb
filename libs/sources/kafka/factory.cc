#include "libs/sources/kafka/factory.h"

#include <memory>
#include <string>
#include <utility>

#include "libs/base/text.h"
#include "libs/kafka/connection_options.h"
#include "libs/kafka/topic_options.h"
#include "libs/sources/event_defaults.h"
#include "libs/sources/kafka/kafka_source.h"
#include "libs/sources/kafka/kafka_source.pb.h"
#include "libs/sources/proto_duration.h"

namespace phoenix {
namespace {

namespace v1 = sources::kafka::v1;

void CheckProperties(const v1::KafkaSource& config, ConfigReport& report) {
  for (int i = 0; i < config.librdkafka_size(); ++i) {
    const absl::Status checked = CheckKafkaProperty(
        config.librdkafka(i).name(), config.librdkafka(i).value());
    if (checked.ok()) continue;
    report.Error(Cat("librdkafka[", i, "]"), 0, std::string(checked.message()));
  }
}

void CheckTopics(const v1::KafkaSource& config, ConfigReport& report) {
  if (config.topics().empty()) {
    report.Error("topics", 0, "topics is empty, expected at least one");
  }
  for (int i = 0; i < config.topics_size(); ++i) {
    if (!config.topics(i).empty()) continue;
    report.Error(Cat("topics[", i, "]"), 0, "topic is empty");
  }
}

std::unique_ptr<Source> CreateKafkaSource(const v1::KafkaSource& config,
                                          BuildContext& context) {
  const int errors = context.report.error_count();
  CheckTopics(config, context.report);
  CheckProperties(config, context.report);
  if (context.report.error_count() > errors) return nullptr;
  KafkaSourceOptions options;
  options.name = context.name;
  options.consumer.connection = ReadKafkaConnection(config);
  options.consumer.topics.assign(config.topics().begin(),
                                 config.topics().end());
  options.consumer.group = config.group().empty()
                               ? Cat(context.pipeline, ".", context.name)
                               : config.group();
  options.payload_only = config.format() == v1::FORMAT_PAYLOAD;
  options.from_latest = config.start() == v1::START_POSITION_LATEST;
  if (config.max_buffer_bytes() > 0) {
    options.consumer.max_buffer_bytes = config.max_buffer_bytes();
  }
  options.defaults =
      MakeEventDefaults(context, config.event_source(), config.event_type());
  if (!config.content_type().empty()) {
    options.defaults.data_content_type = config.content_type();
  }
  if (config.max_event_bytes() > 0) {
    options.max_event_bytes = config.max_event_bytes();
  }
  if (config.has_commit_interval()) {
    options.commit_interval =
        absl::FromChrono(ToMillis(config.commit_interval()));
  }
  if (config.has_revoke_timeout()) {
    options.revoke_timeout =
        absl::FromChrono(ToMillis(config.revoke_timeout()));
  }
  if (config.has_create_topics()) {
    options.create_topics = ReadTopicWish(config.create_topics());
  }
  return std::make_unique<KafkaSource>(std::move(options), context.clock);
}

}  // namespace

void RegisterKafkaSource(SourceRegistry& registry) {
  registry.Register<v1::KafkaSource>("kafka", CreateKafkaSource);
}

}  // namespace phoenix
