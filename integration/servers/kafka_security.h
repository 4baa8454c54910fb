#ifndef INTEGRATION_SERVERS_KAFKA_SECURITY_H_
#define INTEGRATION_SERVERS_KAFKA_SECURITY_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "integration/servers/server_folder.h"

namespace phoenix {

// What makes a broker ask who comes: a listener `SECURED`, by TLS with a
// certificate of an authority of its own, where users prove who they are by
// SCRAM-SHA-256. One of them may do everything, the other nothing but what it
// is allowed by KafkaServer::Allow; who comes by the plain listener may do
// everything.
class KafkaSecurity {
 public:
  // The names of the users; the password of each is its name, backwards.
  static constexpr char kAdministrator[] = "astrid";
  static constexpr char kUser[] = "ulla";

  // Makes authority and certificate, for 127.0.0.1, in `folder`.
  static absl::StatusOr<KafkaSecurity> Create(const ServerFolder& folder);

  // Who trusts its certificates trusts the broker. In PEM.
  const std::string& ca_file() const { return ca_file_; }

  // Of the broker, to all that it has without.
  std::string BrokerProperties() const;

  // Of Kafka's StorageTool, which makes the users.
  std::vector<std::string> FormatArguments() const;

 private:
  KafkaSecurity(std::string ca_file, std::string broker_file)
      : ca_file_(std::move(ca_file)), broker_file_(std::move(broker_file)) {}

  std::string ca_file_;
  std::string broker_file_;
};

}  // namespace phoenix

#endif  // INTEGRATION_SERVERS_KAFKA_SECURITY_H_
