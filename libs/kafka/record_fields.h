#ifndef LIBS_KAFKA_RECORD_FIELDS_H_
#define LIBS_KAFKA_RECORD_FIELDS_H_

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <string_view>

#include "libs/kafka/handles.h"

namespace phoenix {

// One record on its way to rd_kafka_produceva: what is added must stay valid
// until ProduceTo has returned, and each type but headers is added once. At
// most kMaxCount fields. Thread-compatible.
class RecordFields {
 public:
  // Topic, partition, token, flags, key, value and two headers.
  static constexpr size_t kMaxCount = 8;

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

  void AddHeader(const char* name, std::string_view value) {
    auto& header = Add(RD_KAFKA_VTYPE_HEADER).u.header;
    header.name = name;
    header.val = value.data();
    header.size = static_cast<ssize_t>(value.size());
  }

  // Gives the record to a producer's queue, without waiting.
  rd_kafka_resp_err_t ProduceTo(rd_kafka_t& producer) const {
    const KafkaErrorPtr error(rd_kafka_produceva(&producer, all_, count_));
    return error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR
                            : rd_kafka_error_code(error.get());
  }

 private:
  // Each has far more space than most types use: clearing it would cost more
  // than the rest of the call.
  rd_kafka_vu_t all_[kMaxCount];
  size_t count_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_KAFKA_RECORD_FIELDS_H_
