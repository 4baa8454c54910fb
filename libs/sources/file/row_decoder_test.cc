#include "libs/sources/file/row_decoder.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/event/event_batch.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RowDecoderOptions SmallRows() {
  RowDecoderOptions options;
  options.defaults = {"id-", "/test", "test.event", "application/json"};
  options.max_row_bytes = 32;
  return options;
}

class RowDecoderTest : public testing::Test {
 protected:
  void Feed(std::string_view bytes) { decoder_->Feed(bytes, 0, decoded_); }
  void Finish() { decoder_->Finish(0, decoded_); }

  std::vector<std::string> Payloads() const {
    std::vector<std::string> payloads;
    for (const DecodedBatch& one : decoded_) {
      if (one.batch == nullptr) continue;
      for (uint32_t row = 0; row < one.batch->size(); ++row) {
        payloads.emplace_back(one.batch->payload(row));
      }
    }
    return payloads;
  }

  std::vector<std::string> Errors() const {
    std::vector<std::string> errors;
    for (const DecodedBatch& one : decoded_) {
      for (const DecodeError& error : one.errors) {
        errors.push_back(std::to_string(error.position) + ": " +
                         std::string(error.status.message()));
      }
    }
    return errors;
  }

  std::unique_ptr<RowDecoder> decoder_;
  std::vector<DecodedBatch> decoded_;
};

TEST_F(RowDecoderTest, CountsTheCompleteLinesOfNdjsonAsConsumed) {
  decoder_ = MakeNdjsonRowDecoder(SmallRows());
  Feed("1\n2\n3");
  EXPECT_EQ(decoder_->consumed(), 4u);
  EXPECT_THAT(Payloads(), ElementsAre("1", "2"));
  Finish();
  EXPECT_EQ(decoder_->consumed(), 5u);
  EXPECT_THAT(Payloads(), ElementsAre("1", "2", "3"));
}

TEST_F(RowDecoderTest, FinishesAnEmptyFile) {
  decoder_ = MakeNdjsonRowDecoder(SmallRows());
  Finish();
  decoder_ = MakeCsvRowDecoder(SmallRows(), "");
  Finish();
  EXPECT_THAT(Payloads(), IsEmpty());
  EXPECT_THAT(Errors(), IsEmpty());
}

TEST_F(RowDecoderTest, NamesTheFieldsOfCsvByItsHeader) {
  decoder_ = MakeCsvRowDecoder(SmallRows(), "");
  Feed("name,value\na,1\nb,");
  EXPECT_THAT(Payloads(), ElementsAre("{\"name\":\"a\",\"value\":1}"));
  EXPECT_EQ(decoder_->consumed(), 15u);
  Feed("2");
  Finish();
  EXPECT_EQ(Payloads().back(), "{\"name\":\"b\",\"value\":2}");
}

TEST_F(RowDecoderTest, GoesOnInTheMiddleOfACsvWithItsHeader) {
  decoder_ = MakeCsvRowDecoder(SmallRows(), "n,v\n");
  Feed("a,1\n");
  EXPECT_THAT(Payloads(), ElementsAre("{\"n\":\"a\",\"v\":1}"));
}

TEST_F(RowDecoderTest, RefusesARowWithAnotherNumberOfFields) {
  decoder_ = MakeCsvRowDecoder(SmallRows(), "");
  Feed("a,b\n1,2\n3\n\n4,5\n");
  EXPECT_THAT(Payloads(),
              ElementsAre("{\"a\":1,\"b\":2}", "{\"a\":4,\"b\":5}"));
  EXPECT_THAT(Errors(), ElementsAre("3: row has 1 fields: expected 2 as the "
                                    "header has"));
}

TEST_F(RowDecoderTest, RefusesARowWithWrongQuotes) {
  decoder_ = MakeCsvRowDecoder(SmallRows(), "");
  Feed("a\n\"x\"y\nz\n");
  EXPECT_THAT(Payloads(), ElementsAre("{\"a\":\"z\"}"));
  EXPECT_THAT(Errors(), ElementsAre(HasSubstr("2: closing quote")));
}

TEST_F(RowDecoderTest, RefusesAnOverlongRowWithoutHoldingIt) {
  decoder_ = MakeCsvRowDecoder(SmallRows(), "");
  Feed("a\n\"");
  for (int i = 0; i < 100; ++i) Feed("xxxxxxxxxxxxxxxx");
  Feed("\nz\n");
  EXPECT_THAT(Payloads(), ElementsAre("{\"a\":\"z\"}"));
  EXPECT_THAT(Errors(), ElementsAre(HasSubstr("2: row is longer than 32")));
  EXPECT_EQ(decoder_->consumed(), 1606u);
}

}  // namespace
}  // namespace phoenix
