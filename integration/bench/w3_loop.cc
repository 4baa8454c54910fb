// The hand-written limit that Phoenix is held against in W3, and the smallest
// producer: librdkafka and simdjson, one thread beside librdkafka's own,
// nothing configurable, no metrics.
//
//   w3_loop copy BROKERS FROM TO PARTITIONS COUNT
//   w3_loop fill BROKERS TOPIC FILE
//
// `copy` reads COUNT records, keeps those with `status >= 400` or `bytes >
// 5000`, renames `client` to `client_ip`, adds `"stage":"prod"`, and writes
// them to TO. `fill` writes the lines of a file. Both produce idempotently,
// with all acknowledgements, as Phoenix does, and print the seconds from the
// first record until the broker has the last.
#include <librdkafka/rdkafka.h>
#include <simdjson.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace ondemand = simdjson::ondemand;
using Clock = std::chrono::steady_clock;
using Properties = std::map<std::string, std::string>;

constexpr int kFlushMs = 60'000;
constexpr size_t kConsumed = 1000;

[[noreturn]] void Die(const char* what) {
  std::fprintf(stderr, "w3_loop: %s\n", what);
  std::exit(1);
}

rd_kafka_t* MakeClient(rd_kafka_type_t type, const Properties& properties) {
  char error[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error,
                          sizeof(error)) != RD_KAFKA_CONF_OK) {
      Die(error);
    }
  }
  rd_kafka_t* client = rd_kafka_new(type, conf, error, sizeof(error));
  if (client == nullptr) Die(error);
  return client;
}

class Producer {
 public:
  Producer(const char* brokers, const char* topic)
      : client_(MakeClient(RD_KAFKA_PRODUCER,
                           {{"bootstrap.servers", brokers},
                            {"enable.idempotence", "true"},
                            {"linger.ms", "5"},
                            {"queue.buffering.max.messages", "10000000"},
                            {"queue.buffering.max.kbytes", "65536"}})),
        topic_(rd_kafka_topic_new(client_, topic, nullptr)) {}

  void Send(std::string_view value) {
    while (rd_kafka_produce(topic_, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                            const_cast<char*>(value.data()), value.size(),
                            nullptr, 0, nullptr) != 0) {
      if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        Die("produce");
      }
      rd_kafka_poll(client_, 10);
    }
  }

  void Poll() { rd_kafka_poll(client_, 0); }

  void Finish() {
    if (rd_kafka_flush(client_, kFlushMs) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      Die("flush");
    }
  }

 private:
  rd_kafka_t* client_;
  rd_kafka_topic_t* topic_;
};

class Consumer {
 public:
  Consumer(const char* brokers, const char* topic, int partitions)
      : client_(MakeClient(RD_KAFKA_CONSUMER,
                           {{"bootstrap.servers", brokers},
                            {"group.id", "w3-loop"},
                            {"isolation.level", "read_committed"},
                            {"enable.auto.commit", "true"}})) {
    rd_kafka_poll_set_consumer(client_);
    rd_kafka_topic_partition_list_t* all =
        rd_kafka_topic_partition_list_new(partitions);
    for (int i = 0; i < partitions; ++i) {
      rd_kafka_topic_partition_list_add(all, topic, i)->offset =
          RD_KAFKA_OFFSET_BEGINNING;
    }
    rd_kafka_assign(client_, all);
    rd_kafka_topic_partition_list_destroy(all);
    queue_ = rd_kafka_queue_get_consumer(client_);
  }

  template <typename Take>
  size_t Consume(Take take) {
    rd_kafka_message_t* messages[kConsumed];
    const ssize_t count =
        rd_kafka_consume_batch_queue(queue_, 100, messages, kConsumed);
    if (count < 0) Die("consume");
    size_t taken = 0;
    for (ssize_t i = 0; i < count; ++i) {
      if (messages[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        take(std::string_view(static_cast<const char*>(messages[i]->payload),
                              messages[i]->len));
        ++taken;
      }
      rd_kafka_message_destroy(messages[i]);
    }
    return taken;
  }

 private:
  rd_kafka_t* client_;
  rd_kafka_queue_t* queue_ = nullptr;
};

// Filters and maps one record; empty when it is not wanted.
class Rules {
 public:
  std::string_view Apply(std::string_view record) {
    padded_.assign(record);
    padded_.reserve(record.size() + simdjson::SIMDJSON_PADDING);
    ondemand::document document;
    if (parser_.iterate(padded_.data(), record.size(), padded_.capacity())
            .get(document)) {
      Die("parse");
    }
    return Read(document) ? Rewrite() : std::string_view();
  }

 private:
  bool Read(ondemand::document& document) {
    int64_t status = 0;
    int64_t bytes = 0;
    int found = 0;
    for (auto field : document.get_object()) {
      const ondemand::raw_json_string key = field.key();
      if (key == "client") {
        key_at_ = key.raw() - 1 - padded_.data();
      } else if (key == "status") {
        status = field.value().get_int64();
      } else if (key == "bytes") {
        ondemand::value value = field.value();
        bytes = value.is_null() ? 0 : int64_t{value.get_int64()};
      } else {
        continue;
      }
      if (++found == 3) break;
    }
    return status >= 400 || bytes > 5000;
  }

  std::string_view Rewrite() {
    constexpr size_t kKey = sizeof("\"client\"") - 1;
    const std::string_view text = padded_;
    out_.assign(text.substr(0, key_at_));
    out_ += "\"client_ip\"";
    out_ += text.substr(key_at_ + kKey, text.size() - 1 - key_at_ - kKey);
    out_ += ",\"stage\":\"prod\"}";
    return out_;
  }

  ondemand::parser parser_;
  std::string padded_;
  std::string out_;
  size_t key_at_ = 0;
};

void PrintSeconds(Clock::time_point since) {
  const std::chrono::duration<double> seconds = Clock::now() - since;
  std::printf("%.6f\n", seconds.count());
}

void Copy(char** argv) {
  Consumer consumer(argv[0], argv[1], std::atoi(argv[3]));
  Producer producer(argv[0], argv[2]);
  Rules rules;
  const size_t count = std::strtoull(argv[4], nullptr, 10);
  Clock::time_point began;
  for (size_t taken = 0; taken < count;) {
    const bool first = taken == 0;
    if (first) began = Clock::now();
    taken += consumer.Consume([&](std::string_view record) {
      const std::string_view made = rules.Apply(record);
      if (!made.empty()) producer.Send(made);
    });
    producer.Poll();
  }
  producer.Finish();
  PrintSeconds(began);
}

void Fill(char** argv) {
  Producer producer(argv[0], argv[1]);
  std::ifstream file(argv[2]);
  const Clock::time_point began = Clock::now();
  for (std::string line; std::getline(file, line);) producer.Send(line);
  producer.Finish();
  PrintSeconds(began);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 7 && std::string_view(argv[1]) == "copy") {
    Copy(argv + 2);
  } else if (argc == 5 && std::string_view(argv[1]) == "fill") {
    Fill(argv + 2);
  } else {
    Die("usage: w3_loop copy BROKERS FROM TO PARTITIONS COUNT | "
        "fill BROKERS TOPIC FILE");
  }
  // Clients need not be taken down: the process ends.
  std::fflush(stdout);
  std::_Exit(0);
}
