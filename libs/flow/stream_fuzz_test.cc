// A sender and a receiver, each fed arbitrary frames in arbitrary order: they
// close the connection or they go on, their accounts stay right, and what was
// taken is settled exactly once.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/flow/batch_handler.h"
#include "libs/flow/fake_transport.h"
#include "libs/flow/frame.h"
#include "libs/flow/receiver.h"
#include "libs/flow/sender.h"
#include "libs/flow/simulation/scheduler.h"
#include "libs/flow/test_batch.h"

namespace phoenix::flow {
namespace {

constexpr Quota kQuota = {.bytes = 2000, .count = 3};

void Check(bool holds) {
  if (!holds) std::abort();
}

// Takes small numbers off the input; zeros when it is used up.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  bool empty() const { return size_ == 0; }
  int64_t Next() {
    if (empty()) return 0;
    --size_;
    return static_cast<int8_t>(*data_++);
  }

 private:
  const uint8_t* data_;
  size_t size_;
};

class HoldingHandler : public BatchHandler {
 public:
  void Handle(BatchView view, SettleCallback settle) override {
    settles.push_back(std::move(settle));
  }
  std::vector<SettleCallback> settles;
};

const BatchView& SmallBatch() {
  static const BatchView batch = MakeTestBatch(2);
  return batch;
}

std::shared_ptr<BatchOutcome> OutcomeOf(Input& input) {
  return std::make_shared<BatchOutcome>(
      static_cast<uint32_t>(1 + (input.Next() & 3)),
      static_cast<Outcome>(input.Next() & 7));
}

void FeedReceiver(Input input) {
  simulation::Scheduler scheduler(1);
  HoldingHandler handler;
  auto receiver = Receiver::Create({.credit = kQuota, .max_streams = 2},
                                   {handler, scheduler, "first"});
  std::shared_ptr<ReceiverListener> client;
  while (!input.empty()) {
    const int64_t command = input.Next() & 7;
    if (command == 0 || client == nullptr) {
      client =
          receiver->Accept(std::make_shared<FakeTransport<ReceiverFrame>>());
    } else if (command == 1) {
      client->OnFrame(OpenStream{.stream_id = std::to_string(input.Next() & 3),
                                 .resume_sequence = input.Next()});
    } else if (command == 2) {
      client->OnClosed(absl::OkStatus());
      client = nullptr;
    } else if (command == 3 && !handler.settles.empty()) {
      handler.settles.back()(*OutcomeOf(input));
      handler.settles.pop_back();
    } else {
      BatchFrame frame{.sequence = input.Next(),
                       .settled_sequence = input.Next(),
                       .accounted_bytes = input.Next() * 16};
      if (command > 4) frame.view = SmallBatch();
      client->OnFrame(std::move(frame));
    }
    const Receiver::Stats stats = receiver->stats();
    Check(stats.streams <= 2);
    Check(stats.unanswered.count >= 0 && stats.unanswered.bytes >= 0);
    Check(stats.unanswered.count <= kQuota.count * 2);
    Check(stats.unanswered.bytes <= kQuota.bytes * 2 + 127 * 16);
  }
}

void FeedSender(Input input) {
  simulation::Scheduler scheduler(1);
  FakeConnector connector;
  auto sender = Sender::Create({.max_held = kQuota},
                               {connector, scheduler, scheduler, 1});
  int64_t taken = 0, settled = 0;
  while (!input.empty()) {
    const auto listener = connector.last().listener;
    switch (input.Next() & 7) {
      case 0:
        listener->OnClosed(absl::UnavailableError("lost"));
        break;
      case 1:
        listener->OnFrame(StreamOpened{
            input.Next(), {.quota = {input.Next() * 100, input.Next()}}, ""});
        break;
      case 2:
        listener->OnFrame(Drain{});
        break;
      case 3:
        scheduler.Step();
        break;
      case 4: {
        BatchView view = SmallBatch();
        taken += sender
                     ->Offer(std::move(view),
                             [&](const BatchOutcome& o) {
                               Check(o.size() == 2);
                               ++settled;
                             })
                     .ok();
        break;
      }
      default:
        listener->OnFrame(Acknowledgement{
            input.Next(), {{input.Next(), OutcomeOf(input)}}, {}});
    }
    const Sender::Stats stats = sender->stats();
    Check(stats.held.count == taken - settled);
    Check(stats.held.count <= kQuota.count);
    Check(stats.on_the_way.count >= 0);
    Check(stats.on_the_way.count <= stats.held.count);
    Check(stats.on_the_way.bytes <= stats.held.bytes);
  }
  sender->Close(absl::CancelledError("over"));
  Check(settled == taken);
}

}  // namespace
}  // namespace phoenix::flow

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  phoenix::flow::FeedReceiver(phoenix::flow::Input(data, size));
  phoenix::flow::FeedSender(phoenix::flow::Input(data, size));
  return 0;
}
