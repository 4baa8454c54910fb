#ifndef LIBS_SINKS_ROWS_EVENT_FIELD_READER_H_
#define LIBS_SINKS_ROWS_EVENT_FIELD_READER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "libs/event/event_batch.h"
#include "libs/sinks/rows/event_field.h"

namespace phoenix {

// Reads fields of events as text, for sinks that need a few of them: one parse
// a payload, and none when only attributes are asked for. Thread-compatible.
class EventFieldReader {
 public:
  enum class Result {
    kScalar,     // Text, a number, true or false was appended.
    kJson,       // An object or array was appended, as JSON text.
    kNull,       // The field is null; nothing was appended.
    kMissing,    // There is no such field; nothing was appended.
    kMalformed,  // The payload, as far as it was read, is not JSON.
  };

  EventFieldReader();
  ~EventFieldReader();
  EventFieldReader(const EventFieldReader&) = delete;
  EventFieldReader& operator=(const EventFieldReader&) = delete;

  // Goes to a row. `batch` must stay until the next call.
  void SetRow(const EventBatch& batch, uint32_t row);

  // Appends the field's value: text without quotes and escapes, numbers in the
  // digits in which they were written.
  Result Append(const EventField& field, std::string& out);

 private:
  class Payload;

  Result AppendAttribute(const StringColumn& column, std::string& out);

  const EventBatch* batch_ = nullptr;
  uint32_t row_ = 0;
  std::string scratch_;
  std::unique_ptr<Payload> payload_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_ROWS_EVENT_FIELD_READER_H_
