#include "libs/event/batch_testing.h"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "libs/event/batch_builder.h"

namespace phoenix {
namespace {

template <size_t n>
std::string_view Pick(const std::array<std::string_view, n>& choices,
                      Random& random) {
  return choices[random.Below(n)];
}

constexpr std::array<std::string_view, 5> kJson = {
    R"({"a":1})", R"("text \u00e9 \" quoted")", "[1,2,{}]", "-12.5e3",
    R"({"nested":{"deep":[true,null]},"ü":"ö"})"};
constexpr std::array<std::string_view, 5> kTexts = {
    "plain", "two\nlines", "<xml a=\"b\"/>", "back\\slash \x01", "größe"};
constexpr std::array<std::string_view, 4> kBytes = {
    std::string_view("\0\xFF\xFE", 3), "\x80", "abc", "\xC3"};
constexpr std::array<std::string_view, 3> kTimes = {
    "2024-02-29T23:59:59Z", "1969-12-31T23:59:59.500Z",
    "2001-01-01T00:00:00.000000001Z"};

ExtensionField RandomExtension(std::string_view name, Random& random) {
  switch (random.Below(4)) {
    case 0:
      return {name, random.Chance(0.5) ? "true" : "false",
              AttributeType::kBoolean};
    case 1:
      return {name, random.Chance(0.5) ? "-2147483648" : "7",
              AttributeType::kInteger};
    default:
      return {name, Pick(kTexts, random), AttributeType::kString};
  }
}

void FillPayload(EventFields& event, Random& random) {
  switch (random.Below(4)) {
    case 0:
      event.kind = PayloadKind::kNone;
      break;
    case 1:
      event.kind = PayloadKind::kBinary;
      event.payload = Pick(kBytes, random);
      event[Attribute::kDataContentType] = "application/octet-stream";
      break;
    case 2:
      event.payload = Pick(kTexts, random);
      event[Attribute::kDataContentType] = "text/plain";
      break;
    default:
      event.payload = Pick(kJson, random);
      event[Attribute::kDataContentType] = "application/json; charset=utf-8";
  }
}

}  // namespace

std::string DescribeEvent(const EventBatch& batch, uint32_t row) {
  std::string text;
  std::string scratch;
  const auto add = [&](std::string_view name, const StringColumn& column) {
    if (!column.HasValue(row)) return;
    text += Cat(name, "='", column.Get(row, scratch), "' ");
  };
  for (size_t i = 0; i < kAttributeCount; ++i) {
    const auto attribute = static_cast<Attribute>(i);
    add(AttributeName(attribute), batch.attribute(attribute));
  }
  for (const ExtensionColumn& extension : batch.extensions()) {
    if (!extension.values.HasValue(row)) continue;
    text += Cat(static_cast<int>(extension.types.at(row)), ":");
    add(extension.name, extension.values);
  }
  return text + Cat("kind ", static_cast<int>(batch.payloads().kinds.at(row)),
                    ": ", batch.payload(row));
}

std::vector<std::string> DescribeEvents(const EventBatch& batch) {
  std::vector<std::string> events;
  for (uint32_t row = 0; row < batch.size(); ++row) {
    events.push_back(DescribeEvent(batch, row));
  }
  return events;
}

Decoded Flatten(const std::vector<DecodedBatch>& batches) {
  Decoded all;
  for (const DecodedBatch& decoded : batches) {
    const uint32_t size = decoded.batch == nullptr ? 0 : decoded.batch->size();
    for (uint32_t row = 0; row < size; ++row) {
      all.payloads.emplace_back(decoded.batch->payload(row));
    }
    for (const DecodeError& error : decoded.errors) {
      all.errors.push_back(Cat(error.position, ": ",
                               FromAbsl(error.status.message()), " in '",
                               error.bytes.view(), "'"));
    }
  }
  return all;
}

EventBatchPtr RandomBatch(Random& random, uint32_t max_events) {
  BatchBuilder builder({.id_prefix = "random-"});
  const bool has_ids = random.Chance(0.5);
  const uint64_t count = 1 + random.Below(max_events);
  EventFields event;
  for (uint64_t i = 0; i < count; ++i) {
    event.Clear();
    const std::string id = absl::StrCat("id ", random.Below(1'000));
    if (has_ids && random.Chance(0.8)) event[Attribute::kId] = id;
    event[Attribute::kSource] = random.Chance(0.9) ? "/a" : "/bé";
    event[Attribute::kType] = "made.up";
    if (random.Chance(0.3)) {
      event[Attribute::kSubject] = Pick(kTexts, random);
    }
    if (random.Chance(0.5)) event[Attribute::kTime] = Pick(kTimes, random);
    if (random.Chance(0.2)) event[Attribute::kDataSchema] = "urn:schema";
    for (const std::string_view name : {"first", "second", "third3"}) {
      if (!random.Chance(0.4)) continue;
      event.extensions.push_back(RandomExtension(name, random));
    }
    FillPayload(event, random);
    if (!builder.AddEvent(event).ok()) std::abort();
  }
  return builder.Build(static_cast<int64_t>(random.Next()));
}

}  // namespace phoenix
