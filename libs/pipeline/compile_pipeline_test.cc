#include "libs/pipeline/compile_pipeline.h"

#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/base/text.h"
#include "libs/log/kafka/kafka_log_options.h"
#include "libs/pipeline/testing/test_kinds.h"

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kSourcesAndSinks[] = R"(name: p
sources: [{name: in, door: {port: 1}}]
sinks: [{name: a, nowhere: {}}, {name: b, file: {path: x}}]
)";

class CompilePipelineTest : public testing::Test {
 protected:
  std::unique_ptr<CompiledPipeline> Compile(const std::string& text) {
    diagnostics_ = Diagnostics("p.yaml");
    return CompilePipelineText(
        text, registry_,
        [](const std::string&) -> std::optional<std::string> {
          return std::nullopt;
        },
        clock_, diagnostics_);
  }

  // What is wrong with a file that begins as kSourcesAndSinks, which has three
  // lines.
  std::string ErrorsOf(const std::string& rest) {
    EXPECT_EQ(Compile(kSourcesAndSinks + rest), nullptr);
    return diagnostics_.ToString();
  }

  ComponentRegistry registry_ = TestKinds();
  FakeClock clock_;
  Diagnostics diagnostics_{"p.yaml"};
};

TEST_F(CompilePipelineTest, BuildsEveryPart) {
  const auto compiled = Compile(R"(
name: telemetry
sources: [{name: in, door: {port: 1}}]
steps:
  - name: some
    on_error: keep
    keep: "true"
  - name: more
    keep: "true"
routes:
  - {name: hot, when: "true", to: [b, a]}
  - {name: rest, to: [a]}
sinks:
  - {name: a, nowhere: {}}
  - {name: b, file: {path: x}}
dead_letter: b
limits: {buffer_bytes: 1MiB, sink_queue_bytes: 64KiB, drain_timeout: 1500ms}
admin_address: off
)");
  ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
  EXPECT_EQ(compiled->name, "telemetry");
  EXPECT_EQ(compiled->file, "p.yaml");
  ASSERT_EQ(compiled->sources.size(), 1u);
  EXPECT_EQ(compiled->sources[0].kind, "door");
  ASSERT_EQ(compiled->steps.size(), 2u);
  EXPECT_EQ(compiled->steps[0].on_error, OnError::kKeep);
  EXPECT_EQ(compiled->steps[0].position.line, 7);
  EXPECT_EQ(compiled->steps[1].on_error, OnError::kDeadLetter);
  ASSERT_EQ(compiled->routes.size(), 2u);
  EXPECT_TRUE(compiled->routes[0].when.has_value());
  EXPECT_THAT(compiled->routes[0].sinks, ElementsAre(1, 0));
  EXPECT_FALSE(compiled->routes[1].when.has_value());
  ASSERT_EQ(compiled->sinks.size(), 2u);
  EXPECT_EQ(compiled->dead_letter, 1u);
  EXPECT_EQ(compiled->limits.drain_timeout, absl::Milliseconds(1500));
  EXPECT_EQ(compiled->admin_address, "");
  EXPECT_NE(compiled->rules, nullptr);
}

TEST_F(CompilePipelineTest, HasNoLogUnlessTheFileHas) {
  const auto compiled = Compile(kSourcesAndSinks);
  ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
  EXPECT_FALSE(compiled->log.has_value());
}

TEST_F(CompilePipelineTest, FillsInWhatALogDoesNotSay) {
  const auto compiled = Compile(std::string(kSourcesAndSinks) +
                                "log: {embedded: {path: p.log}}\n");
  ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
  ASSERT_TRUE(compiled->log.has_value());
  const PipelineLog& log = *compiled->log;
  EXPECT_EQ(log.path, "p.log");
  EXPECT_EQ(log.max_bytes, 1 << 30);
  EXPECT_EQ(log.when_full, FullPolicy::kBlock);
  EXPECT_EQ(log.retain_bytes, 0);
  EXPECT_EQ(log.retain_time, absl::InfiniteDuration());
  EXPECT_EQ(log.compression, Compression::kNone);
  EXPECT_EQ(log.durability, Durability::kDisk);
}

TEST_F(CompilePipelineTest, TakesWhatALogSays) {
  const auto compiled = Compile(
      std::string(kSourcesAndSinks) +
      "log: {embedded: {path: p.log, max_bytes: 64MiB, when_full: drop_oldest, "
      "retain_bytes: 8MiB, retain_time: 1h, compression: zstd, sync: os}}\n");
  ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
  const PipelineLog& log = *compiled->log;
  EXPECT_EQ(log.max_bytes, 64 << 20);
  EXPECT_EQ(log.when_full, FullPolicy::kDropOldest);
  EXPECT_EQ(log.retain_bytes, 8 << 20);
  EXPECT_EQ(log.retain_time, absl::Hours(1));
  EXPECT_EQ(log.compression, Compression::kZstd);
  EXPECT_EQ(log.durability, Durability::kOs);
}

TEST_F(CompilePipelineTest, RefusesWhatALogCannotRetain) {
  const auto refusal = [this](const std::string& retain) {
    EXPECT_EQ(Compile(std::string(kSourcesAndSinks) +
                      "log: {embedded: {path: p, max_bytes: 64MiB, " + retain +
                      "}}\n"),
              nullptr);
    return diagnostics_.ToString();
  };
  EXPECT_THAT(refusal("retain_time: 1h"),
              HasSubstr("p.yaml:4:58: `retain_time` keeps nothing by itself"));
  EXPECT_THAT(
      refusal("retain_bytes: 65MiB"),
      HasSubstr("p.yaml:4:59: `retain_bytes` is more than `max_bytes`"));
  EXPECT_THAT(
      refusal("retain_bytes: 1MiB, retain_time: 10ms"),
      HasSubstr("p.yaml:4:78: `retain_time`: expected '0s', or at least 1s"));
}

TEST_F(CompilePipelineTest, RefusesALogThatIsNotThatOfTheSchema) {
  EXPECT_EQ(Compile(std::string(kSourcesAndSinks) +
                    "log: {embedded: {path: p, max_bytes: 1MiB, sync: tape}}"),
            nullptr);
  EXPECT_THAT(diagnostics_.ToString(), HasSubstr("at least 16MiB"));
  EXPECT_THAT(diagnostics_.ToString(), HasSubstr("'disk' or 'os'"));
}

TEST_F(CompilePipelineTest, KnowsThatAFullLogIsToReject) {
  const auto compiled =
      Compile(std::string(kSourcesAndSinks) +
              "log: {embedded: {path: p.log, when_full: reject}}\n");
  ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
  EXPECT_EQ(compiled->log->when_full, FullPolicy::kReject);
}

TEST_F(CompilePipelineTest, FillsInWhatALogInKafkaDoesNotSay) {
  const auto compiled = Compile(std::string(kSourcesAndSinks) +
                                "log: {kafka: {brokers: b, topic: t}}\n");
  ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
  ASSERT_NE(compiled->log->kafka, nullptr);
  const KafkaLogOptions& log = *compiled->log->kafka;
  EXPECT_EQ(compiled->log->durability, Durability::kReplicated);
  EXPECT_EQ(log.connection.brokers, "b");
  EXPECT_EQ(log.topic, "t");
  EXPECT_EQ(log.group, compiled->name);
  EXPECT_EQ(log.pipeline, compiled->name);
  EXPECT_FALSE(log.create_topic.has_value());
  EXPECT_EQ(log.full_policy, FullPolicy::kBlock);
  EXPECT_EQ(log.compression, "none");
  EXPECT_EQ(log.commit_interval, absl::Seconds(1));
  EXPECT_EQ(log.max_queued_bytes, 32u << 20);
}

TEST_F(CompilePipelineTest, ExpectsNoReplicasThatALogInKafkaIsMadeWithout) {
  const auto durability = [this](const std::string& topic) {
    const auto compiled = Compile(
        std::string(kSourcesAndSinks) +
        "log: {kafka: {brokers: b, topic: t, create_topic: " + topic + "}}\n");
    EXPECT_NE(compiled, nullptr) << diagnostics_.ToString();
    return compiled == nullptr ? Durability::kDisk : compiled->log->durability;
  };
  EXPECT_EQ(durability("{partitions: 1}"), Durability::kReplicated);
  EXPECT_EQ(durability("{replication_factor: 1}"), Durability::kOs);
  EXPECT_EQ(durability("{replication_factor: 3}"), Durability::kReplicated);
  EXPECT_EQ(durability("{replication_factor: 3,"
                       " config: {min.insync.replicas: \"1\"}}"),
            Durability::kOs);
}

TEST_F(CompilePipelineTest, TakesWhatALogInKafkaSays) {
  const auto compiled = Compile(
      std::string(kSourcesAndSinks) +
      "log: {kafka: {brokers: b, topic: t, group: g, when_full: reject,"
      " compression: lz4, delivery_timeout: 5s, revoke_timeout: 3s,"
      " create_topic: {partitions: 6, replication_factor: 3,"
      " add_partitions: true}, librdkafka: {socket.timeout.ms: '5000'}}}");
  ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
  const KafkaLogOptions& log = *compiled->log->kafka;
  EXPECT_EQ(log.group, "g");
  EXPECT_EQ(log.full_policy, FullPolicy::kReject);
  EXPECT_EQ(log.compression, "lz4");
  EXPECT_EQ(log.delivery_timeout, absl::Seconds(5));
  EXPECT_EQ(log.revoke_timeout, absl::Seconds(3));
  ASSERT_TRUE(log.create_topic.has_value());
  EXPECT_EQ(log.create_topic->name, "t");
  EXPECT_EQ(log.create_topic->partitions, 6);
  EXPECT_TRUE(log.add_partitions);
}

TEST_F(CompilePipelineTest, RefusesALogInKafkaThatIsNone) {
  EXPECT_EQ(Compile(std::string(kSourcesAndSinks) +
                    "log: {kafka: {brokers: b, topic: 'a b', when_full: "
                    "drop_oldest, librdkafka: {acks: '1', batch.size: '9'}, "
                    "create_topic: "
                    "{delete_at_end: true}}}"),
            nullptr);
  EXPECT_THAT(diagnostics_.ToString(), HasSubstr("no topic's name"));
  EXPECT_THAT(diagnostics_.ToString(), HasSubstr("retention.bytes"));
  EXPECT_THAT(diagnostics_.ToString(), HasSubstr("property 'acks'"));
  EXPECT_THAT(diagnostics_.ToString(), HasSubstr("property 'batch.size'"));
  EXPECT_THAT(diagnostics_.ToString(), HasSubstr("is not deleted"));
}

TEST_F(CompilePipelineTest, RefusesALogInTwoPlaces) {
  EXPECT_EQ(
      Compile(std::string(kSourcesAndSinks) +
              "log: {embedded: {path: p}, kafka: {brokers: b, topic: t}}"),
      nullptr);
  EXPECT_THAT(diagnostics_.ToString(), HasSubstr("'embedded' and 'kafka'"));
}

TEST_F(CompilePipelineTest, RefusesALogWithoutAPath) {
  EXPECT_EQ(Compile(std::string(kSourcesAndSinks) + "log: {embedded: {}}"),
            nullptr);
  EXPECT_THAT(diagnostics_.ToString(), HasSubstr("missing key 'path'"));
}

TEST_F(CompilePipelineTest, SendsEverythingEverywhereWithoutRoutes) {
  const auto compiled =
      Compile(std::string(kSourcesAndSinks) + "dead_letter: a\n");
  ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
  ASSERT_EQ(compiled->routes.size(), 1u);
  EXPECT_FALSE(compiled->routes[0].when.has_value());
  EXPECT_THAT(compiled->routes[0].sinks, ElementsAre(1))
      << "all but the dead-letter sink";
}

TEST_F(CompilePipelineTest, AddsADeadLetterSinkWhenNoneIsNamed) {
  const auto compiled = Compile(kSourcesAndSinks);
  ASSERT_NE(compiled, nullptr) << diagnostics_.ToString();
  ASSERT_EQ(compiled->sinks.size(), 3u);
  EXPECT_EQ(compiled->dead_letter, 2u);
  EXPECT_EQ(compiled->sinks[2].name, "p.dead-letters");
  EXPECT_EQ(compiled->sinks[2].kind, "dead_letter_table");
  EXPECT_THAT(compiled->routes[0].sinks, ElementsAre(0, 1));
}

TEST_F(CompilePipelineTest, NamesARevisionByContentNotBySpelling) {
  const std::string first = Compile(kSourcesAndSinks)->revision;
  EXPECT_EQ(first.size(), 12u);
  EXPECT_EQ(Compile(R"(# the same, in other words
sinks:
  - nowhere:
    name: a
  - {file: {path: "x"}, name: b}
sources: [{name: in, door: {port: 1, timeout: 5000ms}}]
name: p
)")
                ->revision,
            first);
  EXPECT_NE(
      Compile(std::string(kSourcesAndSinks) + "description: d\n")->revision,
      first);
}

TEST_F(CompilePipelineTest, RefusesNamesThatAreNotUniqueOrNotWellFormed) {
  EXPECT_EQ(ErrorsOf("steps:\n"
                     "  - {name: a, keep: 'true'}\n"
                     "  - {name: Big, keep: 'true'}\n"
                     "routes:\n"
                     "  - {name: r, when: 'true', to: [a]}\n"
                     "  - {name: r, to: [b]}\n"),
            "p.yaml:3:16: duplicate name 'a': expected a name of its own: "
            "first used at line 5\n"
            "p.yaml:6:12: name 'Big' is not allowed: expected lower-case "
            "letters, digits, '-' and '_', at most 63, the first a letter or "
            "digit\n"
            "p.yaml:9:12: duplicate name 'r': expected a name of its own: "
            "first used at line 8\n");
}

TEST_F(CompilePipelineTest, RefusesUnknownSinks) {
  EXPECT_EQ(ErrorsOf("routes: [{name: r, to: [a, b, alert]}]\n"
                     "dead_letter: c\n"),
            "p.yaml:4:31: unknown sink 'alert': expected 'a' or 'b'\n"
            "p.yaml:5:14: unknown sink 'c': expected 'a' or 'b'\n");
}

TEST_F(CompilePipelineTest, RefusesASinkThatNothingReaches) {
  EXPECT_EQ(ErrorsOf("routes: [{name: r, to: [a]}]\n"),
            "p.yaml:3:40: sink 'b' is never reached: expected a route or "
            "'dead_letter' that names it\n");
}

TEST_F(CompilePipelineTest, RefusesARouteBehindOneThatTakesTheRest) {
  EXPECT_EQ(ErrorsOf("routes:\n"
                     "  - {name: rest, to: [a, a]}\n"
                     "  - {name: hot, when: 'true', to: [b]}\n"),
            "p.yaml:5:26: sink 'a' is named twice: expected once\n"
            "p.yaml:6:5: route 'hot' stands behind 'rest', which takes all "
            "that is left: expected the route without 'when' to be the last\n");
}

TEST_F(CompilePipelineTest, RefusesADeadLetterSinkThatIsTheOnlyOne) {
  EXPECT_EQ(Compile("name: p\n"
                    "sources: [{name: in, door: {port: 1}}]\n"
                    "sinks: [{name: a, nowhere: {}}]\n"
                    "dead_letter: a\n"),
            nullptr);
  EXPECT_THAT(diagnostics_.ToString(), HasSubstr("p.yaml:4:14: sink 'a' is "
                                                 "the only one"));
}

TEST_F(CompilePipelineTest, PlacesErrorsOfRulesInTheFile) {
  const std::string errors = ErrorsOf(
      "steps:\n"
      "  - name: one\n"
      "    keep: >-\n"
      "      true &&\n"
      "      ) true\n"
      "  - name: two\n"
      "    change: {set: {data.a: '1 + )'}}\n"
      "routes: [{name: r, when: \"true && )\", to: [a, b]}]\n");
  EXPECT_THAT(errors, HasSubstr("p.yaml:8:7: "));
  EXPECT_THAT(errors, HasSubstr("p.yaml:10:33: "));
  EXPECT_THAT(errors, HasSubstr("p.yaml:11:35: "));
}

TEST_F(CompilePipelineTest, ReportsWrongFieldsAndWrongRulesTogether) {
  const std::string errors = ErrorsOf(
      "steps: [{name: one, keep: '1 +'}, {name: two, change: {sett: {}}}]\n"
      "dead_letter: nobody\n");
  EXPECT_THAT(errors, HasSubstr("p.yaml:4:"));
  EXPECT_THAT(errors, HasSubstr("unknown key 'sett'"));
  EXPECT_THAT(errors, HasSubstr("unknown sink 'nobody'"));
}

TEST_F(CompilePipelineTest, FindsTheRuleErrorsOfAComponentWithAWrongKey) {
  EXPECT_EQ(ErrorsOf("steps:\n"
                     "  - name: one\n"
                     "    change: {set: {data.a: 1/0}, remov: [data.b]}\n"),
            "p.yaml:6:29: '1/0' always fails: division by zero\n"
            "p.yaml:6:34: unknown key 'remov': expected 'set' or 'remove': "
            "did you mean 'remove'?\n");
}

TEST_F(CompilePipelineTest, HasAComponentCheckWhatOfItCouldBeRead) {
  EXPECT_EQ(Compile("name: p\n"
                    "sources: [{name: in, door: {port: x, effort: a lot, "
                    "headers: {Host: ''}}}]\n"
                    "sinks: [{name: a, nowhere: {}}, "
                    "{name: a, file: {path: /dev/null, format: csv}}]\n"),
            nullptr);
  EXPECT_EQ(diagnostics_.ToString(),
            "p.yaml:2:35: 'port' is 'x': expected a whole number from 1 to "
            "65535\n"
            "p.yaml:2:46: 'effort' is 'a lot': expected 'little' or 'much'\n"
            "p.yaml:2:62: headers hold 'Host': expected others\n"
            "p.yaml:3:40: duplicate name 'a': expected a name of its own: "
            "first used at line 3\n"
            "p.yaml:3:56: path is a device\n"
            "p.yaml:3:67: unknown key 'format': expected 'path'\n");
}

TEST_F(CompilePipelineTest, LeavesOutWhatFollowsFromAFieldThatCouldNotBeRead) {
  EXPECT_EQ(Compile("name: p\n"
                    "sources: [{name: in, door: {port: 1, effort: [], "
                    "timeout: soon}}]\n"
                    "sinks: [{name: a, file: {pth: x}}]\n"),
            nullptr);
  EXPECT_EQ(diagnostics_.ToString(),
            "p.yaml:2:46: 'effort' is a list: expected 'little' or 'much'\n"
            "p.yaml:2:59: 'timeout' is 'soon': expected a duration such as "
            "'5s' of at least 100ms\n"
            "p.yaml:3:19: missing key 'path': expected text\n"
            "p.yaml:3:26: unknown key 'pth': expected 'path': did you mean "
            "'path'?\n");
}

TEST_F(CompilePipelineTest, ReportsEightMistakesInEightPlacesAtOnce) {
  EXPECT_EQ(Compile("name: Big\n"
                    "sources: [{name: in, door: {port: 0}}]\n"
                    "steps:\n"
                    "  - {name: one, keep: data.a <}\n"
                    "  - {name: two, kep: 'true'}\n"
                    "  - {name: three, keep: tpye == 'x'}\n"
                    "routes: [{name: r, when: timestamp('x') > time, "
                    "to: [outt]}]\n"
                    "sinks: [{name: out, file: {path: x, fromat: csv}}]\n"
                    "dead_letter: out\n"
                    "admin_address: nowhere\n"),
            nullptr);
  EXPECT_EQ(
      diagnostics_.ToString(),
      "p.yaml:1:7: name 'Big' is not allowed: expected lower-case letters, "
      "digits, '-' and '_', at most 63, the first a letter or digit\n"
      "p.yaml:2:35: 'port' is '0': expected a whole number from 1 to 65535\n"
      "p.yaml:4:31: unexpected end of expression, expected an expression\n"
      "p.yaml:5:17: unknown key 'kep': expected 'name', 'on_error', 'change' "
      "or 'keep': did you mean 'keep'?\n"
      "p.yaml:6:25: unknown name 'tpye': did you mean 'type'?\n"
      "p.yaml:7:26: 'timestamp('x')' always fails: can't read 'x', expected a "
      "time such as 2009-02-13T23:31:30.5Z (RFC 3339)\n"
      "p.yaml:7:54: unknown sink 'outt': expected 'out': did you mean "
      "'out'?\n"
      "p.yaml:8:37: unknown key 'fromat': expected 'path'\n"
      "p.yaml:10:16: address 'nowhere': expected HOST:PORT with a port up to "
      "65535, such as '127.0.0.1:9000' or '[::1]:9000', or 'off'\n");
}

TEST_F(CompilePipelineTest, RefusesTwoSinksThatWriteToOneFile) {
  EXPECT_EQ(Compile("name: p\n"
                    "sources: [{name: in, door: {port: 1}}]\n"
                    "sinks:\n"
                    "  - {name: a, file: {path: 'out/%Y-{type}'}}\n"
                    "  - {name: b, file: {path: './out/x/../%Y-{type}'}}\n"
                    "  - {name: c, file: {path: p.dead-letters.db}}\n"
                    "  - {name: d, file: {path: other}}\n"),
            nullptr);
  EXPECT_EQ(diagnostics_.ToString(),
            "p.yaml:5:29: sink 'b' writes to './out/x/../%Y-{type}', as sink "
            "'a' does at line 4: expected a file of its own\n"
            "p.yaml:6:28: sink 'c' writes to 'p.dead-letters.db', as the "
            "default of 'dead_letter' does: expected a file of its own\n");
}

TEST_F(CompilePipelineTest, RefusesToWriteIntoTheFolderOfALog) {
  EXPECT_EQ(Compile("name: p\n"
                    "sources: [{name: in, door: {port: 1}}]\n"
                    "sinks:\n"
                    "  - {name: a, file: {path: 'l/segments/1.log'}}\n"
                    "  - {name: b, file: {path: 'x/../q/META'}}\n"
                    "  - name: c\n"
                    "    file: {path: '{type}/x'}\n"
                    "    queue: {spill: {path: q}}\n"
                    "  - {name: d, file: {path: 'l2/x'}}\n"
                    "log: {embedded: {path: ./l}}\n"),
            nullptr);
  EXPECT_EQ(diagnostics_.ToString(),
            "p.yaml:4:29: sink 'a' writes to 'l/segments/1.log', but folder "
            "'./l' is used by the log: expected a file outside of it\n"
            "p.yaml:5:29: sink 'b' writes to 'x/../q/META', but folder 'q' is "
            "used by sink 'c': expected a file outside of it\n"
            "p.yaml:7:19: sink 'c' writes to '{type}/x', but folder './l' is "
            "used by the log: expected a file outside of it\n");
}

TEST_F(CompilePipelineTest, RefusesASourceThatReadsWhatASinkWrites) {
  EXPECT_EQ(Compile("name: p\n"
                    "sources:\n"
                    "  - {name: in, door: {port: 1, files: 'logs/*.ndjson'}}\n"
                    "  - {name: all, door: {port: 1, files: './*.db'}}\n"
                    "  - {name: too, door: {port: 1, files: 'logs/*.ndjson'}}"
                    "\n"
                    "sinks:\n"
                    "  - {name: a, file: {path: 'x/../logs/%Y-{type}.ndjson'}}"
                    "\n"
                    "  - {name: b, file: {path: logs/app.csv}}\n"),
            nullptr);
  EXPECT_EQ(diagnostics_.ToString(),
            "p.yaml:4:41: source 'all' reads './*.db', and the default of "
            "'dead_letter' writes to 'p.dead-letters.db': expected files "
            "that the pipeline does not write to\n"
            "p.yaml:7:29: sink 'a' writes to 'x/../logs/%Y-{type}.ndjson', and "
            "source 'in' reads 'logs/*.ndjson' at line 3: expected a file "
            "that no source reads\n");
}

TEST_F(CompilePipelineTest, RefusesTwoSinksWithOneTransactionalId) {
  AddTopicKinds(registry_);
  EXPECT_EQ(Compile("name: p\n"
                    "sources: [{name: in, door: {port: 1}}]\n"
                    "sinks:\n"
                    "  - {name: a, writer: {brokers: b, topic: t,\n"
                    "     transactional_id: x}}\n"
                    "  - {name: b, writer: {brokers: b, topic: u,\n"
                    "     transactional_id: x}}\n"
                    "  - {name: c, writer: {brokers: b, topic: t,\n"
                    "     transactional_id: y}}\n"
                    "  - {name: d, writer: {brokers: other, topic: t,\n"
                    "     transactional_id: x}}\n"),
            nullptr);
  EXPECT_EQ(diagnostics_.ToString(),
            "p.yaml:7:24: sink 'b' writes with the transactional id 'x', as "
            "sink 'a' does at line 5: expected one of its own\n");
}

TEST_F(CompilePipelineTest, RefusesToUseTheTopicOfALogOrOfPositions) {
  AddTopicKinds(registry_);
  EXPECT_EQ(Compile("name: p\n"
                    "sources:\n"
                    "  - {name: in, reader: {brokers: b, topics: [t, l]}}\n"
                    "sinks:\n"
                    "  - {name: a, writer: {brokers: b, topic: l}}\n"
                    "  - {name: b, writer: {brokers: b, topic: t}}\n"
                    "  - {name: c, writer: {brokers: b, topic: t,\n"
                    "     transactional_id: x}}\n"
                    "  - {name: d, writer: {brokers: b, topic: positions}}\n"
                    "  - {name: e, writer: {brokers: b, topic: t,\n"
                    "     transactional_id: y, positions: l}}\n"
                    "  - {name: f, writer: {brokers: other, topic: l}}\n"
                    "log: {kafka: {brokers: b, topic: l}}\n"),
            nullptr);
  EXPECT_EQ(
      diagnostics_.ToString(),
      "p.yaml:3:49: source 'in' reads topic 'l', and the log keeps events in "
      "topic 'l' at line 13: expected another topic\n"
      "p.yaml:5:43: sink 'a' writes to topic 'l', and the log keeps events in "
      "topic 'l' at line 13: expected another topic\n"
      "p.yaml:9:43: sink 'd' writes to topic 'positions', and sink 'c' keeps "
      "positions in topic 'positions': expected another topic\n"
      "p.yaml:11:38: sink 'e' keeps positions in topic 'l', and the log keeps "
      "events in topic 'l' at line 13: expected another topic\n");
}

TEST_F(CompilePipelineTest, LetsComponentsShareATopicOfEvents) {
  AddTopicKinds(registry_);
  EXPECT_NE(Compile("name: p\n"
                    "sources:\n"
                    "  - {name: in, reader: {brokers: b, topics: [t]}}\n"
                    "  - {name: too, reader: {brokers: b, topics: [t]}}\n"
                    "sinks:\n"
                    "  - {name: a, writer: {brokers: b, topic: t}}\n"
                    "  - {name: b, writer: {brokers: b, topic: t}}\n"
                    "  - {name: c, writer: {brokers: b, topic: positions}}\n"
                    "log: {kafka: {brokers: b, topic: l}}\n"),
            nullptr)
      << diagnostics_.ToString();
}

TEST_F(CompilePipelineTest, RefusesARouteToASinkThatTakesDeadLettersOnly) {
  EXPECT_EQ(Compile("name: p\n"
                    "sources: [{name: in, door: {port: 1}}]\n"
                    "sinks:\n"
                    "  - {name: a, nowhere: {}}\n"
                    "  - {name: kept, dead_letter_table: {path: y}}\n"
                    "dead_letter: kept\n"
                    "routes: [{name: all, to: [a, kept]}]\n"),
            nullptr);
  EXPECT_EQ(diagnostics_.ToString(),
            "p.yaml:7:30: sink 'kept' is a 'dead_letter_table', which takes "
            "dead letters only: expected another sink here, and this one "
            "named by 'dead_letter'\n");
}

TEST_F(CompilePipelineTest, RefusesASinkForDeadLettersThatEverythingGoesTo) {
  EXPECT_EQ(Compile("name: p\n"
                    "sources: [{name: in, door: {port: 1}}]\n"
                    "sinks:\n"
                    "  - {name: a, nowhere: {}}\n"
                    "  - {name: kept, dead_letter_table: {path: y}}\n"),
            nullptr);
  EXPECT_EQ(diagnostics_.ToString(),
            "p.yaml:5:12: sink 'kept' is a 'dead_letter_table', which takes "
            "dead letters only: expected another sink here, and this one "
            "named by 'dead_letter'\n");
}

TEST_F(CompilePipelineTest, RefusesASourceThatReadsItsOwnPositions) {
  EXPECT_EQ(Compile("name: p\n"
                    "sources:\n"
                    "  - {name: in, door: {port: 1, files: 'logs/*', state: "
                    "logs/in.positions}}\n"
                    "  - {name: too, door: {port: 2, files: 'logs/*.ndjson', "
                    "state: logs/too.positions}}\n"
                    "sinks: [{name: a, nowhere: {}}]\n"),
            nullptr);
  EXPECT_THAT(diagnostics_.ToString(),
              HasSubstr("p.yaml:3:56: source 'in' writes to "
                        "'logs/in.positions', and source 'in' reads 'logs/*' "
                        "at line 3: expected a file that no source reads\n"));
}

// What is wrong with two doors at these addresses.
struct Doors {
  const char* first;
  const char* second;
  bool meet;
};

TEST_F(CompilePipelineTest, RefusesTwoSourcesAtOneAddress) {
  for (const Doors& doors : {Doors{"127.0.0.1:9000", "127.0.0.1:9000", true},
                             Doors{"localhost:9000", "127.0.0.1:9000", true},
                             Doors{"0.0.0.0:9000", "127.0.0.1:9000", true},
                             Doors{"127.0.0.1:9000", "[::]:9000", true},
                             Doors{"127.0.0.1:9000", "127.0.0.1:9001", false},
                             Doors{"127.0.0.1:9000", "127.0.0.2:9000", false},
                             Doors{"127.0.0.1:0", "127.0.0.1:0", false}}) {
    const auto compiled = Compile(
        Cat("name: p\nsources:\n  - {name: a, door: {port: 1, address: '",
            doors.first, "'}}\n  - {name: b, door: {port: 1, address: '",
            doors.second, "'}}\nsinks: [{name: out, nowhere: {}}]\n"));
    EXPECT_EQ(diagnostics_.ToString(),
              !doors.meet
                  ? ""
                  : Cat("p.yaml:4:41: source 'b' listens at '", doors.second,
                        "', as source 'a' does at line 3: expected an "
                        "address of its own\n"));
  }
}

TEST_F(CompilePipelineTest, RefusesASourceAtTheAdminAddress) {
  EXPECT_EQ(Compile("name: p\n"
                    "sources: [{name: in, door: {port: 1, address: "
                    "'127.0.0.1:9464'}}]\n"
                    "sinks: [{name: a, nowhere: {}}]\n"),
            nullptr);
  EXPECT_EQ(diagnostics_.ToString(),
            "p.yaml:2:48: source 'in' listens at '127.0.0.1:9464', as "
            "'admin_address' does: expected an address of its own\n");
}

TEST_F(CompilePipelineTest, GivesNothingForWhatIsNotYaml) {
  EXPECT_EQ(Compile("]"), nullptr);
  EXPECT_EQ(diagnostics_.count(), 1);
}

}  // namespace
}  // namespace phoenix
