#ifndef LIBS_SINKS_POSTGRES_STAGED_ROWS_H_
#define LIBS_SINKS_POSTGRES_STAGED_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/component/held_rows.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"
#include "libs/sinks/postgres/copy_encoder.h"

namespace phoenix {

// The rows that the next transaction will write: as tuples, with whose they are
// and where they stand in a log. Their batches are let go of at once.
// Thread-compatible.
class StagedRows {
 public:
  // Rows [begin, end), which came in one call.
  struct Write {
    std::shared_ptr<WriteInProgress> progress;
    BatchIdentity identity;
    bool has_identity() const { return identity.first_offset >= 0; }
    size_t begin = 0;
    size_t end = 0;
  };

  // Adds a view; rows that can't be encoded are settled as rejected at once.
  void Add(const BatchView& view, const std::string& component,
           SettleCallback settle, CopyEncoder& encoder);

  size_t size() const { return rows_.size(); }
  size_t bytes() const { return tuples_.size(); }
  const std::vector<Write>& writes() const { return writes_; }

  // The write that a row came in.
  const Write& WriteOf(size_t row) const { return writes_[rows_[row].write]; }

  // The row's offset in its log, if its write has an identity.
  int64_t OffsetOf(size_t row) const {
    return WriteOf(row).identity.first_offset + rows_[row].batch_row;
  }

  // Appends the tuples of `rows`, ascending, in as few pieces as they lie in.
  void AppendTuples(const std::vector<size_t>& rows,
                    std::vector<std::string_view>& pieces) const;

  // Settles a row. None may be settled twice.
  void Settle(size_t row, Outcome outcome,
              const absl::Status& why = absl::OkStatus());

  void Clear();

 private:
  struct Row {
    uint32_t write = 0;      // Index in writes_.
    uint32_t index = 0;      // In its view.
    uint32_t batch_row = 0;  // In its batch.
    size_t begin = 0;        // In tuples_.
    size_t end = 0;
  };

  std::string tuples_;
  std::vector<Row> rows_;
  std::vector<Write> writes_;
  std::vector<size_t> ends_;  // Of the view that is being added.
  std::vector<CopyEncoder::RowError> errors_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_STAGED_ROWS_H_
