#include "libs/sources/request_trace.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/event/batch_builder.h"
#include "libs/event/event_batch.h"
#include "libs/event/string_column.h"

namespace phoenix {
namespace {

constexpr char kParent[] =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kOwn[] =
    "00-11111111111111111111111111111111-2222222222222222-00";

using Headers = std::vector<std::pair<std::string, std::string>>;
using Extensions = std::map<std::string, std::string>;

EventBatchPtr BatchOf(const std::vector<Extensions>& events) {
  BatchBuilder builder({"id-", "/s", "t", ""});
  for (const Extensions& extensions : events) {
    EventFields fields;
    for (const auto& [name, value] : extensions) {
      fields.extensions.push_back({name, value, AttributeType::kString});
    }
    EXPECT_TRUE(builder.AddEvent(fields).ok());
  }
  return builder.Build(7);
}

Extensions Of(const EventBatch& batch, uint32_t row) {
  Extensions found;
  for (const ExtensionColumn& column : batch.extensions()) {
    if (!column.values.HasValue(row)) continue;
    found[column.name] = column.values.ToString(row);
  }
  return found;
}

// What an event without extensions has after a request with such headers.
Extensions Given(const Headers& headers) {
  return Of(*TraceOf(headers).AddTo(BatchOf({{}})), 0);
}

TEST(RequestTraceTest, IsGivenToEachEventAsAConstant) {
  const RequestTrace trace(kParent, "a=1");
  const EventBatchPtr batch = trace.AddTo(BatchOf({{}, {{"zone", "z"}}}));
  EXPECT_EQ(Of(*batch, 0),
            (Extensions{{"traceparent", kParent}, {"tracestate", "a=1"}}));
  EXPECT_EQ(Of(*batch, 1), (Extensions{{"traceparent", kParent},
                                       {"tracestate", "a=1"},
                                       {"zone", "z"}}));
  EXPECT_EQ(batch->FindExtension("traceparent")->values.kind(),
            StringColumn::Kind::kConstant);
  EXPECT_EQ(batch->receive_time_nanos(), 7);
  EXPECT_EQ(batch->attribute(Attribute::kSource).ToString(1), "/s");
}

TEST(RequestTraceTest, LeavesTheContextOfAnEventAlone) {
  const EventBatchPtr batch =
      RequestTrace(kParent, "a=1")
          .AddTo(
              BatchOf({{{"traceparent", kOwn}}, {}, {{"tracestate", "b=2"}}}));
  // The state belongs to the parent: another's would be wrong.
  EXPECT_EQ(Of(*batch, 0), (Extensions{{"traceparent", kOwn}}));
  EXPECT_EQ(Of(*batch, 1),
            (Extensions{{"traceparent", kParent}, {"tracestate", "a=1"}}));
  EXPECT_EQ(Of(*batch, 2),
            (Extensions{{"traceparent", kParent}, {"tracestate", "b=2"}}));
}

TEST(RequestTraceTest, KeepsTheTypesOfWhatIsThere) {
  BatchBuilder builder({"id-", "/s", "t", ""});
  EventFields fields;
  fields.extensions = {{"traceparent", "1", AttributeType::kInteger}};
  ASSERT_TRUE(builder.AddEvent(fields).ok());
  fields.Clear();
  ASSERT_TRUE(builder.AddEvent(fields).ok());
  const EventBatchPtr batch = RequestTrace(kParent, "").AddTo(builder.Build(0));
  const ExtensionColumn& column = *batch->FindExtension("traceparent");
  EXPECT_EQ(column.types.at(0), AttributeType::kInteger);
  EXPECT_EQ(column.types.at(1), AttributeType::kString);
}

TEST(RequestTraceTest, IsNothingWithoutAHeader) {
  const EventBatchPtr batch = BatchOf({{}});
  EXPECT_EQ(RequestTrace().AddTo(batch), batch);
  EXPECT_EQ(TraceOf(Headers{{"Host", "h"}}).AddTo(batch), batch);
  EXPECT_EQ(RequestTrace(kParent, "").AddTo(nullptr), nullptr);
}

TEST(RequestTraceTest, PassesOverWhatIsInvalid) {
  for (const char* parent : {"", "nonsense", "00-0-0-0",
                             "00-00000000000000000000000000000000-"
                             "b7ad6b7169203331-01"}) {
    EXPECT_EQ(Given({{"traceparent", parent}, {"tracestate", "a=1"}}),
              Extensions{})
        << parent;
  }
  EXPECT_EQ(Given({{"traceparent", kParent}, {"traceparent", kOwn}}),
            Extensions{});
  EXPECT_EQ(Given({{"traceparent", kParent}, {"tracestate", "A=1"}}),
            (Extensions{{"traceparent", kParent}}));
}

TEST(RequestTraceTest, ReadsNamesInAnyCaseAndStatesInParts) {
  EXPECT_EQ(Given({{"TraceParent", kParent},
                   {"Tracestate", "a=1"},
                   {"TRACESTATE", "b=2"}}),
            (Extensions{{"traceparent", kParent}, {"tracestate", "a=1,b=2"}}));
}

TEST(RequestTraceTest, KeepsWhatIsKnownOfALaterVersion) {
  const std::string later = "cc" + std::string(kParent).substr(2) + "-\xff";
  EXPECT_EQ(Given({{"traceparent", later}}),
            (Extensions{{"traceparent", kParent}}));
}

}  // namespace
}  // namespace phoenix
