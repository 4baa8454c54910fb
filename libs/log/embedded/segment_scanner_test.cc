#include "libs/log/embedded/segment_scanner.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/crc32c.h"
#include "libs/log/embedded/testing/simulated_file_system.h"

namespace phoenix {
namespace {

constexpr uint32_t kSalt = 5;
constexpr char kPath[] = "/segment";

class SegmentScannerTest : public testing::Test {
 protected:
  SegmentScannerTest() : content_(SegmentHeader::kBytes, 'h') {}

  // Adds a record of so many events; returns where it begins.
  uint64_t Add(const std::string& body, uint32_t events = 10) {
    const uint64_t position = content_.size();
    RecordHeader header;
    header.body_bytes = static_cast<uint32_t>(body.size());
    header.message_bytes = header.body_bytes;
    header.body_crc = Crc32c(body);
    header.event_count = events;
    header.first_offset = next_offset_;
    next_offset_ += events;
    const auto bytes = EncodeRecordHeader(header, {kSalt, position});
    content_.append(bytes.data(), bytes.size());
    content_ += body;
    content_.resize(position + header.padded_bytes(), '\0');
    return position;
  }

  std::vector<SegmentScanner::Step> Scan() {
    files_.SetContent(kPath, content_);
    const auto file = *files_.Open(kPath, OpenMode::kRead);
    SegmentScanner scanner(*file, {.salt = kSalt, .limit = content_.size()});
    std::vector<SegmentScanner::Step> steps;
    do {
      steps.push_back(*scanner.Next());
    } while (!std::holds_alternative<SegmentEnd>(steps.back()));
    return steps;
  }

  SimulatedFileSystem files_;
  std::string content_;
  int64_t next_offset_ = 0;
};

SegmentDamage DamageIn(const SegmentScanner::Step& step) {
  const auto* damage = std::get_if<SegmentDamage>(&step);
  return damage == nullptr ? SegmentDamage() : *damage;
}

TEST_F(SegmentScannerTest, GivesRecordsInOrder) {
  Add("first");
  const uint64_t second = Add("second record");
  const auto steps = Scan();
  ASSERT_EQ(steps.size(), 3u);
  const auto& record = std::get<SegmentRecord>(steps[1]);
  EXPECT_EQ(record.body.view(), "second record");
  EXPECT_EQ(record.position, second);
  EXPECT_EQ(record.header.first_offset, 10);
  EXPECT_EQ(std::get<SegmentEnd>(steps[2]).data_end, content_.size());
}

TEST_F(SegmentScannerTest, EndsAtZeros) {
  Add("first");
  const uint64_t end = content_.size();
  content_.resize(end + 3 * SegmentScanner::kWindowBytes, '\0');
  const auto steps = Scan();
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(std::get<SegmentEnd>(steps[1]).data_end, end);
}

TEST_F(SegmentScannerTest, PassesOverABodyThatIsDamaged) {
  const uint64_t first = Add("first");
  const uint64_t second = Add("second");
  Add("third");
  content_[second + RecordHeader::kBytes] ^= 1;
  const auto steps = Scan();
  ASSERT_EQ(steps.size(), 4u);
  EXPECT_EQ(std::get<SegmentRecord>(steps[0]).position, first);
  const SegmentDamage damage = DamageIn(steps[1]);
  EXPECT_EQ(damage.begin, second);
  EXPECT_EQ(damage.next_offset, 20);
  EXPECT_FALSE(damage.looks_torn);
  EXPECT_EQ(std::get<SegmentRecord>(steps[2]).body.view(), "third");
}

TEST_F(SegmentScannerTest, FindsTheNextHeaderBehindOneThatIsDamaged) {
  const uint64_t first =
      Add(std::string(2 * SegmentScanner::kWindowBytes, 'x'), 7);
  const uint64_t second = Add("second");
  content_[first + 20] ^= 1;
  const auto steps = Scan();
  ASSERT_EQ(steps.size(), 3u);
  const SegmentDamage damage = DamageIn(steps[0]);
  EXPECT_EQ(damage.begin, first);
  EXPECT_EQ(damage.end, second);
  EXPECT_EQ(damage.next_offset, 7);
  EXPECT_EQ(std::get<SegmentRecord>(steps[1]).body.view(), "second");
}

TEST_F(SegmentScannerTest, DoesNotTakeARecordInAPayloadForOne) {
  Add("inner");
  const std::string inner = content_.substr(SegmentHeader::kBytes);
  const uint64_t outer = Add("12345678" + inner);
  content_[outer + 20] ^= 1;  // What lies in it is all that is left to find.
  const auto steps = Scan();
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(DamageIn(steps[1]).end, content_.size());
}

TEST_F(SegmentScannerTest, SeesThatARecordWasCutShort) {
  Add("first");
  Add(std::string(3000, 'x'));
  const std::string whole = content_;
  for (const size_t missing : {100, 2999, 3010, 3063}) {
    content_ = whole.substr(0, whole.size() - missing);
    const auto steps = Scan();
    ASSERT_EQ(steps.size(), 3u) << missing;
    EXPECT_TRUE(DamageIn(steps[1]).looks_torn) << missing;
  }
}

TEST_F(SegmentScannerTest, SeesThatASectorIsMissing) {
  Add("first");
  const uint64_t second = Add(std::string(3000, 'x'));
  const uint64_t sector = (second / 512 + 2) * 512;
  content_.replace(sector, 512, std::string(512, '\0'));
  const auto steps = Scan();
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_TRUE(DamageIn(steps[1]).looks_torn);
}

TEST_F(SegmentScannerTest, EndsAtTheFooter) {
  Add("first");
  SegmentFooter footer;
  footer.data_end = content_.size();
  footer.end_offset = next_offset_;
  content_ += EncodeSegmentFooter(footer, kSalt);
  content_ += EncodeSegmentFooter(footer, kSalt);
  const auto steps = Scan();
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(std::get<SegmentEnd>(steps[1]).footer, footer);
}

TEST_F(SegmentScannerTest, ReadsOnWhenTheLimitGrows) {
  Add("first");
  const uint64_t limit = content_.size();
  Add("second");
  files_.SetContent(kPath, content_);
  const auto file = *files_.Open(kPath, OpenMode::kRead);
  SegmentScanner scanner(*file, {.salt = kSalt, .limit = limit});
  EXPECT_TRUE(std::holds_alternative<SegmentRecord>(*scanner.Next()));
  EXPECT_TRUE(std::holds_alternative<SegmentEnd>(*scanner.Next()));
  scanner.SetLimit(content_.size());
  EXPECT_TRUE(std::holds_alternative<SegmentRecord>(*scanner.Next()));
  EXPECT_TRUE(std::holds_alternative<SegmentEnd>(*scanner.Next()));
}

}  // namespace
}  // namespace phoenix
