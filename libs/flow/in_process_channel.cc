#include "libs/flow/in_process_channel.h"

#include <utility>
#include <variant>
#include <vector>

#include "libs/base/mutex.h"

namespace phoenix::flow {
namespace {

// What one end says to the other by closing.
struct Closed {
  absl::Status status;
};

// One connection: a queue towards the receiver, which the lane empties, and
// direct calls towards the sender.
class Link : public std::enable_shared_from_this<Link> {
 public:
  Link(Executor& lane, std::shared_ptr<SenderListener> sender)
      : lane_(lane), sender_(std::move(sender)) {}

  // Before anything is sent.
  void Accept(Receiver& receiver, std::shared_ptr<ReceiverTransport> end) {
    receiver_ = receiver.Accept(std::move(end));
  }

  void ToReceiver(SenderFrame frame) { Enqueue(std::move(frame)); }
  void ToSender(ReceiverFrame frame) {
    if (auto sender = this->sender()) sender->OnFrame(std::move(frame));
  }

  // Either end may close; the first one counts.
  void Close(absl::Status status) {
    std::shared_ptr<SenderListener> sender;
    {
      MutexLock lock(mutex_);
      sender = std::exchange(sender_, nullptr);
    }
    if (sender == nullptr) return;
    Enqueue(Closed{status});
    sender->OnClosed(std::move(status));
  }

 private:
  using Item = std::variant<SenderFrame, Closed>;

  void Enqueue(Item item) {
    {
      MutexLock lock(mutex_);
      queue_.push_back(std::move(item));
      if (scheduled_) return;
      scheduled_ = true;
    }
    Schedule();
  }

  // The link's turn on the lane. Destroyed unrun, the lane has stopped, and
  // what is queued will never be handled.
  class Turn {
   public:
    explicit Turn(std::shared_ptr<Link> link) : link_(std::move(link)) {}
    Turn(Turn&&) = default;
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (link_ != nullptr) link_->Abandon();
    }
    void operator()() { std::exchange(link_, nullptr)->RunQueued(); }

   private:
    std::shared_ptr<Link> link_;
  };

  void Schedule() { lane_.Run(Turn(shared_from_this())).IgnoreError(); }

  // On the lane: hands over what is there now, and gives other tasks of the
  // lane their turn before what came meanwhile.
  void RunQueued() {
    std::vector<Item> items;
    {
      MutexLock lock(mutex_);
      items.swap(queue_);
    }
    for (Item& item : items) Deliver(item);
    {
      MutexLock lock(mutex_);
      scheduled_ = !queue_.empty();
      if (!scheduled_) return;
    }
    Schedule();
  }

  void Deliver(Item& item) {
    if (auto* frame = std::get_if<SenderFrame>(&item)) {
      receiver_->OnFrame(std::move(*frame));
    } else {
      receiver_->OnClosed(std::get<Closed>(item).status);
    }
  }

  void Abandon() {
    std::vector<Item> dropped;
    std::shared_ptr<SenderListener> sender;
    {
      MutexLock lock(mutex_);
      dropped.swap(queue_);
      sender = std::exchange(sender_, nullptr);
      scheduled_ = false;
    }
    const absl::Status status = absl::UnavailableError("the lane has stopped");
    receiver_->OnClosed(status);
    if (sender != nullptr) sender->OnClosed(status);
  }

  std::shared_ptr<SenderListener> sender() {
    MutexLock lock(mutex_);
    return sender_;
  }

  Executor& lane_;
  std::shared_ptr<ReceiverListener> receiver_;
  Mutex mutex_;
  std::shared_ptr<SenderListener> sender_ ABSL_GUARDED_BY(mutex_);
  std::vector<Item> queue_ ABSL_GUARDED_BY(mutex_);
  bool scheduled_ ABSL_GUARDED_BY(mutex_) = false;
};

class SenderEnd : public SenderTransport {
 public:
  explicit SenderEnd(std::shared_ptr<Link> link) : link_(std::move(link)) {}
  void Send(SenderFrame frame) override { link_->ToReceiver(std::move(frame)); }
  void Close(absl::Status status) override { link_->Close(std::move(status)); }

 private:
  const std::shared_ptr<Link> link_;
};

class ReceiverEnd : public ReceiverTransport {
 public:
  explicit ReceiverEnd(std::shared_ptr<Link> link) : link_(std::move(link)) {}
  void Send(ReceiverFrame frame) override { link_->ToSender(std::move(frame)); }
  void Close(absl::Status status) override { link_->Close(std::move(status)); }

 private:
  const std::shared_ptr<Link> link_;
};

}  // namespace

std::shared_ptr<SenderTransport> InProcessConnector::Connect(
    std::shared_ptr<SenderListener> listener) {
  auto link = std::make_shared<Link>(lane_, std::move(listener));
  link->Accept(*receiver_, std::make_shared<ReceiverEnd>(link));
  return std::make_shared<SenderEnd>(std::move(link));
}

}  // namespace phoenix::flow
