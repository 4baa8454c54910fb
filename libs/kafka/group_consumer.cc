#include "libs/kafka/group_consumer.h"

#include <regex.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/kafka_error.h"
#include "libs/kafka/refusal.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// How long brokers may take to say whether a topic is there.
constexpr absl::Duration kAdminTimeout = absl::Seconds(10);

constexpr int kSeekTimeoutMs = 5000;

// As syslog has them.
constexpr int kErrorLevel = 3;
constexpr int kDebugLevel = 7;

int Millis(absl::Duration time) {
  return static_cast<int>(absl::ToInt64Milliseconds(time));
}

KafkaPartitionsPtr ListOf(const std::vector<TopicPartition>& partitions) {
  KafkaPartitionsPtr list(rd_kafka_topic_partition_list_new(partitions.size()));
  for (const TopicPartition& one : partitions) {
    rd_kafka_topic_partition_t* const added = rd_kafka_topic_partition_list_add(
        list.get(), one.topic.c_str(), one.partition);
    added->offset = one.offset;
    if (one.metadata.empty()) continue;
    added->metadata = strdup(one.metadata.c_str());  // The list frees it.
    added->metadata_size = one.metadata.size();
  }
  return list;
}

std::vector<TopicPartition> PartitionsOf(
    const rd_kafka_topic_partition_list_t& list) {
  std::vector<TopicPartition> partitions;
  for (int i = 0; i < list.cnt; ++i) {
    partitions.push_back(
        {list.elems[i].topic, list.elems[i].partition, list.elems[i].offset});
  }
  return partitions;
}

// As librdkafka has it.
bool Matches(const std::string& wanted, const std::string& topic) {
  if (!GroupConsumer::IsPattern(wanted)) return wanted == topic;
  regex_t pattern;
  if (regcomp(&pattern, wanted.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
    return false;
  }
  const bool matches = regexec(&pattern, topic.c_str(), 0, nullptr, 0) == 0;
  regfree(&pattern);
  return matches;
}

// The offsets of `list` as those of `partitions`, which it was made of.
absl::Status ReadOffsets(rd_kafka_topic_partition_list_t& list,
                         std::string_view what,
                         std::vector<TopicPartition>& partitions) {
  for (TopicPartition& one : partitions) {
    const rd_kafka_topic_partition_t& found =
        *rd_kafka_topic_partition_list_find(&list, one.topic.c_str(),
                                            one.partition);
    PHOENIX_RETURN_IF_ERROR(KafkaStatus(
        found.err,
        Cat(what, " of partition ", one.partition, " of '", one.topic, "'")));
    one.offset = found.offset;
  }
  return absl::OkStatus();
}

}  // namespace

GroupConsumer::GroupConsumer(GroupConsumerOptions options, Listener& listener)
    : options_(std::move(options)), listener_(listener) {}

GroupConsumer::~GroupConsumer() { Close(); }

absl::Status GroupConsumer::Open() {
  PHOENIX_ASSIGN_OR_RETURN(
      auto conf,
      MakeKafkaConf(
          options_.connection,
          {{"group.id", options_.group},
           {"enable.auto.commit", "false"},
           {"enable.auto.offset.store", "false"},
           {"partition.assignment.strategy", "cooperative-sticky"},
           {"isolation.level", "read_committed"},
           {"allow.auto.create.topics", "false"},
           {"debug", "cgrp"},  // For OnLog.
           {"enable.partition.eof", options_.tell_end ? "true" : "false"},
           {"auto.offset.reset",
            options_.tell_out_of_range ? "error" : "earliest"},
           {"queued.max.messages.kbytes",
            Cat(options_.max_buffer_bytes / 1024)}}));
  join_ = std::make_unique<Join>(*this);
  trouble_ = refused_commit_ = absl::OkStatus();
  rd_kafka_conf_set_opaque(conf.get(), join_.get());
  rd_kafka_conf_set_log_cb(conf.get(), &OnLog);
  rd_kafka_conf_set_error_cb(conf.get(), &OnError);
  rd_kafka_conf_set_rebalance_cb(conf.get(), &OnRebalance);
  rd_kafka_conf_set_offset_commit_cb(conf.get(), &OnCommit);
  PHOENIX_ASSIGN_OR_RETURN(client_,
                           MakeKafkaClient(RD_KAFKA_CONSUMER, std::move(conf)));
  rd_kafka_poll_set_consumer(client_.get());
  queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
  absl::Status opened = CheckTopics();
  if (opened.ok()) opened = Subscribe();
  if (!opened.ok()) Close();
  return opened;
}

absl::Status GroupConsumer::CheckTopics() {
  TopicAdmin admin(*client_, kAdminTimeout);
  for (const std::string& topic : options_.topics) {
    if (IsPattern(topic)) continue;
    const auto shape =
        options_.topics_are_new ? admin.Await(topic) : admin.Describe(topic);
    const absl::Status found =
        WhyUnavailable(shape.status(), options_.connection);
    if (absl::IsNotFound(found)) {
      return absl::NotFoundError(Cat("topic '", topic, "' does not exist: ",
                                     "create it, or name another"));
    }
    if (absl::IsUnavailable(found)) {
      trouble_ = WithBrokers(found, options_.connection);
      Logger::Process().Warn("Kafka does not answer; the consumer will wait.",
                             {{"error", trouble_}});
      return absl::OkStatus();
    }
    PHOENIX_RETURN_IF_ERROR(found);
  }
  return absl::OkStatus();
}

absl::Status GroupConsumer::Subscribe() {
  std::vector<TopicPartition> topics;
  for (const std::string& topic : options_.topics) {
    topics.push_back({topic, RD_KAFKA_PARTITION_UA});
  }
  return KafkaStatus(rd_kafka_subscribe(client_.get(), ListOf(topics).get()),
                     "subscribe");
}

void GroupConsumer::Close() {
  if (client_ == nullptr) return;
  queue_ = nullptr;
  // A client with a fatal error drops what it has without a word.
  if (failed()) RevokeAll();
  rd_kafka_consumer_close(client_.get());
  if (!CanBeDestroyed()) {
    join_->member = nullptr;
    static_cast<void>(client_.release());
    static_cast<void>(join_.release());
  }
  client_ = nullptr;
}

// librdkafka 2.0.2 aborts when it destroys a client that the group has admitted
// but not yet told its share, and waits without end, on a core of its own, for
// one that has failed while it was to take a share. Such a client has left the
// group by now, or was put out; its memory is given up.
bool GroupConsumer::CanBeDestroyed() const {
  if (failed() && join_->awaits_assign) return false;
  return !join_->admitted || join_->has_share;
}

void GroupConsumer::RevokeAll() {
  const std::vector<TopicPartition> all = std::exchange(assigned_, {});
  if (!all.empty()) listener_.OnRevoked(all, /*lost=*/true);
}

bool GroupConsumer::failed() const {
  return client_ == nullptr ||
         rd_kafka_fatal_error(client_.get(), nullptr, 0) !=
             RD_KAFKA_RESP_ERR_NO_ERROR;
}

void GroupConsumer::Poll(
    absl::Duration timeout, size_t count,
    absl::FunctionRef<void(const rd_kafka_message_t&)> take) {
  if (is_member()) trouble_ = absl::OkStatus();
  const KafkaMessagePtr first(
      rd_kafka_consumer_poll(client_.get(), Millis(timeout)));
  if (first == nullptr) return;
  TakeOne(*first, take);
  // What has been fetched already; asking one by one would cost more.
  messages_.resize(count);
  const ssize_t got =
      rd_kafka_consume_batch_queue(queue_.get(), 0, messages_.data(), count);
  for (ssize_t i = 0; i < got; ++i) {
    const KafkaMessagePtr message(messages_[i]);
    TakeOne(*message, take);
  }
}

void GroupConsumer::TakeOne(
    const rd_kafka_message_t& message,
    absl::FunctionRef<void(const rd_kafka_message_t&)> take) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    take(message);
  } else if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
    listener_.OnOutOfRange(
        {rd_kafka_topic_name(message.rkt), message.partition, message.offset});
  } else if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    listener_.OnEnd(
        {rd_kafka_topic_name(message.rkt), message.partition, message.offset});
  } else {
    trouble_ =
        KafkaStatus(message.err, "read", rd_kafka_message_errstr(&message));
    Logger::Process().Warn("Kafka consumer can't read for now.",
                           {{"error", trouble_}});
  }
}

absl::Status GroupConsumer::trouble() const {
  if (!refused_commit_.ok()) return refused_commit_;
  return is_member() ? absl::OkStatus() : trouble_;
}

void GroupConsumer::Pause(const TopicPartition& partition) {
  rd_kafka_pause_partitions(client_.get(), ListOf({partition}).get());
}

void GroupConsumer::Resume(const TopicPartition& partition) {
  rd_kafka_resume_partitions(client_.get(), ListOf({partition}).get());
}

absl::Status GroupConsumer::Seek(const TopicPartition& partition) {
  const KafkaPartitionsPtr list = ListOf({partition});
  const KafkaErrorPtr error(
      rd_kafka_seek_partitions(client_.get(), list.get(), kSeekTimeoutMs));
  PHOENIX_RETURN_IF_ERROR(KafkaStatus(error, "seek"));
  return KafkaStatus(list->elems[0].err, "seek");
}

absl::Status GroupConsumer::Commit(const std::vector<TopicPartition>& offsets,
                                   bool wait) {
  if (offsets.empty()) return absl::OkStatus();
  return KafkaStatus(
      rd_kafka_commit(client_.get(), ListOf(offsets).get(), wait ? 0 : 1),
      "commit offsets");
}

absl::StatusOr<std::vector<TopicPartition>> GroupConsumer::FindSubscribedEnds(
    absl::Duration timeout) {
  PHOENIX_ASSIGN_OR_RETURN(const auto counts, Admin(timeout).PartitionCounts());
  std::vector<TopicPartition> found;
  for (const auto& [topic, count] : counts) {
    const bool wanted =
        std::any_of(options_.topics.begin(), options_.topics.end(),
                    [&topic = topic](const std::string& one) {
                      return Matches(one, topic);
                    });
    for (int i = 0; wanted && i < count; ++i) found.push_back({topic, i});
  }
  PHOENIX_RETURN_IF_ERROR(FindEnds(found, timeout));
  return found;
}

absl::Status GroupConsumer::FindCommitted(
    std::vector<TopicPartition>& partitions, absl::Duration timeout) {
  if (partitions.empty()) return absl::OkStatus();
  const KafkaPartitionsPtr list = ListOf(partitions);
  PHOENIX_RETURN_IF_ERROR(KafkaStatus(
      rd_kafka_committed(client_.get(), list.get(), Millis(timeout)),
      "read committed offsets"));
  return ReadOffsets(*list, "read committed offset", partitions);
}

absl::Status GroupConsumer::FindEnds(std::vector<TopicPartition>& partitions,
                                     absl::Duration timeout) {
  if (partitions.empty()) return absl::OkStatus();
  // In the place of a time.
  for (TopicPartition& one : partitions) one.offset = RD_KAFKA_OFFSET_END;
  const KafkaPartitionsPtr list = ListOf(partitions);
  PHOENIX_RETURN_IF_ERROR(KafkaStatus(
      rd_kafka_offsets_for_times(client_.get(), list.get(), Millis(timeout)),
      "find ends"));
  return ReadOffsets(*list, "find end", partitions);
}

Watermarks GroupConsumer::KnownWatermarks(const TopicPartition& partition) {
  Watermarks marks = {RD_KAFKA_OFFSET_INVALID, RD_KAFKA_OFFSET_INVALID};
  rd_kafka_get_watermark_offsets(client_.get(), partition.topic.c_str(),
                                 partition.partition, &marks.low, &marks.high);
  return marks;
}

// Callbacks but that of the log come only within calls of the client, of which
// one that was given up gets none; its threads go on.
GroupConsumer* GroupConsumer::MemberOf(void* join) {
  return static_cast<Join*>(join)->member;
}

void GroupConsumer::OnRebalance(rd_kafka_t*, rd_kafka_resp_err_t event,
                                rd_kafka_topic_partition_list_t* partitions,
                                void* join) {
  GroupConsumer* const member = MemberOf(join);
  if (member != nullptr) member->Rebalance(event, *partitions);
}

void GroupConsumer::Rebalance(rd_kafka_resp_err_t event,
                              rd_kafka_topic_partition_list_t& partitions) {
  std::vector<TopicPartition> all = PartitionsOf(partitions);
  KafkaErrorPtr error;
  if (event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    assigned_.insert(assigned_.end(), all.begin(), all.end());
    listener_.OnAssigned(all);
    for (size_t i = 0; i < all.size(); ++i) {
      partitions.elems[i].offset = all[i].offset;
    }
    error.reset(rd_kafka_incremental_assign(client_.get(), &partitions));
  } else {
    const bool lost = event != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS ||
                      rd_kafka_assignment_lost(client_.get()) != 0;
    std::erase_if(assigned_, [&all](const TopicPartition& one) {
      return std::any_of(all.begin(), all.end(), [&one](const auto& gone) {
        return gone.topic == one.topic && gone.partition == one.partition;
      });
    });
    listener_.OnRevoked(all, lost);
    error.reset(rd_kafka_incremental_unassign(client_.get(), &partitions));
  }
  if (error == nullptr) return;
  Logger::Process().Warn("Kafka rebalance failed.",
                         {{"error", KafkaStatus(error, "rebalance")}});
}

// What librdkafka would log without this, of which it recovers.
void GroupConsumer::OnError(rd_kafka_t* client, int code, const char* reason,
                            void* join) {
  WriteKafkaLog(client, kErrorLevel, "ERROR", reason);
  const auto error = static_cast<rd_kafka_resp_err_t>(code);
  const absl::Status status = KafkaStatus(error, "connect", reason);
  GroupConsumer* const member = MemberOf(join);
  if (member == nullptr || (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN &&
                            !absl::IsUnauthenticated(status))) {
    return;
  }
  member->trouble_ = WithBrokers(status, member->options_.connection);
}

// librdkafka tells of a cooperative rebalance only when partitions come or go,
// at its end. Its log is the one place that tells of the beginning.
void GroupConsumer::OnLog(const rd_kafka_t* client, int level,
                          const char* facility, const char* text) {
  const std::string_view line = text;
  const auto enters = [line](std::string_view state) {
    return line.find(state) != std::string_view::npos;
  };
  auto& join = *static_cast<Join*>(rd_kafka_opaque(client));
  if (std::string_view(facility) == "CGRPSTATE") {
    join.is_up = enters("-> up");
  } else if (std::string_view(facility) == "CGRPJOINSTATE") {
    join.rebalancing = !enters("-> steady");
    join.awaits_assign = enters("-> wait-assign-call");
    if (enters("-> wait-metadata") || enters("-> wait-sync")) {
      join.admitted = true;
    } else if (enters("-> wait-assign-call") || enters("-> steady")) {
      join.has_share = true;
    }
  }
  if (level < kDebugLevel) WriteKafkaLog(client, level, facility, text);
}

void GroupConsumer::OnCommit(rd_kafka_t*, rd_kafka_resp_err_t error,
                             rd_kafka_topic_partition_list_t*, void* join) {
  GroupConsumer* const member = MemberOf(join);
  const absl::Status status = KafkaStatus(error, "commit offsets");
  if (member != nullptr) {
    member->refused_commit_ =
        absl::IsPermissionDenied(status) ? status : absl::OkStatus();
  }
  // With nothing to commit there is nothing wrong.
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR ||
      error == RD_KAFKA_RESP_ERR__NO_OFFSET) {
    return;
  }
  // As a rule the group was just rebalanced.
  Logger::Process().Info("Kafka offsets will be committed again.",
                         {{"error", status}});
  if (member != nullptr) member->listener_.OnCommitFailed();
}

}  // namespace phoenix
