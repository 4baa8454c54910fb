#include "libs/sinks/rows/event_field_reader.h"

#include <string>

#include "gtest/gtest.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {
namespace {

using Result = EventFieldReader::Result;

class EventFieldReaderTest : public testing::Test {
 protected:
  void SetPayload(const std::string& payload) {
    batch_ = MakeBatch({payload});
    reader_.SetRow(*batch_, 0);
  }

  Result Read(const std::string& name) {
    value_.clear();
    return reader_.Append(ParseEventField(name).value(), value_);
  }

  EventBatchPtr batch_;
  EventFieldReader reader_;
  std::string value_;
};

TEST_F(EventFieldReaderTest, ReadsScalars) {
  SetPayload(R"({"s":"a\u00e9\n","n":-1.20e3 ,"t":true,"f":false })");
  EXPECT_EQ(Read("data.s"), Result::kScalar);
  EXPECT_EQ(value_, "aé\n");
  EXPECT_EQ(Read("data.n"), Result::kScalar);
  EXPECT_EQ(value_, "-1.20e3");
  EXPECT_EQ(Read("data.t"), Result::kScalar);
  EXPECT_EQ(value_, "true");
  EXPECT_EQ(Read("data.f"), Result::kScalar);
  EXPECT_EQ(value_, "false");
}

TEST_F(EventFieldReaderTest, ReadsFieldsInAnyOrderAndAgain) {
  SetPayload(R"({"a":1,"b":{"c":"x"}})");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Read("data.b.c"), Result::kScalar);
    EXPECT_EQ(value_, "x");
    EXPECT_EQ(Read("data.a"), Result::kScalar);
    EXPECT_EQ(value_, "1");
  }
}

TEST_F(EventFieldReaderTest, TellsNullFromMissing) {
  SetPayload(R"({"a":null,"b":1})");
  EXPECT_EQ(Read("data.a"), Result::kNull);
  EXPECT_EQ(Read("data.x"), Result::kMissing);
  EXPECT_EQ(Read("data.b.c"), Result::kMissing);
  EXPECT_EQ(Read("subject"), Result::kMissing);
  EXPECT_EQ(Read("ext.x"), Result::kMissing);
}

TEST_F(EventFieldReaderTest, ReadsObjectsAndTheWholePayload) {
  SetPayload(R"({"a":{"b":[1, 2]} })");
  EXPECT_EQ(Read("data.a"), Result::kJson);
  EXPECT_EQ(value_, R"({"b":[1, 2]})");
  EXPECT_EQ(Read("data"), Result::kJson);
  EXPECT_EQ(value_, R"({"a":{"b":[1, 2]} })");
}

TEST_F(EventFieldReaderTest, ReadsPayloadsThatAreNoObjects) {
  SetPayload("42");
  EXPECT_EQ(Read("data"), Result::kScalar);
  EXPECT_EQ(value_, "42");
  EXPECT_EQ(Read("data.a"), Result::kMissing);
  SetPayload("[1]");
  EXPECT_EQ(Read("data.a"), Result::kMissing);
}

TEST_F(EventFieldReaderTest, TellsWhatIsNoJson) {
  SetPayload(R"({"a":)");
  EXPECT_EQ(Read("data.a"), Result::kMalformed);
  SetPayload("");
  EXPECT_EQ(Read("data.a"), Result::kMalformed);
  SetPayload(R"({"a":1})");
  EXPECT_EQ(Read("data.a"), Result::kScalar);
}

TEST_F(EventFieldReaderTest, ReadsAttributesWithoutAPayload) {
  SetPayload("no json");
  EXPECT_EQ(Read("type"), Result::kScalar);
  EXPECT_EQ(value_, "test");
  EXPECT_EQ(Read("id"), Result::kScalar);
  EXPECT_EQ(value_, "0");
}

}  // namespace
}  // namespace phoenix
