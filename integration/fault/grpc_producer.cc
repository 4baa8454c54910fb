// Publishes what its standard input says, over one channel that it keeps:
//
//   grpc_producer ADDRESS
//
// A line with a count, then as many lines, each the JSON data of an event, are
// one unary call. It answers each with one line:
//
//   taken            all events are acknowledged
//   refused          none was taken, for now
//   away             nobody is there: none was taken
//   unknown          no answer: they may have been taken or not
//   failed: REASON   anything else; it ends then
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "phoenix/ingest/v1/ingest_service.grpc.pb.h"

namespace {

using phoenix::ingest::v1::IngestService;
using phoenix::ingest::v1::PublishRequest;
using phoenix::ingest::v1::PublishResponse;

constexpr std::chrono::seconds kAnswerTimeout(30);

// A server that returns is found at once.
constexpr int kReconnectMs = 50;

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMs);
  // A call that is sent again goes by another connection, and nobody says so.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                   arguments);
}

void AddEvent(int id, std::string line, PublishRequest& request) {
  auto& event = *request.add_events();
  event.set_id(std::to_string(id));
  event.set_source("/fault");
  event.set_spec_version("1.0");
  event.set_type("fault.sent");
  (*event.mutable_attributes())["datacontenttype"].set_ce_string(
      "application/json");
  event.set_text_data(std::move(line));
}

bool ReadRequest(std::istream& input, PublishRequest& request) {
  std::string line;
  if (!std::getline(input, line)) return false;
  const int count = std::atoi(line.c_str());
  for (int i = 0; i < count && std::getline(input, line); ++i) {
    AddEvent(i, line, request);
  }
  return request.events_size() == count;
}

// It connects when it is asked to, and at no other time.
bool IsConnected(grpc::Channel& channel) {
  return channel.GetState(false) == GRPC_CHANNEL_READY;
}

bool IsThere(grpc::Channel& channel) {
  return channel.WaitForConnected(std::chrono::system_clock::now() +
                                  std::chrono::milliseconds(kReconnectMs));
}

std::string Publish(IngestService::Stub& stub, const PublishRequest& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kAnswerTimeout);
  PublishResponse response;
  const grpc::Status status = stub.Publish(&context, request, &response);
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      // Of a part it is not said here which: all are unknown.
      return response.failures().empty() ? "taken" : "unknown";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "refused";
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "unknown";
    default:
      return "failed: " + std::to_string(status.error_code()) + " " +
             status.error_message();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: grpc_producer ADDRESS < BATCHES\n";
    return 64;
  }
  const auto channel = Connect(argv[1]);
  const auto stub = IngestService::NewStub(channel);
  int connection = 0;
  for (PublishRequest request; ReadRequest(std::cin, request);
       request.Clear()) {
    if (!IsConnected(*channel)) ++connection;
    const std::string answer =
        IsThere(*channel) ? Publish(*stub, request) : "away";
    std::cout << answer << ' ' << connection << std::endl;
    if (answer.rfind("failed", 0) == 0) return 1;
  }
  return 0;
}
