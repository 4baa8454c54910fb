#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "libs/event/batch_codec.h"
#include "libs/flow/frame_codec.h"
#include "libs/flow/rpc_status.h"
#include "libs/flow/stream_error.h"
#include "phoenix/flow/v1/pipeline_service.pb.h"

namespace phoenix::flow {
namespace {

// What stands between a producer and its log is not told between stages.
constexpr auto kLastOutcome = static_cast<uint8_t>(Outcome::kRetry);

// --- Encoding ---

void Encode(const Credit& credit, v1::Credit& message) {
  message.set_available_bytes(credit.quota.bytes);
  message.set_available_count(credit.quota.count);
  message.set_limited_by(credit.limited_by);
}

std::string EncodeOutcomes(const BatchOutcome& outcome) {
  if (outcome.size() > 0 && outcome.Count(outcome.at(0)) == outcome.size()) {
    return std::string(1, static_cast<char>(outcome.at(0)));
  }
  std::string bytes(outcome.size(), '\0');
  for (uint32_t row = 0; row < outcome.size(); ++row) {
    bytes[row] = static_cast<char>(outcome.at(row));
  }
  return bytes;
}

// Neighbours that fail alike share one reason.
void EncodeReasons(const BatchOutcome& outcome, v1::BatchResult& message) {
  const OutcomeDetail* previous = nullptr;
  size_t count = 0;
  for (const OutcomeDetail& detail : outcome.details()) {
    if (++count > kMaxReasonsPerBatch) return;
    const bool same = previous != nullptr &&
                      previous->component == detail.component &&
                      previous->status == detail.status;
    if (!same) {
      v1::OutcomeReason& reason = *message.add_reasons();
      reason.set_component(detail.component);
      *reason.mutable_status() = ToRpcStatus(detail.status);
    }
    message.mutable_reasons()->rbegin()->add_rows(
        static_cast<int32_t>(detail.row));
    previous = &detail;
  }
}

void Encode(const StreamOpened& opened, v1::PublishResponse& response) {
  v1::StreamOpened& message = *response.mutable_opened();
  message.set_received_sequence(opened.received_sequence);
  message.set_instance_id(opened.instance_id);
  Encode(opened.credit, *message.mutable_credit());
}

void Encode(const Acknowledgement& acknowledgement,
            v1::PublishResponse& response) {
  v1::Acknowledgement& message = *response.mutable_acknowledgement();
  message.set_acknowledged_sequence(acknowledgement.acknowledged_sequence);
  for (const BatchResult& result : acknowledgement.results) {
    v1::BatchResult& encoded = *message.add_results();
    encoded.set_sequence(result.sequence);
    encoded.set_outcomes(EncodeOutcomes(*result.outcome));
    EncodeReasons(*result.outcome, encoded);
  }
  if (acknowledgement.credit) {
    Encode(*acknowledgement.credit, *message.mutable_credit());
  }
}

void Encode(const Drain& drain, v1::PublishResponse& response) {
  const timespec grace = absl::ToTimespec(drain.grace_period);
  auto& message = *response.mutable_drain()->mutable_grace_period();
  message.set_seconds(grace.tv_sec);
  message.set_nanos(static_cast<int32_t>(grace.tv_nsec));
}

// --- Decoding ---

Credit DecodeCredit(const v1::Credit& message) {
  return {.quota = {.bytes = message.available_bytes(),
                    .count = message.available_count()},
          .limited_by = message.limited_by()};
}

StreamOpened Decode(const v1::StreamOpened& message) {
  return {.received_sequence = message.received_sequence(),
          .credit = DecodeCredit(message.credit()),
          .instance_id = message.instance_id()};
}

absl::Status DecodeReasons(const v1::BatchResult& message,
                           BatchOutcome& outcome) {
  size_t count = 0;
  for (const v1::OutcomeReason& reason : message.reasons()) {
    for (int32_t row : reason.rows()) {
      if (++count > kMaxReasonsPerBatch || row < 0 ||
          row >= static_cast<int32_t>(EventBatch::kMaxEvents)) {
        return InvalidFrame(absl::StrCat(
            "reasons of batch '", message.sequence(),
            "': too many, or for row '", row, "' that no batch has"));
      }
      outcome.AddDetail({static_cast<uint32_t>(row), reason.component(),
                         FromRpcStatus(reason.status())});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<BatchResult> Decode(const v1::BatchResult& message) {
  const std::string& bytes = message.outcomes();
  if (bytes.empty() || bytes.size() > EventBatch::kMaxEvents) {
    return InvalidFrame(absl::StrCat("outcomes of batch '", message.sequence(),
                                     "' have '", bytes.size(), "' bytes"));
  }
  auto outcome =
      std::make_shared<BatchOutcome>(static_cast<uint32_t>(bytes.size()));
  for (uint32_t row = 0; row < bytes.size(); ++row) {
    if (static_cast<uint8_t>(bytes[row]) > kLastOutcome) {
      return InvalidFrame(absl::StrCat("batch '", message.sequence(),
                                       "': row '", row,
                                       "' has the unknown outcome '",
                                       static_cast<uint8_t>(bytes[row]), "'"));
    }
    outcome->Merge(row, static_cast<Outcome>(bytes[row]));
  }
  PHOENIX_RETURN_IF_ERROR(DecodeReasons(message, *outcome));
  return BatchResult{message.sequence(), std::move(outcome)};
}

absl::StatusOr<Acknowledgement> Decode(const v1::Acknowledgement& message) {
  Acknowledgement acknowledgement{.acknowledged_sequence =
                                      message.acknowledged_sequence()};
  for (const v1::BatchResult& result : message.results()) {
    PHOENIX_ASSIGN_OR_RETURN(BatchResult decoded, Decode(result));
    acknowledgement.results.push_back(std::move(decoded));
  }
  if (message.has_credit()) {
    acknowledgement.credit = DecodeCredit(message.credit());
  }
  return acknowledgement;
}

Drain Decode(const v1::Drain& message) {
  return {.grace_period = absl::Seconds(message.grace_period().seconds()) +
                          absl::Nanoseconds(message.grace_period().nanos())};
}

// --- Merging ---

bool HasReasons(const Acknowledgement& acknowledgement) {
  return std::any_of(acknowledgement.results.begin(),
                     acknowledgement.results.end(),
                     [](const BatchResult& result) {
                       return !result.outcome->details().empty();
                     });
}

}  // namespace

bool MergeReceiverFrames(ReceiverFrame& frame, const ReceiverFrame& next) {
  auto* const first = std::get_if<Acknowledgement>(&frame);
  const auto* const second = std::get_if<Acknowledgement>(&next);
  if (first == nullptr || second == nullptr) return false;
  auto& results = first->results;
  if (results.size() + second->results.size() > kMaxResultsPerMessage ||
      HasReasons(*first) || HasReasons(*second)) {
    return false;
  }
  results.insert(results.end(), second->results.begin(), second->results.end());
  first->acknowledged_sequence = second->acknowledged_sequence;
  if (second->credit.has_value()) first->credit = second->credit;
  return true;
}

std::string EncodeReceiverFrame(const ReceiverFrame& frame) {
  v1::PublishResponse response;
  std::visit([&response](const auto& f) { Encode(f, response); }, frame);
  return response.SerializeAsString();
}

absl::StatusOr<ReceiverFrame> DecodeReceiverFrame(std::string_view message) {
  v1::PublishResponse response;
  if (message.size() > std::numeric_limits<int>::max() ||
      !response.ParseFromArray(message.data(),
                               static_cast<int>(message.size()))) {
    return InvalidFrame("a message that is no PublishResponse");
  }
  switch (response.frame_case()) {
    case v1::PublishResponse::kOpened:
      return Decode(response.opened());
    case v1::PublishResponse::kAcknowledgement:
      return Decode(response.acknowledgement());
    case v1::PublishResponse::kDrain:
      return Decode(response.drain());
    case v1::PublishResponse::FRAME_NOT_SET:
      return StreamError(absl::StatusCode::kInvalidArgument, "FRAME_UNKNOWN",
                         "a frame of an unknown kind");
  }
  return absl::InternalError("unreachable");
}

}  // namespace phoenix::flow
