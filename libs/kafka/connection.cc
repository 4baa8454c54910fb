#include "libs/kafka/connection.h"

#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

struct ReservedProperty {
  std::string_view name;
  std::string_view instead;
};

constexpr std::string_view kGuarantee =
    "nothing: what is promised to be delivered hangs on it";
constexpr std::string_view kInternal = "nothing: Phoenix needs it as it is";

// Each with all of its aliases.
constexpr ReservedProperty kReserved[] = {
    {"bootstrap.servers", "`brokers`"},
    {"metadata.broker.list", "`brokers`"},
    {"client.id", "`client_id`"},
    {"security.protocol", "`sasl` and `tls`"},
    {"sasl.mechanism", "`sasl`"},
    {"sasl.mechanisms", "`sasl`"},
    {"sasl.username", "`sasl`"},
    {"sasl.password", "`sasl`"},
    {"ssl.ca.location", "`tls`"},
    {"ssl.certificate.location", "`tls`"},
    {"ssl.key.location", "`tls`"},
    {"ssl.key.password", "`tls`"},
    {"enable.ssl.certificate.verification", "`tls`"},
    {"group.id", "`group`"},
    {"auto.offset.reset", "`start`"},
    {"allow.auto.create.topics", "`create_topic` or `create_topics`"},
    {"transactional.id", "`transactional_id`"},
    {"transaction.timeout.ms", "`transaction_timeout`"},
    {"partitioner", "`partitioner`"},
    {"compression.codec", "`compression`"},
    {"compression.type", "`compression`"},
    {"linger.ms", "`linger`"},
    {"queue.buffering.max.ms", "`linger`"},
    {"delivery.timeout.ms", "`delivery_timeout`"},
    {"message.timeout.ms", "`delivery_timeout`"},
    {"queue.buffering.max.kbytes", "`max_buffer_bytes`"},
    {"queue.buffering.max.messages", "`max_buffer_bytes`"},

    // Producers: in order, once, and by all in-sync replicas.
    {"acks", kGuarantee},
    {"request.required.acks", kGuarantee},
    {"enable.idempotence", kGuarantee},
    {"enable.gapless.guarantee", kGuarantee},
    {"max.in.flight", kGuarantee},
    {"max.in.flight.requests.per.connection", kGuarantee},
    {"retries", kGuarantee},
    {"message.send.max.retries", kGuarantee},
    {"queuing.strategy", kGuarantee},
    {"delivery.report.only.error", kGuarantee},

    // Consumers: what is committed, and where a partition ends.
    {"enable.auto.commit", kGuarantee},
    {"auto.commit.enable", kGuarantee},
    {"enable.auto.offset.store", kGuarantee},
    {"offset.store.method", kGuarantee},
    {"isolation.level", kGuarantee},
    {"enable.partition.eof", kGuarantee},
    {"partition.assignment.strategy", kGuarantee},
    {"group.protocol.type", kGuarantee},

    // All: topics that are hidden, requests that are not made, and reports and
    // log lines that would go where nobody looks.
    {"topic.blacklist", kGuarantee},
    {"api.version.request", kGuarantee},
    {"broker.version.fallback", kGuarantee},
    {"enabled_events", kInternal},
    {"log.queue", kInternal},
};

// Without `topic.`, which librdkafka allows before some names.
std::string_view PlainName(std::string_view name) {
  constexpr std::string_view kPrefix = "topic.";
  if (name.substr(0, kPrefix.size()) == kPrefix) {
    name.remove_prefix(kPrefix.size());
  }
  return name;
}

absl::Status Set(rd_kafka_conf_t& conf, const std::string& name,
                 const std::string& value) {
  char error[256] = {};
  if (rd_kafka_conf_set(&conf, name.c_str(), value.c_str(), error,
                        sizeof(error)) == RD_KAFKA_CONF_OK) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      Cat("property '", name,
          "' of librdkafka is unknown or its value is not "
          "allowed"));
}

absl::Status SetAll(rd_kafka_conf_t& conf, const KafkaProperties& properties) {
  for (const auto& [name, value] : properties) {
    PHOENIX_RETURN_IF_ERROR(Set(conf, name, value));
  }
  return absl::OkStatus();
}

void AddTls(const KafkaConnection::Tls& tls, KafkaProperties& properties) {
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) properties[name] = value;
  };
  add("ssl.ca.location", tls.ca_file);
  add("ssl.certificate.location", tls.certificate_file);
  add("ssl.key.location", tls.key_file);
  add("ssl.key.password", tls.key_password.Reveal());
  if (tls.skip_verify) {
    properties["enable.ssl.certificate.verification"] = "false";
  }
}

KafkaProperties ConnectionProperties(const KafkaConnection& connection) {
  KafkaProperties properties = {{"bootstrap.servers", connection.brokers},
                                {"client.id", connection.client_id}};
  const char* const protocols[2][2] = {{"plaintext", "ssl"},
                                       {"sasl_plaintext", "sasl_ssl"}};
  properties["security.protocol"] =
      protocols[connection.sasl.has_value()][connection.tls.has_value()];
  if (connection.sasl.has_value()) {
    properties["sasl.mechanism"] = connection.sasl->mechanism;
    properties["sasl.username"] = connection.sasl->username;
    properties["sasl.password"] = connection.sasl->password.Reveal();
  }
  if (connection.tls.has_value()) AddTls(*connection.tls, properties);
  return properties;
}

// The properties of a component are for all of its clients: it is nothing to
// warn of that one is a consumer's, and this client a producer. Nor can anybody
// do anything about a property that is ours.
bool IsNoTrouble(std::string_view facility, std::string_view text) {
  const auto says = [text](std::string_view what) {
    return text.find(what) != std::string_view::npos;
  };
  return facility == "CONFWARN" &&
         (says(" property and will be ignored by this ") ||
          says(" enable.gapless.guarantee "));
}

}  // namespace

// Levels are syslog's: 3 and less are errors, of which the client recovers.
void WriteKafkaLog(const rd_kafka_t* client, int level, const char* facility,
                   const char* text) {
  const auto& log = Logger::Process();
  const LogField name("client", rd_kafka_name(client));
  const LogField detail("detail", Cat(facility, ": ", text));
  if (level <= 4 && !IsNoTrouble(facility, text)) {
    log.Warn("Kafka client reports trouble.", {name, detail});
  } else {
    log.Debug("Kafka client reports.", {name, detail});
  }
}

absl::Status CheckKafkaProperty(const std::string& name,
                                const std::string& value) {
  for (const ReservedProperty& reserved : kReserved) {
    if (reserved.name != name && reserved.name != PlainName(name)) continue;
    return absl::InvalidArgumentError(
        Cat("property '", name, "' can't be set here; use ", reserved.instead));
  }
  return Set(*KafkaConfPtr(rd_kafka_conf_new()), name, value);
}

absl::StatusOr<KafkaConfPtr> MakeKafkaConf(const KafkaConnection& connection,
                                           const KafkaProperties& own) {
  KafkaConfPtr conf(rd_kafka_conf_new());
  rd_kafka_conf_set_log_cb(conf.get(), &WriteKafkaLog);
  PHOENIX_RETURN_IF_ERROR(SetAll(*conf, ConnectionProperties(connection)));
  PHOENIX_RETURN_IF_ERROR(SetAll(*conf, own));
  for (const auto& [name, value] : connection.properties) {
    PHOENIX_RETURN_IF_ERROR(CheckKafkaProperty(name, value));
    PHOENIX_RETURN_IF_ERROR(Set(*conf, name, value));
  }
  return conf;
}

absl::StatusOr<KafkaClientPtr> MakeKafkaClient(rd_kafka_type_t type,
                                               KafkaConfPtr conf) {
  char error[512] = {};
  KafkaClientPtr client(rd_kafka_new(type, conf.get(), error, sizeof(error)));
  if (client == nullptr) {
    return absl::FailedPreconditionError(Cat("kafka client: ", error));
  }
  conf.release();
  return client;
}

}  // namespace phoenix
