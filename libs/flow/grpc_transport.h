#ifndef LIBS_FLOW_GRPC_TRANSPORT_H_
#define LIBS_FLOW_GRPC_TRANSPORT_H_

#include <memory>
#include <string>

#include "libs/flow/receiver.h"
#include "libs/flow/transport.h"

namespace grpc {
class Channel;
class ServerBuilder;
class Service;
}  // namespace grpc

// Streams over gRPC, by its callback API: nothing here blocks. Frames are
// encoded on the thread that sends, and decoded on gRPC's; batches go to and
// come from the wire as the bytes that they are (one copy, when a received
// message lies in pieces).
namespace phoenix::flow {

// A channel to the replicas behind `target` (`dns:///processor:9000`): spreads
// streams over them, notices dead peers by keepalive, and speaks plain text.
// Thread-safe.
std::shared_ptr<grpc::Channel> NewPeerChannel(const std::string& target);

// Calls PipelineService.Publish over a channel, which is kept. Thread-safe.
std::unique_ptr<Connector> NewGrpcConnector(
    std::shared_ptr<grpc::Channel> channel);

// Serves PipelineService for `receiver`, whose handler is called on gRPC's
// threads and so must not block: let it pass batches to lanes. The service must
// outlive the server that it is registered with.
std::unique_ptr<grpc::Service> NewPipelineService(
    std::shared_ptr<Receiver> receiver);

// What a server of Phoenix's own services sets: keepalive in both directions.
void ConfigurePeerServer(grpc::ServerBuilder& builder);

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_GRPC_TRANSPORT_H_
