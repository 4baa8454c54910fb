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

  std::vector<std::string> BytesOfErrors() const {
    std::vector<std::string> bytes;
    for (const DecodedBatch& one : decoded_) {
      for (const DecodeError& error : one.errors) {
        bytes.emplace_back(error.bytes.view());
      }
    }
    return bytes;
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
  EXPECT_THAT(BytesOfErrors(), ElementsAre("3"));
}

TEST_F(RowDecoderTest, CountsTheLinesOfRowsThatHaveSeveral) {
  decoder_ = MakeCsvRowDecoder(SmallRows(), "");
  Feed("a,b\r\n\"1\n1\",\"2\n\"\r\n3\r\n4,5\r\n");
  EXPECT_THAT(Errors(), ElementsAre(HasSubstr("5: row has 1 fields")));
  EXPECT_THAT(BytesOfErrors(), ElementsAre("3"));
}

TEST_F(RowDecoderTest, RefusesARowThatIsNotUtf8) {
  decoder_ = MakeCsvRowDecoder(SmallRows(), "");
  Feed("a,b\n\xff,1\n\"\xc3\",\"\xa4\"\n\xc3\xa4,2\n");
  EXPECT_THAT(Payloads(), ElementsAre("{\"a\":\"\xc3\xa4\",\"b\":2}"));
  EXPECT_THAT(Errors(),
              ElementsAre("2: row is not UTF-8", "3: row is not UTF-8"));
  EXPECT_THAT(BytesOfErrors(), ElementsAre("\xff,1", "\"\xc3\",\"\xa4\""));
}

TEST_F(RowDecoderTest, RefusesAllRowsOfAHeaderThatHasANameTwice) {
  constexpr std::string_view kHeader = "id,name,id\n";
  constexpr std::string_view kError =
      ": name 'id' comes twice: expected each once (header)";
  decoder_ = MakeCsvRowDecoder(SmallRows(), "");
  Feed(std::string(kHeader) + "1,x,2\n");
  EXPECT_THAT(Errors(), ElementsAre("1" + std::string(kError),
                                    "2" + std::string(kError)));
  EXPECT_THAT(BytesOfErrors(), ElementsAre("id,name,id", "1,x,2"));
  decoded_.clear();
  decoder_ = MakeCsvRowDecoder(SmallRows(), kHeader);
  Feed("3,y,4\n");
  EXPECT_THAT(Payloads(), IsEmpty());
  EXPECT_THAT(Errors(), ElementsAre("1" + std::string(kError)));
}

TEST_F(RowDecoderTest, NeverTakesARowForABrokenHeader) {
  for (const char* header : {"\"a\"b\n", "\xff\n"}) {
    decoded_.clear();
    decoder_ = MakeCsvRowDecoder(SmallRows(), "");
    Feed(std::string(header) + "1\n2\n");
    EXPECT_THAT(Payloads(), IsEmpty());
    EXPECT_EQ(Errors().size(), 3u);
  }
}

TEST_F(RowDecoderTest, TakesAHeaderTooLongForNone) {
  const std::string header(40, 'h');
  decoder_ = MakeCsvRowDecoder(SmallRows(), "");
  Feed(header + "\n1\n");
  EXPECT_THAT(Errors(), ElementsAre(HasSubstr("1: row is longer than 32"),
                                    HasSubstr("2: row is too long")));
  decoder_ = MakeCsvRowDecoder(SmallRows(), header.substr(0, 35));
  decoded_.clear();
  Feed("2\n");
  EXPECT_THAT(Payloads(), IsEmpty());
  EXPECT_THAT(Errors(), ElementsAre(HasSubstr("1: row is too long")));
}

TEST_F(RowDecoderTest, GivesUpOneLineForAQuoteThatIsNeverClosed) {
  for (size_t cut : {1u, 7u, 1000u}) {
    decoded_.clear();
    decoder_ = MakeCsvRowDecoder(SmallRows(), "");
    const std::string text = "a\n\"open\n" + std::string(10, '1') + "\n" +
                             std::string(11, '2') + "\n" +
                             std::string(12, '3') + "\n";
    for (size_t at = 0; at < text.size(); at += cut) Feed(text.substr(at, cut));
    EXPECT_THAT(Payloads(),
                ElementsAre("{\"a\":1111111111}", "{\"a\":22222222222}",
                            "{\"a\":333333333333}"));
    EXPECT_THAT(Errors(), ElementsAre(HasSubstr("2: closing quote")));
    EXPECT_THAT(BytesOfErrors(), ElementsAre("\"open"));
  }
}

TEST_F(RowDecoderTest, ConsumesAnOverlongRowAtItsEndOnly) {
  decoder_ = MakeCsvRowDecoder(SmallRows(), "");
  Feed("a\n" + std::string(40, 'x'));
  EXPECT_EQ(decoder_->consumed(), 2u);
  Feed("x\n1");
  EXPECT_EQ(decoder_->consumed(), 44u);
  EXPECT_THAT(BytesOfErrors(), ElementsAre(""));
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
