#include "libs/component/dead_letter_id.h"

#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/test_batch.h"
#include "libs/event/batch_builder.h"

namespace phoenix {
namespace {

using ::testing::MatchesRegex;

EventFields FieldsOf(const char* payload) {
  EventFields fields;
  fields[Attribute::kId] = "1";
  fields.payload = payload;
  return fields;
}

std::string IdOf(const EventFields& fields) {
  BatchBuilder builder({.source = "/s", .type = "t"});
  EXPECT_TRUE(builder.AddEvent(fields).ok());
  return DeadLetterId(*builder.Build(0), 0);
}

TEST(DeadLetterIdTest, BeginsWithWhatTheProducerNamedTheEvent) {
  EXPECT_THAT(IdOf(FieldsOf("{}")), MatchesRegex("/s#1#[0-9a-f]{16}"));
}

TEST(DeadLetterIdTest, IsTheSameForTheSameEventInAnyBatch) {
  EXPECT_EQ(IdOf(FieldsOf("{}")), IdOf(FieldsOf("{}")));
  const EventBatchPtr events = MakeBatch({std::string("1"), std::string("2")});
  EXPECT_EQ(DeadLetterId(*events, 1), DeadLetterId(*events, 1));
}

TEST(DeadLetterIdTest, IsTheSameWhateverRequestSendsTheEvent) {
  EventFields traced = FieldsOf("{}");
  traced.extensions = {{"traceparent", "00-ab-cd-01"}, {"tracestate", "x=1"}};
  EXPECT_EQ(IdOf(traced), IdOf(FieldsOf("{}")));
}

TEST(DeadLetterIdTest, TellsEventsOfOneIdApartByAllElse) {
  std::vector<EventFields> others(7, FieldsOf("{}"));
  others[1].payload = "{ }";
  others[2][Attribute::kType] = "u";
  others[3][Attribute::kTime] = "2026-01-31T12:00:00Z";
  others[4].extensions = {{"tenant", "a"}};
  others[5].extensions = {{"tenant", "b"}};
  others[6].extensions = {{"tenan", "ta"}};
  std::set<std::string> ids;
  for (const EventFields& fields : others) ids.insert(IdOf(fields));
  EXPECT_EQ(ids.size(), others.size());
}

}  // namespace
}  // namespace phoenix
