#include "libs/kafka/record_view.h"

namespace phoenix {
namespace {

std::string_view View(const void* bytes, size_t size) {
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), size};
}

}  // namespace

std::string_view RecordKey(const rd_kafka_message_t& message) {
  return View(message.key, message.key_len);
}

std::string_view RecordValue(const rd_kafka_message_t& message) {
  return View(message.payload, message.len);
}

absl::Time RecordTime(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type;
  return absl::FromUnixMillis(rd_kafka_message_timestamp(&message, &type));
}

std::vector<std::pair<std::string_view, std::string_view>> RecordHeaders(
    const rd_kafka_message_t& message) {
  std::vector<std::pair<std::string_view, std::string_view>> found;
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return found;
  }
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) ==
       RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    found.emplace_back(name, View(value, size));
  }
  return found;
}

std::string_view RecordHeader(const rd_kafka_message_t& message,
                              const char* name) {
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  if (rd_kafka_message_headers(&message, &headers) !=
          RD_KAFKA_RESP_ERR_NO_ERROR ||
      rd_kafka_header_get_last(headers, name, &value, &size) !=
          RD_KAFKA_RESP_ERR_NO_ERROR) {
    return {};
  }
  return View(value, size);
}

}  // namespace phoenix
