#include "libs/event/payload_classifier.h"

#include <gtest/gtest.h>

#include <string>

namespace phoenix {
namespace {

constexpr PayloadKind kText = PayloadKind::kText;
constexpr PayloadKind kBinary = PayloadKind::kBinary;

PayloadKind KindOf(std::string_view payload, std::string_view content_type,
                   PayloadKind came_as) {
  const auto kind =
      PayloadClassifier().Classify(payload, content_type, came_as);
  EXPECT_TRUE(kind.ok()) << kind.status();
  return kind.value_or(PayloadKind::kProto);
}

std::string ErrorOf(std::string_view payload, std::string_view content_type,
                    PayloadKind came_as) {
  const auto kind =
      PayloadClassifier().Classify(payload, content_type, came_as);
  EXPECT_TRUE(absl::IsInvalidArgument(kind.status())) << kind.status();
  return std::string(kind.status().message());
}

TEST(PayloadClassifierTest, TakesJsonForTextHoweverItCame) {
  for (const char* type : {"application/json", "APPLICATION/JSON; charset=x",
                           "text/json", "application/geo+json"}) {
    EXPECT_EQ(KindOf("{\"a\":1}", type, kBinary), kText) << type;
    EXPECT_EQ(KindOf("{\"a\":1}", type, kText), kText) << type;
  }
}

TEST(PayloadClassifierTest, RefusesWhatClaimsToBeJsonAndIsNone) {
  EXPECT_EQ(ErrorOf("{\"a\":}", "application/json", kBinary)
                .rfind("payload of content type 'application/json': not valid "
                       "JSON at byte '5': ",
                       0),
            0u);
  EXPECT_NE(ErrorOf("\xFF", "text/json", kBinary), "");
  EXPECT_NE(ErrorOf("plain", "application/geo+json", kText), "");
}

TEST(PayloadClassifierTest, TakesAnEmptyJsonPayloadForNone) {
  EXPECT_EQ(KindOf("", "application/json", kBinary), PayloadKind::kNone);
}

TEST(PayloadClassifierTest, TakesUnnamedTextForJsonOnlyWhenItIs) {
  EXPECT_EQ(KindOf("[1]", "", kText), kText);
  EXPECT_EQ(KindOf("plain", "", kText), PayloadKind::kPlainText);
  EXPECT_EQ(KindOf("", "", kText), kText);
}

TEST(PayloadClassifierTest, LeavesOtherPayloadsAsTheyCame) {
  EXPECT_EQ(KindOf("[1]", "", kBinary), kBinary);
  EXPECT_EQ(KindOf("[1]", "application/octet-stream", kBinary), kBinary);
  EXPECT_EQ(KindOf("plain", "text/plain", kText), kText);
}

TEST(PayloadClassifierTest, ForgetsTheLastPayload) {
  PayloadClassifier classifier;
  EXPECT_FALSE(classifier.Classify("{", "text/json", kBinary).ok());
  EXPECT_TRUE(classifier.Classify("{}", "text/json", kBinary).ok());
}

}  // namespace
}  // namespace phoenix
