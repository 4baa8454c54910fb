#include "libs/flow/back_pressure.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "google/rpc/error_details.pb.h"

namespace phoenix::flow {
namespace {

constexpr char kErrorInfo[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kRetryInfo[] = "type.googleapis.com/google.rpc.RetryInfo";
constexpr char kLimitedBy[] = "limitedBy";

template <typename Detail>
std::optional<Detail> DetailOf(const absl::Status& status, const char* url) {
  const absl::optional<absl::Cord> payload = status.GetPayload(url);
  Detail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) return {};
  return detail;
}

}  // namespace

absl::Status BackPressure(std::string_view limited_by, std::string_view why,
                          absl::Duration retry_delay) {
  absl::Status status = absl::ResourceExhaustedError(
      absl::StrCat(std::string(limited_by), ": ", std::string(why)));
  google::rpc::ErrorInfo info;
  info.set_reason("QUEUE_FULL");
  info.set_domain("phoenix.flow.v1");
  (*info.mutable_metadata())[kLimitedBy] = std::string(limited_by);
  status.SetPayload(kErrorInfo, absl::Cord(info.SerializeAsString()));

  google::rpc::RetryInfo retry;
  const timespec delay = absl::ToTimespec(retry_delay);
  retry.mutable_retry_delay()->set_seconds(delay.tv_sec);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(delay.tv_nsec));
  status.SetPayload(kRetryInfo, absl::Cord(retry.SerializeAsString()));
  return status;
}

std::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  const auto retry = DetailOf<google::rpc::RetryInfo>(status, kRetryInfo);
  if (!retry) return std::nullopt;
  return absl::Seconds(retry->retry_delay().seconds()) +
         absl::Nanoseconds(retry->retry_delay().nanos());
}

std::string LimitedBy(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status, kErrorInfo);
  if (!info) return "";
  const auto found = info->metadata().find(kLimitedBy);
  return found == info->metadata().end() ? "" : found->second;
}

}  // namespace phoenix::flow
