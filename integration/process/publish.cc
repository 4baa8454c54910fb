// Publishes the lines of the standard input, each the JSON data of one
// CloudEvent, by one unary call: publish ADDRESS. Prints the answer as JSON, or
// the error, with which it exits.
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "google/protobuf/util/json_util.h"
#include "phoenix/ingest/v1/ingest_service.grpc.pb.h"

namespace {

using phoenix::ingest::v1::IngestService;
using phoenix::ingest::v1::PublishRequest;
using phoenix::ingest::v1::PublishResponse;

PublishRequest ReadRequest(std::istream& input) {
  PublishRequest request;
  std::string line;
  while (std::getline(input, line)) {
    auto& event = *request.add_events();
    event.set_id(std::to_string(request.events_size()));
    event.set_source("/test");
    event.set_spec_version("1.0");
    event.set_type("test.published");
    (*event.mutable_attributes())["datacontenttype"].set_ce_string(
        "application/json");
    event.set_text_data(line);
  }
  return request;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: publish ADDRESS < LINES\n", stderr);
    return 64;
  }
  const auto stub = IngestService::NewStub(
      grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  PublishResponse response;
  const grpc::Status status =
      stub->Publish(&context, ReadRequest(std::cin), &response);
  if (!status.ok()) {
    std::fprintf(stderr, "%d %s\n", status.error_code(),
                 status.error_message().c_str());
    return 1;
  }
  std::string json;
  const auto printed =
      google::protobuf::util::MessageToJsonString(response, &json);
  std::puts(json.c_str());
  return printed.ok() ? 0 : 1;
}
