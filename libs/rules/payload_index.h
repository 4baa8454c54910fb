#ifndef LIBS_RULES_PAYLOAD_INDEX_H_
#define LIBS_RULES_PAYLOAD_INDEX_H_

#include <vector>

#include "libs/base/byte_range.h"
#include "libs/event/event_batch.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/json_indexer.h"

namespace phoenix {

// Finds the structure of a batch's payloads when the batch does not bring it.
// One thread; reuses its memory.
class PayloadIndexer {
 public:
  // The structure, which is valid until the next call and as long as the batch.
  // Rows that are empty, as an edit leaves those that it was not asked for,
  // cost nothing; they and rows that are not valid have no tokens.
  const JsonIndex& Index(const EventBatch& batch);

 private:
  void Spread(uint32_t row_count);

  JsonIndexer indexer_;
  JsonIndex index_;
  std::vector<uint32_t> rows_;     // Those that are not empty,
  std::vector<ByteRange> ranges_;  // and where they are.
  std::vector<uint32_t> packed_first_;
  std::vector<JsonError> errors_;
};

}  // namespace phoenix

#endif  // LIBS_RULES_PAYLOAD_INDEX_H_
