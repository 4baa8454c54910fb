#ifndef LIBS_ENGINE_TESTING_JSON_BATCH_H_
#define LIBS_ENGINE_TESTING_JSON_BATCH_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/byte_range.h"
#include "libs/base/shared_bytes.h"
#include "libs/component/operator.h"
#include "libs/event/batch_builder.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"

namespace phoenix {

// A batch of JSON payloads, of source `/test` and type `test`.
inline EventBatchPtr JsonBatch(const std::vector<std::string>& payloads) {
  std::string blob;
  std::vector<ByteRange> ranges;
  for (const std::string& payload : payloads) {
    const auto begin = static_cast<uint32_t>(blob.size());
    blob += payload;
    ranges.push_back({begin, static_cast<uint32_t>(blob.size())});
    blob += '\n';
  }
  PayloadColumn column;
  column.blob = SharedBytes::FromString(std::move(blob));
  column.ranges =
      std::make_shared<const std::vector<ByteRange>>(std::move(ranges));
  return MakePayloadBatch(std::move(column),
                          {.id_prefix = "e",
                           .source = "/test",
                           .type = "test",
                           .data_content_type = "application/json"},
                          /*first_id=*/0, /*receive_time_nanos=*/0);
}

inline BatchView WholeView(EventBatchPtr batch) {
  BatchView view{std::move(batch), {}};
  SelectAll(view.batch->size(), view.rows);
  return view;
}

// An operator that does with each row what its payload says: `"drop"` is
// filtered, `"fail"` fails, anything else goes on.
class ObedientOperator : public Operator {
 public:
  void Process(StepRun& run) override {
    Selection kept;
    for (uint32_t row : run.rows()) {
      const std::string_view order = run.batch()->payload(row);
      if (order == "\"drop\"") {
        run.filtered().push_back(row);
      } else if (order == "\"fail\"") {
        run.failed().push_back({row, absl::InvalidArgumentError("told to")});
      } else {
        kept.push_back(row);
      }
    }
    run.rows() = std::move(kept);
  }
};

}  // namespace phoenix

#endif  // LIBS_ENGINE_TESTING_JSON_BATCH_H_
