#ifndef LIBS_KAFKA_CONNECTION_H_
#define LIBS_KAFKA_CONNECTION_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/secret.h"
#include "libs/kafka/handles.h"

namespace phoenix {

// Properties of librdkafka, by name.
using KafkaProperties = std::map<std::string, std::string>;

// How to reach a cluster, and as whom.
struct KafkaConnection {
  struct Sasl {
    std::string mechanism = "PLAIN";
    std::string username;
    Secret password;
  };
  struct Tls {
    std::string ca_file;  // Empty: the system's certificates.
    std::string certificate_file;
    std::string key_file;
    Secret key_password;
    bool skip_verify = false;
  };

  std::string brokers;  // `HOST:PORT`, several with commas between.
  std::string client_id = "phoenix";
  std::optional<Sasl> sasl;
  std::optional<Tls> tls;
  KafkaProperties properties;  // What the file sets by itself, last of all.
};

// OK when a file may set the property to the value. Otherwise INVALID_ARGUMENT:
// librdkafka does not know it or refuses the value; or, with what to use
// instead, an option of ours sets it or a guarantee hangs on it.
absl::Status CheckKafkaProperty(const std::string& name,
                                const std::string& value);

// The configuration of a client: the connection, then `own`, what the kind of
// client needs, then the connection's own properties. INVALID_ARGUMENT names a
// property that librdkafka does not know, or whose value it refuses; values
// are not quoted, since one may be a secret. The client logs to
// Logger::Process().
absl::StatusOr<KafkaConfPtr> MakeKafkaConf(const KafkaConnection& connection,
                                           const KafkaProperties& own);

// What a client logs by, for those that listen to it themselves too.
void WriteKafkaLog(const rd_kafka_t* client, int level, const char* facility,
                   const char* text);

// A client of that configuration, which is taken over. Connects in the
// background. FAILED_PRECONDITION when librdkafka refuses the properties
// together, or a file of certificates can't be read.
absl::StatusOr<KafkaClientPtr> MakeKafkaClient(rd_kafka_type_t type,
                                               KafkaConfPtr conf);

}  // namespace phoenix

#endif  // LIBS_KAFKA_CONNECTION_H_
