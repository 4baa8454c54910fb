#ifndef LIBS_KAFKA_RECORD_FIELDS_H_
#define LIBS_KAFKA_RECORD_FIELDS_H_

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <string_view>

#include "libs/kafka/handles.h"

namespace phoenix {

// One record on its way to rd_kafka_produceva: what is added, but for headers,
// must stay valid until ProduceTo has returned, and each type is added once. At
// most kMaxCount fields beside headers. Thread-compatible.
class RecordFields {
 public:
  // Topic, partition, token, flags, key and value.
  static constexpr size_t kMaxCount = 6;

  // Room for a field of this type, which the caller fills in.
  rd_kafka_vu_t& Add(rd_kafka_vtype_t type) {
    all_[count_].vtype = type;
    return all_[count_++];
  }

  // A key or a value.
  void AddBytes(rd_kafka_vtype_t type, std::string_view bytes) {
    auto& memory = Add(type).u.mem;
    memory.ptr = const_cast<char*>(bytes.data());
    memory.size = bytes.size();
  }

  // A copy of it. librdkafka 2.0.2 frees headers that are fields of their own
  // twice when there is no such topic or partition: so all are made here.
  void AddHeader(std::string_view name, std::string_view value) {
    if (headers_ == nullptr) headers_.reset(rd_kafka_headers_new(kHeaders));
    rd_kafka_header_add(headers_.get(), name.data(),
                        static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }

  // Gives the record to a producer's queue, without waiting. Once.
  rd_kafka_resp_err_t ProduceTo(rd_kafka_t& producer) {
    if (headers_ != nullptr) {
      Add(RD_KAFKA_VTYPE_HEADERS).u.headers = headers_.get();
    }
    const KafkaErrorPtr error(rd_kafka_produceva(&producer, all_, count_));
    if (error != nullptr) return rd_kafka_error_code(error.get());
    // The record has them now.
    static_cast<void>(headers_.release());
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

 private:
  // So many there is room for at first.
  static constexpr size_t kHeaders = 8;

  // Each has far more space than most types use: clearing it would cost more
  // than the rest of the call.
  rd_kafka_vu_t all_[kMaxCount + 1];
  size_t count_ = 0;
  KafkaHeadersPtr headers_;
};

}  // namespace phoenix

#endif  // LIBS_KAFKA_RECORD_FIELDS_H_
