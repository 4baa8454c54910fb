// A real server for scripts that break it:
//
//   controlled_server kafka [BROKERS] | secured_kafka | postgres
//
// prints how to connect when the server answers, then obeys the lines of its
// standard input, each with one line, `ok` (and what was asked for) or `error:
// REASON`, and ends with it:
//
//   kill, restart, pause, resume
//   kill_coordinator TOPIC NAME    (kafka) as KafkaServer::KillCoordinator
//   kill_leader TOPIC PARTITION    (kafka) as KafkaServer::KillLeader
//   timed_out TRANSACTIONAL_ID     (kafka) as KafkaServer::TimedOutTransactions
//   revive                         (kafka) starts what does not run
//   create TOPIC PARTITIONS        (kafka)
//   allow topic|group NAME         (secured_kafka) as KafkaServer::Allow
//   read TOPIC PARTITIONS FILE     (kafka) writes the values of all committed
//                                  records, one a line, in order by partition
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "integration/servers/kafka_records.h"
#include "integration/servers/kafka_server.h"
#include "integration/servers/postgres_server.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

using Words = std::vector<std::string>;

// Of a secured one: also the address where it asks who comes, and the file of
// the authority to trust.
std::string AddressOf(const KafkaServer& server) {
  if (!server.is_secured()) return server.bootstrap();
  return Cat(server.bootstrap(), " ", server.secured_bootstrap(), " ",
             server.ca_file());
}
std::string AddressOf(const PostgresServer& server) {
  return server.connection_string();
}

absl::Status NotUnderstood(const Words& words) {
  return absl::InvalidArgumentError(
      Cat("command '", words.empty() ? "" : words[0], "' of ", words.size(),
          " words is not understood"));
}

absl::Status WriteValues(const KafkaServer& server, const Words& words) {
  PHOENIX_ASSIGN_OR_RETURN(
      const auto records,
      ReadRecords(server.bootstrap(), words[1], std::atoi(words[2].c_str())));
  std::vector<std::ostringstream> partitions(std::atoi(words[2].c_str()));
  std::ofstream file(words[3], std::ios::binary);
  for (const TestRecord& record : records) {
    partitions.at(record.partition) << record.value.value_or("") << '\n';
  }
  for (const std::ostringstream& partition : partitions) {
    file << partition.str();
  }
  file.close();
  if (file.fail()) return absl::DataLossError(Cat("can't write ", words[3]));
  return absl::OkStatus();
}

// What is asked for; empty when nothing is.
using Answer = absl::StatusOr<std::string>;

Answer Done(const absl::Status& status) {
  if (!status.ok()) return status;
  return "";
}

absl::Status Act(KafkaServer& server, const Words& words) {
  if (words.size() == 3 && words[0] == "kill_coordinator") {
    return server.KillCoordinator(words[1], words[2]);
  }
  if (words.size() == 3 && words[0] == "kill_leader") {
    return server.KillLeader(words[1], std::atoi(words[2].c_str()));
  }
  if (words.size() == 1 && words[0] == "revive") return server.Revive();
  if (words.size() == 3 && words[0] == "create") {
    return server.CreateTopic(words[1], std::atoi(words[2].c_str()));
  }
  if (words.size() == 3 && words[0] == "allow" && server.is_secured()) {
    return server.Allow(words[1], words[2]);
  }
  if (words.size() == 4 && words[0] == "read") {
    return WriteValues(server, words);
  }
  return NotUnderstood(words);
}

Answer ObeyMore(KafkaServer& server, const Words& words) {
  if (words.size() == 2 && words[0] == "timed_out") {
    return Cat(server.TimedOutTransactions(words[1]));
  }
  return Done(Act(server, words));
}

Answer ObeyMore(PostgresServer&, const Words& words) {
  return NotUnderstood(words);
}

template <typename Server>
Answer Obey(Server& server, const Words& words) {
  const std::string command = words.size() == 1 ? words[0] : "";
  if (command == "restart") return Done(server.Restart());
  if (command == "kill") {
    server.Kill();
  } else if (command == "pause") {
    server.Pause();
  } else if (command == "resume") {
    server.Resume();
  } else {
    return ObeyMore(server, words);
  }
  return "";
}

Words WordsOf(const std::string& line) {
  std::istringstream stream(line);
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

void Print(std::string_view line) { std::cout << line << std::endl; }

// Of an error that quotes the log of a server.
std::string OneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

template <typename Started>
int Serve(const Started& server) {
  if (!server.ok()) {
    std::cerr << "controlled_server: " << server.status() << '\n';
    return EXIT_FAILURE;
  }
  Print(AddressOf(**server));
  for (std::string line; std::getline(std::cin, line);) {
    const Answer answer = Obey(**server, WordsOf(line));
    Print(answer.ok() ? Cat("ok ", *answer)
                      : OneLine(Cat("error: ", answer.status().ToString())));
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace phoenix

int main(int argc, char** argv) {
  const std::string_view kind = argc >= 2 ? argv[1] : "";
  if (kind == "kafka" && argc <= 3) {
    const int brokers = argc == 3 ? std::atoi(argv[2]) : 1;
    return phoenix::Serve(phoenix::KafkaServer::Start(std::max(brokers, 1)));
  }
  if (kind == "secured_kafka" && argc == 2) {
    return phoenix::Serve(phoenix::KafkaServer::StartSecured());
  }
  if (kind == "postgres" && argc == 2) {
    return phoenix::Serve(phoenix::PostgresServer::Start());
  }
  std::fprintf(stderr,
               "usage: controlled_server kafka [BROKERS] | secured_kafka | "
               "postgres\n");
  return 64;
}
