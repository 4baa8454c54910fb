#ifndef LIBS_SOURCES_UNREADABLE_ROWS_H_
#define LIBS_SOURCES_UNREADABLE_ROWS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/component/source.h"
#include "libs/event/batch_builder.h"

namespace phoenix {

// The CloudEvents type of a row that could not be read, as dead letters quote
// it.
inline constexpr std::string_view kUnreadableType = "phoenix.unreadable";

// Collects what a source can't turn into events, for Outlet::OfferUnreadable.
// Used by one thread.
class UnreadableRows {
 public:
  // `event_source`: the attribute `source` of the rows.
  explicit UnreadableRows(std::string event_source);

  struct Row {
    std::string_view bytes;  // As they came.
    std::string place;       // Such as "app.ndjson:17", for people.
    std::string id;          // The same whenever the row is read again.
    absl::Status why;        // Without the place, which is put in front.
    const char* type;        // As of Outlet::CountRejected. Lives for ever.
  };

  // Copies the bytes. `now_nanos`: since 1970.
  void Add(const Row& row, int64_t now_nanos);

  // What has been added since the last call, in order: as many inputs as it
  // takes, for a batch has bounds.
  std::vector<UnreadableInput> Take(int64_t now_nanos);

 private:
  void Close(int64_t now_nanos);

  BatchBuilder builder_;
  std::vector<UnreadableInput::Reason> reasons_;  // Of the builder's rows.
  std::vector<UnreadableInput> full_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_UNREADABLE_ROWS_H_
