#include "integration/servers/kafka_security.h"

#include <fstream>
#include <string_view>

#include "integration/servers/child_process.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

absl::Status OpenSsl(const ServerFolder& folder,
                     std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "openssl");
  return RunToEnd({.command = std::move(arguments),
                   .directory = folder.path(),
                   .log_file = folder / "openssl.log"});
}

// What Kafka reads as a key store: the key and the certificates after it.
void Join(const std::vector<std::string>& parts, const std::string& whole) {
  std::ofstream file(whole, std::ios::binary);
  for (const std::string& part : parts) {
    file << std::ifstream(part, std::ios::binary).rdbuf();
  }
}

std::string PasswordOf(std::string_view user) {
  return std::string(user.rbegin(), user.rend());
}

}  // namespace

absl::StatusOr<KafkaSecurity> KafkaSecurity::Create(
    const ServerFolder& folder) {
  PHOENIX_RETURN_IF_ERROR(OpenSsl(
      folder,
      {"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
       "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem"}));
  PHOENIX_RETURN_IF_ERROR(OpenSsl(
      folder, {"req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=broker",
               "-keyout", "broker.key", "-out", "broker.csr"}));
  std::ofstream(folder / "names") << "subjectAltName=IP:127.0.0.1\n";
  PHOENIX_RETURN_IF_ERROR(
      OpenSsl(folder, {"x509", "-req", "-in", "broker.csr", "-CA", "ca.pem",
                       "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                       "-extfile", "names", "-out", "broker.crt"}));
  Join({folder / "broker.key", folder / "broker.crt"}, folder / "broker.pem");
  return KafkaSecurity(folder / "ca.pem", folder / "broker.pem");
}

std::string KafkaSecurity::BrokerProperties() const {
  return Cat(
      "listener.name.secured.sasl.enabled.mechanisms=SCRAM-SHA-256\n"
      "listener.name.secured.scram-sha-256.sasl.jaas.config="
      "org.apache.kafka.common.security.scram.ScramLoginModule required;\n"
      "listener.name.secured.ssl.keystore.type=PEM\n"
      "listener.name.secured.ssl.keystore.location=",
      broker_file_,
      "\nauthorizer.class.name="
      "org.apache.kafka.metadata.authorizer.StandardAuthorizer\n"
      "super.users=User:ANONYMOUS;User:",
      kAdministrator, "\n");
}

std::vector<std::string> KafkaSecurity::FormatArguments() const {
  std::vector<std::string> arguments;
  for (const std::string_view user : {kAdministrator, kUser}) {
    arguments.push_back("--add-scram");
    arguments.push_back(
        Cat("SCRAM-SHA-256=[name=", user, ",password=", PasswordOf(user), "]"));
  }
  return arguments;
}

}  // namespace phoenix
