#include "libs/base/rpc_status.h"

#include <string>

#include "absl/strings/cord.h"
#include "google/rpc/status.pb.h"
#include "libs/base/text.h"

namespace phoenix {

void ToRpcStatus(const absl::Status& status, google::rpc::Status& message) {
  message.Clear();
  message.set_code(static_cast<int>(status.code()));
  message.set_message(std::string(status.message()));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    auto& detail = *message.add_details();
    detail.set_type_url(std::string(url));
    detail.set_value(std::string(payload));
  });
}

absl::Status FromRpcStatus(const google::rpc::Status& message) {
  const bool known = message.code() >= 0 && message.code() <= 16;
  absl::Status status(known ? static_cast<absl::StatusCode>(message.code())
                            : absl::StatusCode::kUnknown,
                      message.message());
  for (const auto& detail : message.details()) {
    status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return status;
}

}  // namespace phoenix
