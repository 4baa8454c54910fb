#ifndef LIBS_SINKS_HTTP_PENDING_REQUEST_H_
#define LIBS_SINKS_HTTP_PENDING_REQUEST_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libs/component/held_rows.h"

namespace phoenix {

// The rows that the next request will carry: their lines, whose they are, and a
// hash of what identifies them. Thread-compatible.
class PendingRequest {
 public:
  // Copies the line of the row at `index` of `write`. `identity_hash` is the
  // same whenever the same event is added.
  void Add(std::string_view line, const std::shared_ptr<WriteInProgress>& write,
           size_t index, uint64_t identity_hash);

  size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  size_t bytes() const { return lines_.size() + rows_.size(); }

  // Overwrites `body` with the lines of rows [begin, end): each ended by a line
  // end, or as the elements of a JSON array.
  void Build(size_t begin, size_t end, bool array, std::string& body) const;

  // Names rows [begin, end): 32 hexadecimal digits.
  std::string Key(size_t begin, size_t end) const;

  // Settles rows [begin, end).
  void Settle(size_t begin, size_t end, Outcome outcome,
              const absl::Status& why);

  void Clear();

 private:
  struct Row {
    std::shared_ptr<WriteInProgress> write;
    size_t index;
    uint64_t identity_hash;
    size_t line_end;  // In `lines_`.
  };

  std::string_view Line(size_t row) const;

  std::string lines_;
  std::vector<Row> rows_;
};

// A hash that does not change from run to run (FNV-1a).
uint64_t StableHash(std::string_view text, uint64_t seed);

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_PENDING_REQUEST_H_
