#include "libs/event/http_binary_mode.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/random.h"
#include "libs/event/batch_testing.h"
#include "libs/event/decode_error.h"

namespace phoenix {
namespace {

using Headers = std::vector<HttpHeader>;

Headers Minimal(Headers more = {}) {
  Headers headers = {{"ce-specversion", "1.0"},
                     {"ce-id", "1"},
                     {"ce-source", "/s"},
                     {"ce-type", "t"}};
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

absl::StatusOr<EventBatchPtr> Decode(const Headers& headers,
                                     std::string body = "") {
  BatchBuilder builder({});
  JsonIndexer indexer;
  const absl::Status status = DecodeBinaryModeEvent(
      headers, SharedBytes::FromString(std::move(body)), indexer, builder);
  if (!status.ok()) return status;
  return builder.Build(0);
}

std::string DescriptionOf(const Headers& more, std::string body = "") {
  const auto batch = Decode(Minimal(more), std::move(body));
  EXPECT_TRUE(batch.ok()) << batch.status();
  return batch.ok() ? DescribeEvent(**batch, 0).substr(28) : "";
}

std::string ErrorOf(const Headers& headers, std::string body = "") {
  const auto batch = Decode(headers, std::move(body));
  EXPECT_TRUE(absl::IsInvalidArgument(batch.status())) << batch.status();
  return std::string(batch.status().message());
}

TEST(HttpBinaryModeTest, IsKnownByTheVersionHeader) {
  EXPECT_TRUE(IsBinaryMode(Headers{{"Host", "x"}, {"CE-SpecVersion", "9"}}));
  EXPECT_FALSE(IsBinaryMode(Headers{{"ce-id", "1"}}));
}

TEST(HttpBinaryModeTest, TellsAWrongEventFromAWrongBody) {
  const Headers json = Minimal({{"Content-Type", "application/json"}});
  Headers late = json;
  late.push_back({"ce-time", "today"});
  JsonIndexer indexer;
  BatchBuilder builder({}, {.max_event_bytes = 40});
  const auto errors_of = [&](const Headers& headers, std::string body) {
    std::vector<DecodeError> errors;
    const absl::Status status =
        DecodeBinaryModeEvent(headers, SharedBytes::FromString(std::move(body)),
                              indexer, builder, errors);
    return status.ok() ? static_cast<int>(errors.size()) : -1;
  };
  EXPECT_EQ(errors_of(json, "{"), -1);
  EXPECT_EQ(errors_of(late, "1"), 1);
  EXPECT_EQ(errors_of(json, std::string(40, '1')), 1);
  EXPECT_TRUE(builder.empty());
  EXPECT_EQ(errors_of(json, "1"), 0);
  EXPECT_EQ(builder.size(), 1u);
}

TEST(HttpBinaryModeTest, ReadsAttributesInAnyCase) {
  EXPECT_EQ(DescriptionOf({{"CE-Subject", " sub "},
                           {"Ce-TraceParent", "00-1"},
                           {"Content-Type", "text/plain"},
                           {"Host", "elsewhere"}},
                          "hello"),
            "subject='sub' datacontenttype='text/plain' "
            "3:traceparent='00-1' kind 3: hello");
}

TEST(HttpBinaryModeTest, DecodesPercentAndQuotes) {
  EXPECT_EQ(DescriptionOf({{"ce-a", "Euro%20%E2%82%ac"},
                           {"ce-b", R"("quoted \"x\" \\")"},
                           {"ce-c", "\""}}),
            "3:a='Euro €' 3:b='quoted \"x\" \\' 3:c='\"' kind 1: ");
}

TEST(HttpBinaryModeTest, TellsTextFromBytes) {
  EXPECT_EQ(DescriptionOf({{"content-type", "text/plain"}}, "plain"),
            "datacontenttype='text/plain' kind 3: plain");
  EXPECT_EQ(DescriptionOf({}, "[1]"), "kind 3: [1]");
  EXPECT_EQ(DescriptionOf({}, "plain"), "kind 5: plain");
  EXPECT_EQ(DescriptionOf({}, "\xFF"), "kind 2: \xFF");
  EXPECT_EQ(DescriptionOf({{"content-type", "image/png"}}, "x"),
            "datacontenttype='image/png' kind 2: x");
  EXPECT_EQ(DescriptionOf({{"content-type", "application/json"}}),
            "datacontenttype='application/json' kind 1: ");
}

TEST(HttpBinaryModeTest, RefersToTheBody) {
  BatchBuilder builder({});
  JsonIndexer indexer;
  const auto body = SharedBytes::FromString("payload");
  ASSERT_TRUE(DecodeBinaryModeEvent(Minimal(), body, indexer, builder).ok());
  EXPECT_EQ(builder.Build(0)->payload(0).data(), body.data());
}

TEST(HttpBinaryModeTest, RefusesAJsonBodyThatIsNone) {
  const Headers headers = Minimal({{"content-type", "application/json"}});
  EXPECT_TRUE(Decode(headers, "{\"a\":1}").ok());
  EXPECT_EQ(ErrorOf(headers, "{\"a\":}")
                .rfind("body: not valid JSON at byte '5': ", 0),
            0u);
}

TEST(HttpBinaryModeTest, NamesTheHeaderThatIsWrong) {
  EXPECT_EQ(ErrorOf({{"ce-id", "1"}}), "header 'ce-specversion' is missing");
  EXPECT_EQ(ErrorOf({{"ce-specversion", "0.3"}}),
            "header 'ce-specversion': value is '0.3', expected '1.0'");
  EXPECT_EQ(ErrorOf({{"ce-specversion", "1.0"}, {"ce-id", "1"}}),
            "attribute 'source' is missing");
  EXPECT_EQ(ErrorOf(Minimal({{"ce-ID", "2"}})), "header 'ce-ID': comes twice");
  EXPECT_EQ(ErrorOf(Minimal({{"ce-specversion", "1.0"}})),
            "header 'ce-specversion': comes twice");
  EXPECT_EQ(ErrorOf(Minimal({{"ce-x", "%2"}})),
            "header 'ce-x': value has a percent sign without two hexadecimal "
            "digits");
  EXPECT_EQ(ErrorOf(Minimal({{"ce-x", "%FF"}})),
            "header 'ce-x': value is not UTF-8");
  EXPECT_EQ(ErrorOf(Minimal({{"ce-time", "noon"}}))
                .rfind("header 'ce-time': value is 'noon'", 0),
            0u);
  EXPECT_EQ(ErrorOf(Minimal({{"content-type", "a/b\x08"}})),
            "header 'content-type': value has a control character");
  EXPECT_EQ(ErrorOf(Minimal({{"ce-datacontenttype", "x"}})),
            "header 'ce-datacontenttype': is not allowed, expected "
            "'Content-Type'");
  EXPECT_EQ(ErrorOf(Minimal({{"ce-under_score", "x"}}))
                .rfind("header 'ce-under_score': ", 0),
            0u);
  EXPECT_EQ(ErrorOf(Minimal({{"ce-x", "1"}, {"ce-X", "2"}})),
            "attribute 'x' comes twice");
}

TEST(HttpBinaryModeTest, WritesNoHeaderThatEndsEarly) {
  EventBatch::Columns columns = (*Decode(Minimal()))->columns();
  columns.attributes[static_cast<size_t>(Attribute::kDataContentType)] =
      StringColumn::Constant("a/b\r\nx-evil: 1");
  columns.attributes[static_cast<size_t>(Attribute::kSubject)] =
      StringColumn::Constant("a\r\nb %\"é");
  for (const auto& [name, value] :
       EncodeBinaryModeHeaders(EventBatch(columns), 0)) {
    EXPECT_EQ(value.find_first_of("\r\n"), std::string::npos) << name;
    if (name == "ce-subject") {
      EXPECT_EQ(value, "a%0D%0Ab%20%25%22%C3%A9");
    }
  }
}

TEST(HttpBinaryModeTest, BringsBackAttributesAndPayloads) {
  Random random(19);
  const EventBatchPtr batch = RandomBatch(random, 300);
  for (uint32_t row = 0; row < batch->size(); ++row) {
    const auto encoded = EncodeBinaryModeHeaders(*batch, row);
    const Headers headers(encoded.begin(), encoded.end());
    const auto decoded = Decode(headers, std::string(batch->payload(row)));
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ((*decoded)->payload(0), batch->payload(row));
    for (size_t i = 0; i < kAttributeCount; ++i) {
      const auto attribute = static_cast<Attribute>(i);
      EXPECT_EQ((*decoded)->attribute(attribute).ToString(0),
                batch->attribute(attribute).ToString(row));
    }
    for (const ExtensionColumn& extension : batch->extensions()) {
      if (!extension.values.HasValue(row)) continue;
      EXPECT_EQ((*decoded)->FindExtension(extension.name)->values.ToString(0),
                extension.values.ToString(row));
    }
  }
}

}  // namespace
}  // namespace phoenix
