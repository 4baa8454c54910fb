#include "libs/engine/dead_letter_sender.h"

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "libs/base/text.h"
#include "libs/event/selection.h"

namespace phoenix {
namespace {

// What became of a letter, said of the event that it tells of. What is in the
// queue of the dead-letter sink is that sink's. An event whose letter can't be
// taken has no place to go: whoever holds it keeps it.
Outcome OfEvent(Outcome of_letter) {
  switch (of_letter) {
    case Outcome::kDelivered:
    case Outcome::kQueued:
      return Outcome::kDeadLettered;
    case Outcome::kRejected:
      return Outcome::kRetry;
    default:
      return of_letter;
  }
}

// Translates outcomes of letters, numbered in their own batch, to outcomes of
// the events.
class LetterAnswer {
 public:
  LetterAnswer(uint32_t input_size, std::vector<uint32_t> events,
               SettleCallback settle, Logger log)
      : input_size_(input_size),
        events_(std::move(events)),
        settle_(std::move(settle)),
        log_(std::move(log)) {}

  void operator()(const BatchOutcome& letters) {
    BatchOutcome outcome(input_size_);
    for (uint32_t i = 0; i < events_.size(); ++i) {
      outcome.Merge(events_[i], OfEvent(letters.at(i)));
    }
    for (OutcomeDetail detail : letters.details()) {
      if (letters.at(detail.row) == Outcome::kRejected) {
        detail.status = Refused(detail.status);
      }
      detail.row = events_[detail.row];
      outcome.AddDetail(std::move(detail));
    }
    settle_(outcome);
  }

 private:
  absl::Status Refused(const absl::Status& why) const {
    log_.Error("The dead-letter sink refuses dead letters.", {{"error", why}});
    return absl::UnavailableError(
        Cat("the dead-letter sink refuses it: ", FromAbsl(why.message())));
  }

  uint32_t input_size_;
  std::vector<uint32_t> events_;
  SettleCallback settle_;
  Logger log_;
};

}  // namespace

DeadLetterSender::DeadLetterSender(std::string pipeline, std::string revision,
                                   SinkPort& sink, Clock& clock, Logger log)
    : pipeline_(std::move(pipeline)),
      revision_(std::move(revision)),
      sink_(sink),
      clock_(clock),
      log_(std::move(log)),
      refusals_(log_.With({{"component.name", sink.name()}})) {}

void DeadLetterSender::Post(EventBatchPtr input,
                            std::vector<DeadLetterRow> rows,
                            SettleCallback settle) {
  LogOneLineAComponent(rows);
  std::vector<uint32_t> events;
  events.reserve(rows.size());
  for (const DeadLetterRow& row : rows) events.push_back(row.row);
  BatchView letters;
  letters.batch = MakeDeadLetters(
      *input, rows,
      {.pipeline = pipeline_, .revision = revision_, .time = clock_.Now()});
  SelectAll(letters.batch->size(), letters.rows);
  sink_.OfferLater(std::move(letters),
                   LetterAnswer(input->size(), std::move(events),
                                std::move(settle), refusals_));
}

void DeadLetterSender::LogOneLineAComponent(
    const std::vector<DeadLetterRow>& rows) {
  std::map<std::string_view, std::pair<const DeadLetterRow*, size_t>> seen;
  for (const DeadLetterRow& row : rows) {
    ++seen.try_emplace(row.component, &row, 0).first->second.second;
  }
  for (const auto& [component, letters] : seen) {
    LogLine(*letters.first, letters.second);
  }
}

void DeadLetterSender::LogLine(const DeadLetterRow& first, size_t events) {
  MutexLock lock(mutex_);
  auto it = logs_.find(first.component);
  if (it == logs_.end()) {
    Logger log = log_.With({{"component.name", first.component}});
    it = logs_.emplace(first.component, std::move(log)).first;
  }
  it->second.Warn("Events go to the dead letters.",
                  {{"events", events}, {"error", first.status}});
}

}  // namespace phoenix
