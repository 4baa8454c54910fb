#include "libs/component/sink_decorators/retry_after.h"

#include <string>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"

namespace phoenix {
namespace {

constexpr char kRetryInfo[] = "type.googleapis.com/google.rpc.RetryInfo";

}  // namespace

void SetRetryAfter(absl::Status& status, absl::Duration delay) {
  google::rpc::RetryInfo info;
  const timespec time = absl::ToTimespec(delay);
  info.mutable_retry_delay()->set_seconds(time.tv_sec);
  info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(time.tv_nsec));
  status.SetPayload(kRetryInfo, absl::Cord(info.SerializeAsString()));
}

std::optional<absl::Duration> RetryAfterOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryInfo);
  google::rpc::RetryInfo info;
  if (!payload.has_value() || !info.ParseFromString(std::string(*payload))) {
    return std::nullopt;
  }
  return absl::Seconds(info.retry_delay().seconds()) +
         absl::Nanoseconds(info.retry_delay().nanos());
}

}  // namespace phoenix
