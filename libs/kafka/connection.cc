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
    {"transactional.id", "`transactional_id`"},
    {"partitioner", "`partitioner`"},
    {"compression.codec", "`compression`"},
    {"compression.type", "`compression`"},
    {"auto.offset.reset", "`start`"},
    {"acks", kGuarantee},
    {"request.required.acks", kGuarantee},
    {"enable.idempotence", kGuarantee},
    {"enable.auto.commit", kGuarantee},
    {"enable.auto.offset.store", kGuarantee},
    {"isolation.level", kGuarantee},
    {"partition.assignment.strategy", kGuarantee},
};

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
// warn of that one is a consumer's, and this client a producer.
bool IsOfAnotherKind(std::string_view facility, std::string_view text) {
  return facility == "CONFWARN" &&
         text.find(" property and will be ignored by this ") !=
             std::string_view::npos;
}

}  // namespace

// Levels are syslog's: 3 and less are errors, of which the client recovers.
void WriteKafkaLog(const rd_kafka_t* client, int level, const char* facility,
                   const char* text) {
  const auto& log = Logger::Process();
  const LogField name("client", rd_kafka_name(client));
  const LogField detail("detail", Cat(facility, ": ", text));
  if (level <= 4 && !IsOfAnotherKind(facility, text)) {
    log.Warn("Kafka client reports trouble.", {name, detail});
  } else {
    log.Debug("Kafka client reports.", {name, detail});
  }
}

absl::Status CheckKafkaProperty(const std::string& name,
                                const std::string& value) {
  for (const ReservedProperty& reserved : kReserved) {
    if (reserved.name != name) continue;
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
