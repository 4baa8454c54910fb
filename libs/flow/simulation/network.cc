#include "libs/flow/simulation/network.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"

namespace phoenix::flow::simulation {
namespace {

// An end hears of a cut soon, or long after the other has come back.
constexpr absl::Duration kUsualNoticeDelay = absl::Milliseconds(50);
constexpr absl::Duration kMaxNoticeDelay = absl::Seconds(2);
constexpr double kLateNoticeRatio = 0.2;
constexpr absl::Duration kMaxFrameDelay = absl::Milliseconds(20);
constexpr double kDuplicateRatio = 0.02;

}  // namespace

// One connection. Each direction delivers in order; each end has its own idea
// of whether the connection still is.
class Network::Link : public std::enable_shared_from_this<Link> {
 public:
  Link(Network& network, int64_t number, std::string node, std::string address,
       std::shared_ptr<SenderListener> sender)
      : network_(network),
        number_(number),
        node_(std::move(node)),
        address_(std::move(address)),
        sender_(std::move(sender)) {}

  // The connection request reaches the other side, or finds nobody there.
  void Dial() {
    Deliver(to_receiver_, [](Link& link) { link.Accept(); });
  }

  void ToReceiver(SenderFrame frame) {
    if (sender_ == nullptr || cut_) return;
    Tamper(frame);
    const bool twice = std::holds_alternative<BatchFrame>(frame) && Twice();
    for (int i = 0; i < (twice ? 2 : 1); ++i) {
      Deliver(to_receiver_, [frame](Link& link) {
        if (link.receiver_ != nullptr) link.receiver_->OnFrame(frame);
      });
    }
  }

  void ToSender(ReceiverFrame frame) {
    if (receiver_ == nullptr || cut_) return;
    Tamper(frame);
    const bool twice =
        std::holds_alternative<Acknowledgement>(frame) && Twice();
    for (int i = 0; i < (twice ? 2 : 1); ++i) {
      Deliver(to_sender_, [frame](Link& link) {
        if (link.sender_ != nullptr) link.sender_->OnFrame(frame);
      });
    }
  }

  // Either end closes: frames that were sent before still arrive.
  void Close(const absl::Status& status) {
    if (cut_) return;
    cut_ = true;
    network_.trace_.Add(Name(), " closed: ", status.ToString());
    Deliver(to_sender_, [status](Link& link) { link.EndSender(status); });
    Deliver(to_receiver_, [status](Link& link) { link.EndReceiver(status); });
  }

  // The wire breaks: the ends hear of it some time later.
  void Cut() {
    cut_ = true;
    network_.trace_.Add(Name(), " cut");
    const absl::Status status = absl::UnavailableError("connection lost");
    Later([status](Link& link) { link.EndSender(status); });
    Later([status](Link& link) { link.EndReceiver(status); });
  }

  // One end is dead: it hears nothing any more, and the other in time.
  void Crash(const std::string& name) {
    if (name != node_ && name != address_) return;
    if (name == node_) sender_ = nullptr;
    if (name == address_) receiver_ = nullptr;
    if (!cut_) Cut();
  }

  bool open() const { return !cut_; }

 private:
  using Action = absl::AnyInvocable<void(Link&)>;

  void Accept() {
    const auto found = network_.receivers_.find(address_);
    if (found == network_.receivers_.end() || found->second == nullptr) {
      cut_ = true;
      EndSender(absl::UnavailableError("nobody listens"));
      return;
    }
    receiver_ = found->second->Accept(std::make_shared<ReceiverEnd>(*this));
  }

  void EndSender(const absl::Status& status) {
    if (auto sender = std::exchange(sender_, nullptr)) sender->OnClosed(status);
  }
  void EndReceiver(const absl::Status& status) {
    if (auto receiver = std::exchange(receiver_, nullptr)) {
      receiver->OnClosed(status);
    }
  }

  // After everything that went before in that direction.
  void Deliver(int64_t& direction, Action action) {
    Scheduler& scheduler = network_.scheduler_;
    const absl::Duration delay = scheduler.RandomDelay(kMaxFrameDelay);
    direction = std::max(direction + 1, scheduler.MonotonicNanos() +
                                            absl::ToInt64Nanoseconds(delay));
    At(absl::Nanoseconds(direction - scheduler.MonotonicNanos()),
       std::move(action));
  }

  void Later(Action action) {
    Scheduler& scheduler = network_.scheduler_;
    const bool late = scheduler.random().Chance(kLateNoticeRatio);
    At(scheduler.RandomDelay(late ? kMaxNoticeDelay : kUsualNoticeDelay),
       std::move(action));
  }

  void At(absl::Duration delay, Action action) {
    network_.scheduler_.RunAfter(
        delay, [self = shared_from_this(),
                action = std::move(action)]() mutable { action(*self); });
  }

  bool Twice() {
    return !network_.calm_ &&
           network_.scheduler_.random().Chance(kDuplicateRatio);
  }

  // Puts the bug in that the run is to contain.
  void Tamper(SenderFrame& frame) {
    if (auto* open = std::get_if<OpenStream>(&frame)) {
      stream_ = open->stream_id;
      if (network_.bug_ == Bug::kForgetStream) {
        absl::StrAppend(&open->stream_id, "#", number_);
      }
    } else {
      int64_t& highest = network_.highest_sent_[stream_];
      highest = std::max(highest, std::get<BatchFrame>(frame).sequence);
    }
  }
  void Tamper(ReceiverFrame& frame) {
    auto* opened = std::get_if<StreamOpened>(&frame);
    if (opened == nullptr) return;
    if (network_.bug_ == Bug::kNoResend) {
      opened->received_sequence =
          std::max(opened->received_sequence, network_.highest_sent_[stream_]);
    } else if (network_.bug_ == Bug::kIgnoreCredit) {
      opened->credit.quota = {.bytes = 1 << 30, .count = 1 << 30};
    }
  }

  std::string Name() const {
    return absl::StrCat(node_, "->", address_, "#", number_);
  }

  class ReceiverEnd : public ReceiverTransport {
   public:
    explicit ReceiverEnd(Link& link) : link_(link.weak_from_this()) {}
    void Send(ReceiverFrame frame) override {
      if (auto link = link_.lock()) link->ToSender(std::move(frame));
    }
    void Close(absl::Status status) override {
      if (auto link = link_.lock()) {
        if (link->receiver_ != nullptr) link->Close(status);
      }
    }

   private:
    const std::weak_ptr<Link> link_;
  };

  Network& network_;
  const int64_t number_;
  const std::string node_, address_;
  std::string stream_;
  std::shared_ptr<SenderListener> sender_;
  std::shared_ptr<ReceiverListener> receiver_;
  bool cut_ = false;
  int64_t to_receiver_ = 0, to_sender_ = 0;  // When the last frame arrives.

  friend class SenderEnd;

 public:
  class SenderEnd : public SenderTransport {
   public:
    explicit SenderEnd(std::shared_ptr<Link> link) : link_(std::move(link)) {}
    void Send(SenderFrame frame) override {
      link_->ToReceiver(std::move(frame));
    }
    void Close(absl::Status status) override {
      if (link_->sender_ != nullptr) link_->Close(status);
    }

   private:
    const std::shared_ptr<Link> link_;
  };
};

// Dials for one node.
class SimulatedConnector : public Connector {
 public:
  SimulatedConnector(Network& network, std::string node, std::string address)
      : network_(network),
        node_(std::move(node)),
        address_(std::move(address)) {}

  std::shared_ptr<SenderTransport> Connect(
      std::shared_ptr<SenderListener> listener) override {
    return network_.Connect(node_, address_, std::move(listener));
  }

 private:
  Network& network_;
  const std::string node_, address_;
};

void Network::Listen(const std::string& address,
                     std::shared_ptr<Receiver> receiver) {
  receivers_[address] = std::move(receiver);
}

std::unique_ptr<Connector> Network::NewConnector(std::string node,
                                                 std::string address) {
  return std::make_unique<SimulatedConnector>(*this, std::move(node),
                                              std::move(address));
}

std::shared_ptr<SenderTransport> Network::Connect(
    const std::string& node, const std::string& address,
    std::shared_ptr<SenderListener> listener) {
  const int64_t number = ++last_link_;
  auto link =
      std::make_shared<Link>(*this, number, node, address, std::move(listener));
  links_[number] = link;
  link->Dial();
  return std::make_shared<Link::SenderEnd>(std::move(link));
}

std::vector<std::shared_ptr<Network::Link>> Network::OpenLinks() {
  std::vector<std::shared_ptr<Link>> open;
  for (auto it = links_.begin(); it != links_.end();) {
    auto link = it->second.lock();
    it = link == nullptr ? links_.erase(it) : std::next(it);
    if (link != nullptr) open.push_back(std::move(link));
  }
  return open;
}

void Network::Crash(const std::string& node) {
  for (const auto& link : OpenLinks()) link->Crash(node);
}

void Network::CutOne() {
  std::vector<std::shared_ptr<Link>> links = OpenLinks();
  std::erase_if(links, [](const auto& link) { return !link->open(); });
  if (links.empty()) return;
  links[scheduler_.random().Below(links.size())]->Cut();
}

}  // namespace phoenix::flow::simulation
