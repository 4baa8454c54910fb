#include "libs/log/log.h"

#include "libs/base/status_macros.h"

namespace phoenix {

std::string_view DurabilityName(Durability durability) {
  switch (durability) {
    case Durability::kMemory:
      return "MEMORY";
    case Durability::kOs:
      return "OS";
    case Durability::kDisk:
      return "DISK";
    case Durability::kReplicated:
      return "REPLICATED";
  }
  return "UNKNOWN";
}

absl::Status Log::Subscribe(PartitionListener& listener) {
  for (int32_t partition = 0; partition < partition_count(); ++partition) {
    PHOENIX_RETURN_IF_ERROR(listener.OnAssigned(partition));
  }
  return absl::OkStatus();
}

}  // namespace phoenix
