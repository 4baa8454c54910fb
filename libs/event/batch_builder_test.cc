#include "libs/event/batch_builder.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "libs/base/text.h"
#include "libs/event/batch_testing.h"
#include "libs/event/event_reason.h"

namespace phoenix {
namespace {

const EventDefaults kDefaults = {"door-", "/door", "thing", "text/plain"};

EventFields WithPayload(std::string_view payload) {
  EventFields event;
  event.payload = payload;
  return event;
}

std::string_view Message(const absl::Status& status) {
  return FromAbsl(status.message());
}

TEST(BatchBuilderTest, GivesDefaultsAsConstantsAndASequence) {
  BatchBuilder builder(kDefaults);
  ASSERT_TRUE(builder.AddEvent(WithPayload("a")).ok());
  ASSERT_TRUE(builder.AddEvent(WithPayload("bc")).ok());
  EXPECT_EQ(builder.size(), 2u);
  const EventBatchPtr batch = builder.Build(42);
  EXPECT_EQ(batch->receive_time_nanos(), 42);
  EXPECT_EQ(batch->attribute(Attribute::kId).kind(),
            StringColumn::Kind::kSequence);
  EXPECT_EQ(batch->attribute(Attribute::kSource).kind(),
            StringColumn::Kind::kConstant);
  EXPECT_TRUE(batch->attribute(Attribute::kSubject).is_null());
  EXPECT_EQ(batch->payloads().kinds.values.size(), 1u);
  EXPECT_EQ(DescribeEvent(*batch, 1),
            "id='door-1' source='/door' type='thing' "
            "datacontenttype='text/plain' kind 3: bc");
}

TEST(BatchBuilderTest, GoesOnCountingInTheNextBatch) {
  BatchBuilder builder(kDefaults);
  ASSERT_TRUE(builder.AddEvent(WithPayload("a")).ok());
  builder.Build(0);
  EXPECT_TRUE(builder.empty());
  EXPECT_EQ(builder.Build(0), nullptr);
  ASSERT_TRUE(builder.AddEvent(WithPayload("b")).ok());
  EXPECT_EQ(builder.Build(0)->attribute(Attribute::kId).ToString(0), "door-1");
}

TEST(BatchBuilderTest, NumbersTheRowsThatBringNoIdAmongOthersThatDo) {
  BatchBuilder builder(kDefaults);
  EventFields event = WithPayload("x");
  ASSERT_TRUE(builder.AddEvent(event).ok());
  event[Attribute::kId] = "mine";
  ASSERT_TRUE(builder.AddEvent(event).ok());
  event[Attribute::kId] = std::nullopt;
  ASSERT_TRUE(builder.AddEvent(event).ok());
  const EventBatchPtr batch = builder.Build(0);
  const StringColumn& ids = batch->attribute(Attribute::kId);
  EXPECT_EQ(ids.ToString(0), "door-0");
  EXPECT_EQ(ids.ToString(1), "mine");
  EXPECT_EQ(ids.ToString(2), "door-2");
}

TEST(BatchBuilderTest, SharesTheBytesOfValuesThatRepeat) {
  BatchBuilder builder(kDefaults);
  for (int i = 0; i < 1'000; ++i) {
    EventFields event = WithPayload("x");
    event[Attribute::kSubject] = i % 2 == 0 ? "even" : "uneven";
    ASSERT_TRUE(builder.AddEvent(event).ok());
  }
  const EventBatchPtr batch = builder.Build(0);
  const StringColumn& subjects = batch->attribute(Attribute::kSubject);
  EXPECT_EQ(subjects.blob().view(), "evenuneven");
  EXPECT_EQ(subjects.ToString(999), "uneven");
}

TEST(BatchBuilderTest, LeavesRowsNullThatLackAnExtension) {
  BatchBuilder builder(kDefaults);
  EventFields event = WithPayload("x");
  ASSERT_TRUE(builder.AddEvent(event).ok());
  event.extensions = {{"zone", "z", AttributeType::kUri}, {"age", "7"}};
  ASSERT_TRUE(builder.AddEvent(event).ok());
  event.extensions = {{"age", "8", AttributeType::kInteger}};
  ASSERT_TRUE(builder.AddEvent(event).ok());
  const EventBatchPtr batch = builder.Build(0);
  ASSERT_EQ(batch->extensions().size(), 2u);
  EXPECT_EQ(batch->extensions()[0].name, "age");
  const ExtensionColumn& age = *batch->FindExtension("age");
  EXPECT_FALSE(age.values.HasValue(0));
  EXPECT_EQ(age.types.at(1), AttributeType::kString);
  EXPECT_EQ(age.types.at(2), AttributeType::kInteger);
  const ExtensionColumn& zone = *batch->FindExtension("zone");
  EXPECT_EQ(zone.values.ToString(1), "z");
  EXPECT_EQ(zone.types.at(1), AttributeType::kUri);
  EXPECT_FALSE(zone.values.HasValue(2));
}

TEST(BatchBuilderTest, RefersToPayloadsInTheInput) {
  const auto input = SharedBytes::FromString("first second");
  BatchBuilder builder(kDefaults);
  builder.UseInput(input);
  ASSERT_TRUE(builder.AddEvent(WithPayload(input.view().substr(0, 5))).ok());
  ASSERT_TRUE(builder.AddEvent(WithPayload(input.view().substr(6))).ok());
  const EventBatchPtr batch = builder.Build(0);
  EXPECT_EQ(batch->payload(1), "second");
  EXPECT_EQ(batch->payload(1).data(), input.data() + 6);
}

TEST(BatchBuilderTest, CopiesAllPayloadsOnceOneIsElsewhere) {
  const auto input = SharedBytes::FromString("first second");
  BatchBuilder builder(kDefaults);
  builder.UseInput(input);
  ASSERT_TRUE(builder.AddEvent(WithPayload(input.view().substr(0, 5))).ok());
  ASSERT_TRUE(builder.AddEvent(WithPayload("elsewhere")).ok());
  ASSERT_TRUE(builder.AddEvent(WithPayload(input.view().substr(6))).ok());
  const EventBatchPtr batch = builder.Build(0);
  EXPECT_EQ(batch->payload(0), "first");
  EXPECT_EQ(batch->payload(1), "elsewhere");
  EXPECT_EQ(batch->payload(2), "second");
  EXPECT_EQ(batch->payloads().blob.view(), "firstelsewheresecond");
}

TEST(BatchBuilderTest, ForgetsTheInputWithTheBatch) {
  BatchBuilder builder(kDefaults);
  builder.UseInput(SharedBytes::FromString("input"));
  ASSERT_TRUE(builder.AddEvent(WithPayload("x")).ok());
  builder.Build(0);
  ASSERT_TRUE(builder.AddEvent(WithPayload("y")).ok());
  EXPECT_EQ(builder.Build(0)->payloads().blob.view(), "y");
}

TEST(BatchBuilderTest, IsFullAtTheMostEvents) {
  BatchBuilder builder(kDefaults, {.max_events = 2});
  ASSERT_TRUE(builder.AddEvent(WithPayload("a")).ok());
  ASSERT_TRUE(builder.AddEvent(WithPayload("b")).ok());
  const absl::Status status = builder.AddEvent(WithPayload("c"));
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_EQ(builder.Build(0)->size(), 2u);
  EXPECT_TRUE(builder.AddEvent(WithPayload("c")).ok());
}

TEST(BatchBuilderTest, IsFullAtTheMostBytesButTakesOneEvent) {
  BatchBuilder builder(kDefaults, {.max_bytes = 10});
  ASSERT_TRUE(builder.AddEvent(WithPayload("longer than ten bytes")).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(builder.AddEvent(WithPayload("c"))));
}

TEST(BatchBuilderTest, RefusesAnEventOverTheLimitOnly) {
  BatchBuilder builder(kDefaults, {.max_event_bytes = 4});
  EXPECT_TRUE(builder.AddEvent(WithPayload("1234")).ok());
  EXPECT_EQ(builder.AddEvent(WithPayload("12345")),
            EventTooLarge(absl::InvalidArgumentError(
                "event has '5' bytes, expected at most '4' "
                "(max_event_bytes)")));
}

TEST(BatchBuilderTest, RefusesAnAttributeOverTheLimit) {
  BatchBuilder builder(kDefaults, {.max_attribute_bytes = 8});
  EventFields event;
  event[Attribute::kSubject] = "12345678";
  EXPECT_TRUE(builder.AddEvent(event).ok());
  event[Attribute::kSubject] = "123456789";
  EXPECT_EQ(Message(builder.AddEvent(event)),
            "attribute 'subject' has '9' bytes, expected at most '8' "
            "(max_attribute_bytes)");
  event.Clear();
  event.extensions = {{"nine", "12345"}};
  EXPECT_TRUE(absl::IsInvalidArgument(builder.AddEvent(event)));
}

TEST(BatchBuilderTest, RefusesOneExtensionTooMany) {
  BatchBuilder builder(kDefaults, {.max_extensions = 2});
  EventFields event;
  event.extensions = {{"a", ""}, {"b", ""}};
  EXPECT_TRUE(builder.AddEvent(event).ok());
  event.extensions = {{"b", ""}, {"a", ""}};
  EXPECT_TRUE(builder.AddEvent(event).ok());
  event.extensions = {{"c", ""}};
  EXPECT_EQ(Message(builder.AddEvent(event)),
            "attribute 'c' is one too many, expected at most '2' different "
            "extensions in a batch");
  EXPECT_EQ(builder.Build(0)->size(), 2u);
}

TEST(BatchBuilderTest, RefusesWhatLacksARequiredAttribute) {
  BatchBuilder builder({.source = "/s", .type = "t"});
  EventFields event;
  EXPECT_EQ(Message(builder.AddEvent(event)), "attribute 'id' is missing");
  event[Attribute::kId] = "1";
  EXPECT_TRUE(builder.AddEvent(event).ok());
  event[Attribute::kType] = "";
  EXPECT_EQ(Message(builder.AddEvent(event)), "attribute 'type' is empty");
}

TEST(BatchBuilderTest, RefusesNamesThatAreNoExtension) {
  BatchBuilder builder(kDefaults);
  for (const std::string_view name :
       {"", "Upper", "under_score", "id", "specversion", "data", "ü"}) {
    EventFields event;
    event.extensions = {{name, "x"}};
    EXPECT_TRUE(absl::IsInvalidArgument(builder.AddEvent(event))) << name;
  }
  EventFields twice;
  twice.extensions = {{"a", "1"}, {"b", "2"}, {"a", "1"}};
  EXPECT_EQ(Message(builder.AddEvent(twice)), "attribute 'a' comes twice");
  EXPECT_TRUE(builder.empty());
}

TEST(MakePayloadBatchTest, CostsNothingPerEvent) {
  PayloadColumn payload;
  payload.blob = SharedBytes::FromString("ab");
  payload.ranges = std::make_shared<const std::vector<ByteRange>>(
      std::vector<ByteRange>{{0, 1}, {1, 2}});
  const EventBatchPtr batch = MakePayloadBatch(payload, kDefaults, 7, 1);
  EXPECT_EQ(batch->size(), 2u);
  EXPECT_EQ(batch->attribute(Attribute::kId).ToString(1), "door-8");
  EXPECT_EQ(batch->payload(0).data(), payload.blob.data());
  EXPECT_EQ(batch->receive_time_nanos(), 1);
}

}  // namespace
}  // namespace phoenix
