#ifndef LIBS_KAFKA_CONNECTION_OPTIONS_H_
#define LIBS_KAFKA_CONNECTION_OPTIONS_H_

#include "libs/kafka/connection.h"

namespace phoenix {

// The connection that a config message of a Kafka component describes by its
// fields `brokers`, `client_id`, `sasl`, `tls` and `librdkafka` (the messages
// of connection.proto).
template <typename Config>
KafkaConnection ReadKafkaConnection(const Config& config) {
  KafkaConnection connection;
  connection.brokers = config.brokers();
  if (!config.client_id().empty()) connection.client_id = config.client_id();
  if (config.has_sasl()) {
    connection.sasl = KafkaConnection::Sasl{};
    if (!config.sasl().mechanism().empty()) {
      connection.sasl->mechanism = config.sasl().mechanism();
    }
    connection.sasl->username = config.sasl().username();
    connection.sasl->password = Secret(config.sasl().password());
  }
  if (config.has_tls()) {
    connection.tls = KafkaConnection::Tls{
        .ca_file = config.tls().ca_file(),
        .certificate_file = config.tls().certificate_file(),
        .key_file = config.tls().key_file(),
        .key_password = Secret(config.tls().key_password()),
        .skip_verify = config.tls().insecure_skip_verify(),
    };
  }
  for (const auto& property : config.librdkafka()) {
    connection.properties[property.name()] = property.value();
  }
  return connection;
}

}  // namespace phoenix

#endif  // LIBS_KAFKA_CONNECTION_OPTIONS_H_
