#include "libs/sinks/rows/cloudevents_row_encoder.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(CloudEventsRowEncoderTest, WritesAnEventALine) {
  CloudEventsRowEncoder encoder;
  EncodedRows rows;
  const BatchView view =
      AllOf(MakeBatch(std::vector<std::string>{"{\"a\":\n1}", "2"}));
  encoder.Encode(view, rows);
  ASSERT_EQ(rows.lines.size(), 2u);
  EXPECT_THAT(std::string(rows.lines[0]),
              StartsWith("{\"specversion\":\"1.0\""));
  EXPECT_THAT(std::string(rows.lines[0]), HasSubstr("\"data\":{\"a\": 1}"));
  EXPECT_THAT(std::string(rows.lines[1]), HasSubstr("\"id\":\"1\""));
  EXPECT_TRUE(rows.errors.empty());
}

}  // namespace
}  // namespace phoenix
