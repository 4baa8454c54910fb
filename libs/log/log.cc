#include "libs/log/log.h"

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

}  // namespace phoenix
