#ifndef LIBS_COMPONENT_TESTING_TEST_BATCH_H_
#define LIBS_COMPONENT_TESTING_TEST_BATCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "libs/event/event_batch.h"
#include "libs/event/selection.h"

namespace phoenix {

// An event of a test; attributes that are empty are null.
struct TestEvent {
  std::string payload = {};
  PayloadKind kind = PayloadKind::kText;
  std::string type = "test";
  std::string subject = {};
  std::string data_content_type = {};
};

// A batch of them, from source `/test` and with ids `0`, `1` and so on, taken
// at FakeClock's first moment.
EventBatchPtr MakeBatch(const std::vector<TestEvent>& events);

// A batch of events with these payloads.
EventBatchPtr MakeBatch(const std::vector<std::string>& payloads);

// All rows of a batch.
BatchView AllOf(EventBatchPtr batch);

// The payloads of the rows.
std::vector<std::string> PayloadsOf(const EventBatch& batch,
                                    const Selection& rows);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_TESTING_TEST_BATCH_H_
