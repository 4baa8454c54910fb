#include "libs/component/testing/test_batch.h"

#include <string_view>
#include <utility>

#include "libs/base/clock.h"
#include "libs/event/batch_builder.h"

namespace phoenix {
namespace {

void SetUnlessEmpty(EventFields& fields, Attribute attribute,
                    std::string_view value) {
  if (!value.empty()) fields[attribute] = value;
}

}  // namespace

EventBatchPtr MakeBatch(const std::vector<TestEvent>& events) {
  BatchBuilder builder({.source = "/test", .type = "test"});
  EventFields fields;
  for (const TestEvent& event : events) {
    const std::string id = std::to_string(builder.size());
    fields.Clear();
    fields[Attribute::kId] = id;
    SetUnlessEmpty(fields, Attribute::kType, event.type);
    SetUnlessEmpty(fields, Attribute::kSubject, event.subject);
    SetUnlessEmpty(fields, Attribute::kDataContentType,
                   event.data_content_type);
    fields.payload = event.payload;
    fields.kind = event.kind;
    builder.AddEvent(fields).IgnoreError();
  }
  return builder.Build(FakeClock().MonotonicNanos());
}

EventBatchPtr MakeBatch(const std::vector<std::string>& payloads) {
  std::vector<TestEvent> events;
  for (const std::string& payload : payloads)
    events.push_back({.payload = payload});
  return MakeBatch(events);
}

BatchView AllOf(EventBatchPtr batch) {
  BatchView view{std::move(batch), {}};
  SelectAll(view.batch->size(), view.rows);
  return view;
}

std::vector<std::string> PayloadsOf(const EventBatch& batch,
                                    const Selection& rows) {
  std::vector<std::string> payloads;
  for (uint32_t row : rows) payloads.emplace_back(batch.payload(row));
  return payloads;
}

}  // namespace phoenix
