#ifndef LIBS_COMPONENT_ACK_LEVEL_H_
#define LIBS_COMPONENT_ACK_LEVEL_H_

#include <cstdint>
#include <string_view>

namespace phoenix {

// What has happened to an event when its producer is told that it was taken;
// numbers as in ingest_service.proto. The levels of storage rise; kDelivered is
// about the far end instead.
enum class AckLevel : uint8_t {
  kDelivered = 1,  // No log: it has its final outcome.
  kMemory,         // The log has it in memory.
  kOs,             // It survives the end of the process.
  kDisk,           // It survives the loss of power.
  kReplicated,     // It survives the loss of a machine.
};

// "DELIVERED", "MEMORY", "OS", "DISK" or "REPLICATED", as acks say it.
constexpr std::string_view AckLevelName(AckLevel level) {
  switch (level) {
    case AckLevel::kDelivered:
      return "DELIVERED";
    case AckLevel::kMemory:
      return "MEMORY";
    case AckLevel::kOs:
      return "OS";
    case AckLevel::kDisk:
      return "DISK";
    case AckLevel::kReplicated:
      return "REPLICATED";
  }
  return "UNKNOWN";
}

}  // namespace phoenix

#endif  // LIBS_COMPONENT_ACK_LEVEL_H_
