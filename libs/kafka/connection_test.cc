#include "libs/kafka/connection.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "libs/kafka/connection_options.h"
#include "phoenix/kafka/v1/connection.pb.h"

namespace phoenix {
namespace {

using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::string Get(const KafkaConfPtr& conf, const char* name) {
  char value[256] = {};
  size_t size = sizeof(value);
  EXPECT_EQ(rd_kafka_conf_get(conf.get(), name, value, &size),
            RD_KAFKA_CONF_OK);
  return value;
}

KafkaConnection LocalConnection() {
  KafkaConnection connection;
  connection.brokers = "127.0.0.1:9";
  return connection;
}

TEST(KafkaConnectionTest, IsPlainByDefault) {
  const auto conf = MakeKafkaConf(LocalConnection(), {});
  ASSERT_TRUE(conf.ok()) << conf.status();
  EXPECT_EQ(Get(*conf, "bootstrap.servers"), "127.0.0.1:9");
  EXPECT_EQ(Get(*conf, "client.id"), "phoenix");
  EXPECT_EQ(Get(*conf, "security.protocol"), "plaintext");
}

TEST(KafkaConnectionTest, ChoosesTheProtocolBySaslAndTls) {
  KafkaConnection connection = LocalConnection();
  KafkaConnection::Tls tls;
  tls.ca_file = "/ca.pem";
  connection.tls = tls;
  EXPECT_EQ(Get(*MakeKafkaConf(connection, {}), "security.protocol"), "ssl");
  connection.sasl = {"SCRAM-SHA-256", "me", Secret("pass")};
  const auto conf = MakeKafkaConf(connection, {});
  EXPECT_EQ(Get(*conf, "security.protocol"), "sasl_ssl");
  EXPECT_EQ(Get(*conf, "sasl.mechanism"), "SCRAM-SHA-256");
  EXPECT_EQ(Get(*conf, "sasl.password"), "pass");
  EXPECT_EQ(Get(*conf, "ssl.ca.location"), "/ca.pem");
  connection.tls.reset();
  EXPECT_EQ(Get(*MakeKafkaConf(connection, {}), "security.protocol"),
            "sasl_plaintext");
}

TEST(KafkaConnectionTest, LetsTheFileOverrideWhatTheKindSets) {
  KafkaConnection connection = LocalConnection();
  connection.properties["batch.num.messages"] = "50";
  const auto conf = MakeKafkaConf(connection, {{"batch.num.messages", "5"}});
  ASSERT_TRUE(conf.ok());
  EXPECT_EQ(Get(*conf, "batch.num.messages"), "50");
}

TEST(KafkaConnectionTest, RefusesPropertiesThatOptionsSet) {
  KafkaConnection connection = LocalConnection();
  connection.properties["bootstrap.servers"] = "other:1";
  const auto conf = MakeKafkaConf(connection, {});
  EXPECT_EQ(conf.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(conf.status().message(), HasSubstr("use `brokers`"));
  EXPECT_FALSE(CheckKafkaProperty("enable.auto.commit", "true").ok());
  EXPECT_FALSE(CheckKafkaProperty("socket.timeout.ms", "soon").ok());
  EXPECT_TRUE(CheckKafkaProperty("socket.timeout.ms", "1000").ok());
}

TEST(KafkaConnectionTest, RefusesPropertiesOnWhichAPromiseHangs) {
  for (const auto& [name, value] :
       KafkaProperties{{"enable.partition.eof", "false"},
                       {"max.in.flight", "1"},
                       {"queuing.strategy", "lifo"},
                       {"retries", "0"},
                       {"topic.blacklist", "secret"},
                       {"delivery.report.only.error", "true"},
                       {"enable.gapless.guarantee", "true"},
                       {"offset.store.method", "file"},
                       {"api.version.request", "false"},
                       {"enabled_events", "1"},
                       {"log.queue", "true"}}) {
    EXPECT_THAT(CheckKafkaProperty(name, value).message(),
                HasSubstr("can't be set here; use nothing"))
        << name;
  }
}

TEST(KafkaConnectionTest, RefusesATopicsPropertyByItsLongNameToo) {
  EXPECT_FALSE(CheckKafkaProperty("topic.acks", "0").ok());
  EXPECT_FALSE(CheckKafkaProperty("topic.auto.offset.reset", "latest").ok());
  EXPECT_TRUE(CheckKafkaProperty("topic.request.timeout.ms", "5000").ok());
  EXPECT_TRUE(CheckKafkaProperty("topic.metadata.refresh.sparse", "true").ok());
}

// Of librdkafka's own table: what a property is an alias of, by its name.
std::map<std::string, std::string> Aliases() {
  char* text = nullptr;
  size_t size = 0;
  std::FILE* const file = open_memstream(&text, &size);
  rd_kafka_conf_properties_show(file);
  std::fclose(file);
  std::map<std::string, std::string> aliases;
  for (const auto line : absl::StrSplit(absl::string_view(text, size), '\n')) {
    const std::vector<absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits("Alias for `", 1));
    if (parts.size() < 2) continue;
    const std::vector<std::string> name = absl::StrSplit(line, ' ');
    const std::vector<std::string> other = absl::StrSplit(parts[1], '`');
    aliases[name[0]] = other[0];
  }
  std::free(text);
  return aliases;
}

bool IsReserved(const std::string& name) {
  const absl::Status checked = CheckKafkaProperty(name, "");
  return absl::StrContains(checked.message(), "can't be set here");
}

TEST(KafkaConnectionTest, ReservesAPropertyUnderAllOfItsNames) {
  const auto aliases = Aliases();
  EXPECT_THAT(aliases, SizeIs(Ge(8u)));
  EXPECT_EQ(aliases.at("acks"), "request.required.acks");
  for (const auto& [name, other] : aliases) {
    EXPECT_EQ(IsReserved(name), IsReserved(other)) << name;
  }
}

TEST(KafkaConnectionTest, NamesAnUnknownPropertyButNeverItsValue) {
  KafkaConnection connection = LocalConnection();
  connection.properties["linger.msec"] = "hunter2";
  const absl::Status status = MakeKafkaConf(connection, {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("'linger.msec'"));
  EXPECT_THAT(status.message(), Not(HasSubstr("hunter2")));
}

TEST(KafkaConnectionTest, MakesAClientThatConnectsLater) {
  auto conf = MakeKafkaConf(LocalConnection(), {});
  ASSERT_TRUE(conf.ok());
  const auto client = MakeKafkaClient(RD_KAFKA_PRODUCER, *std::move(conf));
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_THAT(rd_kafka_name(client->get()), HasSubstr("phoenix"));
}

TEST(KafkaConnectionTest, SaysWhatPropertiesDoNotGoTogether) {
  auto conf = MakeKafkaConf(LocalConnection(), {{"enable.idempotence", "true"},
                                                {"max.in.flight", "100"}});
  ASSERT_TRUE(conf.ok());
  const auto client = MakeKafkaClient(RD_KAFKA_PRODUCER, *std::move(conf));
  EXPECT_EQ(client.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(client.status().message(), HasSubstr("max.in.flight"));
}

// What ReadKafkaConnection wants of a config message.
struct Config {
  std::string brokers() const { return "a:1,b:2"; }
  std::string client_id() const { return id; }
  bool has_sasl() const { return with_sasl; }
  bool has_tls() const { return with_tls; }
  const kafka::v1::Sasl& sasl() const { return sasl_message; }
  const kafka::v1::Tls& tls() const { return tls_message; }
  const std::vector<kafka::v1::Property>& librdkafka() const {
    return properties;
  }

  std::string id;
  bool with_sasl = false;
  bool with_tls = false;
  kafka::v1::Sasl sasl_message;
  kafka::v1::Tls tls_message;
  std::vector<kafka::v1::Property> properties;
};

TEST(ReadKafkaConnectionTest, KeepsDefaultsForWhatIsNotWritten) {
  const KafkaConnection connection = ReadKafkaConnection(Config());
  EXPECT_EQ(connection.brokers, "a:1,b:2");
  EXPECT_EQ(connection.client_id, "phoenix");
  EXPECT_FALSE(connection.sasl.has_value());
  EXPECT_FALSE(connection.tls.has_value());
}

TEST(ReadKafkaConnectionTest, ReadsEverything) {
  Config config;
  config.id = "me";
  config.with_sasl = config.with_tls = true;
  config.sasl_message.set_username("user");
  config.sasl_message.set_password("pass");
  config.tls_message.set_insecure_skip_verify(true);
  config.properties.emplace_back().set_name("linger.ms");
  config.properties.back().set_value("7");
  const KafkaConnection connection = ReadKafkaConnection(config);
  EXPECT_EQ(connection.client_id, "me");
  EXPECT_EQ(connection.sasl->mechanism, "PLAIN");
  EXPECT_EQ(connection.sasl->username, "user");
  EXPECT_EQ(connection.sasl->password.Reveal(), "pass");
  EXPECT_TRUE(connection.tls->skip_verify);
  EXPECT_EQ(connection.properties.at("linger.ms"), "7");
}

}  // namespace
}  // namespace phoenix
