#include "libs/rules/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "libs/event/string_column.h"
#include "libs/rules/rules_testing.h"

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kKeep[] =
    "data.status >= 400 || (data.bytes != null && data.bytes > 5000)";

TEST(FrameTest, SplitsRowsByACondition) {
  RulesFixture rules;
  const RuleId keep = rules.Condition(kKeep);
  rules.Begin({R"({"status":404,"bytes":1})", R"({"status":200,"bytes":5001})",
               R"({"status":200,"bytes":5000})",
               R"({"status":200,"bytes":null})",
               R"({"bytes":null,"status":500.5})"});
  EXPECT_EQ(rules.Test(keep), "TTFFT");
}

TEST(FrameTest, ErrsOnFieldsThatAreMissingUnlessTheOutcomeIsDecided) {
  RulesFixture rules;
  const RuleId keep = rules.Condition(kKeep);
  rules.Begin({R"({"status":404})", R"({"status":200})", R"({"bytes":6000})",
               R"({"bytes":6})", R"({})", R"([1])", R"(7)"});
  EXPECT_EQ(rules.Test(keep), "TETEEEE");
}

TEST(FrameTest, ErrsOnValuesOfTheWrongTypeOnly) {
  RulesFixture rules;
  const RuleId keep = rules.Condition(kKeep);
  rules.Begin(
      {R"({"status":"404","bytes":null})", R"({"status":true,"bytes":9999})",
       R"({"status":200,"bytes":{}})", R"({"status":null,"bytes":"x"})"});
  EXPECT_EQ(rules.Test(keep), "ETEE");
}

TEST(FrameTest, SaysWhatWentWrong) {
  RulesFixture rules;
  const RuleId keep = rules.Condition("data.status >= 400");
  rules.Begin({R"({"a":1})", R"({"status":"x"})", R"({"status":)"});
  Selection matching, others;
  RowErrors errors;
  rules.frame().Test(keep, rules.rows(), matching, others, errors);
  ASSERT_EQ(errors.size(), 3u);
  EXPECT_THAT(errors[0].status.message(), HasSubstr("'status'"));
  EXPECT_THAT(errors[1].status.message(), HasSubstr("data.status >= 400"));
  EXPECT_THAT(errors[2].status.message(), HasSubstr("not valid JSON"));
  EXPECT_THAT(matching, ElementsAre());
  EXPECT_THAT(others, ElementsAre());
}

TEST(FrameTest, LooksAtTheSelectedRowsOnly) {
  RulesFixture rules;
  const RuleId keep = rules.Condition("data.a > 1");
  rules.Begin({R"({"a":2})", "not JSON", R"({"a":1})", R"({"a":3})"});
  rules.rows() = {0, 2};
  EXPECT_EQ(rules.Test(keep), "TF");
  rules.rows() = {2, 3};
  EXPECT_EQ(rules.Test(keep), "FT");
  rules.rows() = {};
  EXPECT_EQ(rules.Test(keep), "");
}

TEST(FrameTest, MayOverwriteTheRowsThatItTests) {
  RulesFixture rules;
  const RuleId keep = rules.Condition("data.a > 1");
  rules.Begin({R"({"a":2})", R"({"a":1})", R"({"a":3})"});
  Selection others;
  RowErrors errors;
  rules.frame().Test(keep, rules.rows(), rules.rows(), others, errors);
  EXPECT_THAT(rules.rows(), ElementsAre(0, 2));
  EXPECT_THAT(others, ElementsAre(1));
}

TEST(FrameTest, TestsWhetherFieldsAreThere) {
  RulesFixture rules;
  const RuleId field = rules.Condition("has(data.a)");
  const RuleId nested = rules.Condition("has(data.a.b)");
  const RuleId guarded = rules.Condition("has(data.a.b) && data.a.b == 1");
  rules.Begin({R"({"a":{"b":1}})", R"({"a":{}})", R"({"a":null})", R"({})",
               R"({"a":[1]})", "[]"});
  EXPECT_EQ(rules.Test(field), "TTTFTE");
  EXPECT_EQ(rules.Test(nested), "TFEEEE");
  EXPECT_EQ(rules.Test(guarded), "TFEEEE");
}

TEST(FrameTest, ReadsTextsWithEscapes) {
  RulesFixture rules;
  const RuleId text = rules.Expression("data.t");
  const RuleId key = rules.Expression(R"(data["k\"y"])");
  const RuleId size = rules.Expression("size(data.t)");
  const RuleId starts = rules.Condition("data.t.startsWith('/blog')");
  rules.Begin({R"({"t":"a\"b\\\u00e4\ud83d\ude00","k\"y":1})",
               R"({"t":"\/blog\/x","k\u0022y":"\n"})"});
  EXPECT_THAT(rules.Evaluate(text),
              ElementsAre("string 'a\"b\\ä😀'", "string '/blog/x'"));
  EXPECT_THAT(rules.Evaluate(key), ElementsAre("int 1", "string '\n'"));
  EXPECT_THAT(rules.Evaluate(size), ElementsAre("int 6", "int 7"));
  EXPECT_EQ(rules.Test(starts), "FT");
}

TEST(FrameTest, ReadsNumbersUpToTheirBounds) {
  RulesFixture rules;
  const RuleId value = rules.Expression("data.n");
  const RuleId more = rules.Expression("data.n + 1");
  rules.Begin({R"({"n":9223372036854775807})", R"({"n":-9223372036854775808})",
               R"({"n":9223372036854775808})", R"({"n":1e400})",
               R"({"n":1e-400})", R"({"n":-0})"});
  const auto values = rules.Evaluate(value);
  EXPECT_EQ(values[0], "int 9223372036854775807");
  EXPECT_EQ(values[1], "int -9223372036854775808");
  EXPECT_THAT(values[2], HasSubstr("'9223372036854775808' does not fit"));
  EXPECT_THAT(values[3], HasSubstr("error: "));
  EXPECT_EQ(values[4], "double 0");
  EXPECT_EQ(values[5], "int 0");
  const auto sums = rules.Evaluate(more);
  EXPECT_THAT(sums[0], HasSubstr("error: "));
  EXPECT_EQ(sums[1], "int -9223372036854775807");
}

TEST(FrameTest, ErrsOnKeysThatStandTwiceOnAPath) {
  RulesFixture rules;
  const RuleId a = rules.Condition("data.a.b == 1");
  rules.Begin({R"({"a":{"b":1},"x":1,"x":2})", R"({"a":{"b":1},"a":{"b":1}})",
               R"({"a":{"b":1,"c":0,"b":1}})", R"({"a":{"b":1},"\u0061":1})"});
  EXPECT_EQ(rules.Test(a), "TEEE");
}

TEST(FrameTest, ErrsOnPayloadsThatAreNotJson) {
  RulesFixture rules;
  const RuleId a = rules.Condition("data.a == 1");
  const RuleId plain = rules.Condition("1 < 2");
  rules.Begin({R"({"a":1})", "", R"({"a":1}{)", "\"\xFF\"", R"({"a":1})"});
  EXPECT_EQ(rules.Test(a), "TEEET");
  EXPECT_EQ(rules.Test(plain), "TTTTT");
}

TEST(FrameTest, ComputesIntsAsIntsAndMixedNumbersAsDoubles) {
  RulesFixture rules;
  const RuleId fahrenheit = rules.Expression("data.t * 1.8 + 32.0");
  const RuleId half = rules.Expression("data.t / 2");
  const RuleId rest = rules.Expression("data.t % 7");
  const RuleId minus = rules.Expression("-data.t");
  rules.Begin({R"({"t":20})", R"({"t":20.0})", R"({"t":"20"})"});
  const auto f = rules.Evaluate(fahrenheit);
  EXPECT_EQ(f[0], "double 68");
  EXPECT_EQ(f[1], "double 68");
  EXPECT_THAT(f[2], HasSubstr("error: "));
  EXPECT_THAT(rules.Evaluate(half),
              ElementsAre("int 10", "double 10", HasSubstr("error: ")));
  EXPECT_THAT(rules.Evaluate(rest),
              ElementsAre("int 6", HasSubstr("error: "), HasSubstr("error: ")));
  EXPECT_THAT(rules.Evaluate(minus),
              ElementsAre("int -20", "double -20", HasSubstr("error: ")));
}

TEST(FrameTest, ErrsOnIntsThatHaveNoQuotient) {
  RulesFixture rules;
  const RuleId quotient = rules.Expression("data.a / data.b");
  rules.Begin({R"({"a":1,"b":0})", R"({"a":1,"b":0.0})",
               R"({"a":-9223372036854775808,"b":-1})"});
  EXPECT_THAT(
      rules.Evaluate(quotient),
      ElementsAre(HasSubstr("error: "), "double inf", HasSubstr("error: ")));
}

TEST(FrameTest, TestsTexts) {
  RulesFixture rules;
  const RuleId starts = rules.Condition("data.p.startsWith('/a')");
  const RuleId ends = rules.Condition("data.p.endsWith('z')");
  const RuleId contains = rules.Condition("data.p.contains('mid')");
  const RuleId matches = rules.Condition("data.p.matches('^/a.*z$')");
  rules.Begin(
      {R"({"p":"/a mid z"})", R"({"p":"/b"})", R"({"p":""})", R"({"p":1})"});
  EXPECT_EQ(rules.Test(starts), "TFFE");
  EXPECT_EQ(rules.Test(ends), "TFFE");
  EXPECT_EQ(rules.Test(contains), "TFFE");
  EXPECT_EQ(rules.Test(matches), "TFFE");
}

TEST(FrameTest, LooksForValuesInLists) {
  RulesFixture rules;
  const RuleId constant = rules.Condition("data.v in [1, 'a', null, 2.5]");
  const RuleId dynamic = rules.Condition("data.v in data.list");
  rules.Begin({R"({"v":1,"list":[1]})", R"({"v":1.0,"list":[2,1]})",
               R"({"v":"a","list":[]})", R"({"v":null,"list":[null]})",
               R"({"v":3,"list":{"3":1}})", R"({"v":[1],"list":[[1]]})",
               R"({"list":[1]})"});
  EXPECT_EQ(rules.Test(constant), "TTTTFFE");
  EXPECT_EQ(rules.Test(dynamic), "TTFTFTE");
}

TEST(FrameTest, ErrsOnWhatIsLookedForInNoList) {
  RulesFixture rules;
  const RuleId dynamic = rules.Condition("1.5 in data['x y']");
  rules.Begin({R"({"x y":[1.5]})", R"({"x y":"1.5"})", R"({"x y":1.5})"});
  EXPECT_EQ(rules.Test(dynamic), "TEE");
}

TEST(FrameTest, ChoosesAndEvaluatesOnlyWhatIsChosen) {
  RulesFixture rules;
  const RuleId choice =
      rules.Expression("data.ok ? data.a : (data.n > 1 ? 'many' : 'one')");
  const RuleId condition = rules.Condition("data.ok ? data.a == 1 : true");
  rules.Begin({R"({"ok":true,"a":1})", R"({"ok":false,"n":2})",
               R"({"ok":false,"n":1})", R"({"ok":3,"a":1})", R"({"a":1})",
               R"({"ok":true})"});
  EXPECT_THAT(rules.Evaluate(choice),
              ElementsAre("int 1", "string 'many'", "string 'one'",
                          HasSubstr("error: "), HasSubstr("error: "),
                          HasSubstr("error: ")));
  EXPECT_EQ(rules.Test(condition), "TTTEEE");
}

TEST(FrameTest, EvaluatesConditionsAsValues) {
  RulesFixture rules;
  const RuleId both = rules.Expression("data.a > 1 && data.b");
  const RuleId as_condition = rules.Condition("data.b");
  rules.Begin({R"({"a":2,"b":true})", R"({"a":1})", R"({"a":2,"b":0})"});
  EXPECT_THAT(rules.Evaluate(both),
              ElementsAre("true", "false", HasSubstr("error: ")));
  EXPECT_EQ(rules.Test(both), "TFE");
  EXPECT_EQ(rules.Test(as_condition), "TEE");
}

TEST(FrameTest, EvaluatesWhatHasNoVectorisedForm) {
  RulesFixture rules;
  const RuleId list = rules.Expression("data.l.map(x, x * 2)");
  const RuleId object = rules.Expression("{'a': data.l, 'b': 1.0}");
  const RuleId when = rules.Expression("timestamp('2026-01-02T03:04:05Z')");
  const RuleId number = rules.Expression("uint(7)");
  rules.Begin({R"({"l":[1,2]})"});
  EXPECT_THAT(rules.Evaluate(list), ElementsAre("json [2,4]"));
  EXPECT_THAT(rules.Evaluate(object),
              ElementsAre(R"(json {"a":[1,2],"b":1.0})"));
  EXPECT_THAT(rules.Evaluate(when),
              ElementsAre("other \"2026-01-02T03:04:05Z\""));
  EXPECT_THAT(rules.Evaluate(number), ElementsAre("uint 7"));
}

// Attributes of every kind of column: id a sequence, source a constant,
// subject a value or none a row, time of which one is wrong, and an extension.
EventBatchPtr BatchWithAttributes() {
  EventBatch::Columns columns = PayloadColumns({"{}", "{}", "{}"});
  const auto set = [&](Attribute attribute, StringColumn column) {
    columns.attributes[static_cast<size_t>(attribute)] = std::move(column);
  };
  const auto rows = [](std::string text, std::vector<ByteRange> ranges) {
    return StringColumn::Ranges(SharedBytes::FromString(std::move(text)),
                                std::move(ranges));
  };
  set(Attribute::kId, StringColumn::Sequence("e-", 9));
  set(Attribute::kSource, StringColumn::Constant("/door"));
  set(Attribute::kSubject,
      rows("ab", {{0, 1}, StringColumn::kNullRange, {1, 2}}));
  set(Attribute::kTime, rows("2026-01-01T00:00:00Z2027-01-01T00:00:00Zxx",
                             {{0, 20}, {20, 40}, {40, 42}}));
  columns.extensions.push_back(
      {"region", rows("eu", {{0, 2}, {0, 1}, StringColumn::kNullRange})});
  return std::make_shared<const EventBatch>(std::move(columns));
}

TEST(FrameTest, ReadsAttributesOfEveryKindOfColumn) {
  RulesFixture rules;
  const RuleId id = rules.Expression("id + '!'");
  const RuleId source = rules.Condition("source == '/door'");
  const RuleId subject = rules.Condition("subject == 'a'");
  const RuleId schema = rules.Condition("dataschema == ''");
  rules.Begin(BatchWithAttributes());
  EXPECT_THAT(rules.Evaluate(id),
              ElementsAre("string 'e-9!'", "string 'e-10!'", "string 'e-11!'"));
  EXPECT_EQ(rules.Test(source), "TTT");
  EXPECT_EQ(rules.Test(subject), "TEF");
  EXPECT_EQ(rules.Test(schema), "EEE");
}

TEST(FrameTest, ReadsExtensions) {
  RulesFixture rules;
  const RuleId region = rules.Condition("ext.region == 'eu'");
  const RuleId has = rules.Condition("has(ext.region)");
  const RuleId has_none = rules.Condition("has(ext.other)");
  const RuleId other = rules.Condition("ext['other'] == 'eu'");
  const RuleId count = rules.Expression("size(ext)");
  rules.Begin(BatchWithAttributes());
  EXPECT_EQ(rules.Test(region), "TFE");
  EXPECT_EQ(rules.Test(has), "TTF");
  EXPECT_EQ(rules.Test(has_none), "FFF");
  EXPECT_EQ(rules.Test(other), "EEE");
  EXPECT_THAT(rules.Evaluate(count), ElementsAre("int 1", "int 1", "int 0"));
}

TEST(FrameTest, ReadsTimesAsTimestamps) {
  RulesFixture rules;
  const RuleId year = rules.Expression("time.getFullYear()");
  const RuleId early =
      rules.Condition("time < timestamp('2026-06-01T00:00:00Z')");
  rules.Begin(BatchWithAttributes());
  EXPECT_THAT(rules.Evaluate(year),
              ElementsAre("int 2026", "int 2027", HasSubstr("'xx'")));
  EXPECT_EQ(rules.Test(early), "TFE");
}

TEST(FrameTest, AppliesEditsBySplicing) {
  RulesFixture rules;
  const EditId edits =
      rules.Edits({rules.Rename("data.client", "data.client_ip"),
                   rules.Set("data.stage", "'prod'"), rules.Remove("data.x"),
                   rules.Set("data.n", "data.n * 2")});
  rules.Begin({R"({"client":"1.2.3.4", "x":[1,{}], "n":1})",
               R"({ "n" : 2.5 , "k":"\u00e4" })"});
  EXPECT_THAT(rules.Apply(edits),
              ElementsAre(R"({"client_ip":"1.2.3.4",  "n":2,"stage":"prod"})",
                          R"({ "n" : 5.0 , "k":"\u00e4" ,"stage":"prod"})"));
}

TEST(FrameTest, ComputesAllValuesFromThePayloadBeforeTheEdits) {
  RulesFixture rules;
  const EditId swap = rules.Edits(
      {rules.Set("data.a", "data.b"), rules.Set("data.b", "data.a")});
  rules.Begin({R"({"a":1,"b":"x"})"});
  EXPECT_THAT(rules.Apply(swap), ElementsAre(R"({"a":"x","b":1})"));
}

TEST(FrameTest, LetsLaterRulesSeeTheNewPayloads) {
  RulesFixture rules;
  const RuleId before = rules.Condition("data.a.b == 1 && has(data.gone)");
  const EditId edits = rules.Edits({rules.Set("data.a.b", "data.n + 1.0"),
                                    rules.Rename("data.old", "data.new"),
                                    rules.Remove("data.gone")});
  const RuleId set = rules.Expression("data.a.b");
  const RuleId above = rules.Expression("data.a");
  const RuleId renamed = rules.Expression("data.new");
  const RuleId below = rules.Expression("data.new.x");
  const RuleId old = rules.Condition("has(data.old)");
  const RuleId gone = rules.Condition("has(data.gone)");
  rules.Begin({R"({"a":{"b":1},"n":1,"old":{"x":5},"gone":0})",
               R"({"a":{"b":1},"n":1,"new":{"x":6},"gone":0})"});
  EXPECT_EQ(rules.Test(before), "TT");
  EXPECT_THAT(rules.Apply(edits),
              ElementsAre(R"({"a":{"b":2.0},"n":1,"new":{"x":5}})",
                          R"({"a":{"b":2.0},"n":1,"new":{"x":6}})"));
  EXPECT_THAT(rules.Evaluate(set), ElementsAre("double 2", "double 2"));
  EXPECT_THAT(rules.Evaluate(renamed),
              ElementsAre(R"(json {"x":5})", R"(json {"x":6})"));
  EXPECT_EQ(rules.Test(old), "FF");
  EXPECT_EQ(rules.Test(gone), "FF");
  EXPECT_THAT(rules.Evaluate(above),
              ElementsAre(R"(json {"b":2.0})", R"(json {"b":2.0})"));
  EXPECT_THAT(rules.Evaluate(below), ElementsAre("int 5", "int 6"));
}

TEST(FrameTest, ReadsWhatLiesBelowAValueThatWasSet) {
  RulesFixture rules;
  const RuleId below = rules.Expression("data.a.b");
  const EditId edits = rules.Edits({rules.Set("data.a", "data.c")});
  rules.Begin({R"({"a":{"b":1},"c":{"b":2}})"});
  EXPECT_THAT(rules.Evaluate(below), ElementsAre("int 1"));
  rules.Apply(edits);
  EXPECT_THAT(rules.Evaluate(below), ElementsAre("int 2"));
}

TEST(FrameTest, ReadsBackWhatJsonHasNoTypeFor) {
  RulesFixture rules;
  const EditId edits = rules.Edits({rules.Set("data.u", "uint(7)"),
                                    rules.Set("data.t", "duration('90s')"),
                                    rules.Set("data.b", "b'abc'")});
  const RuleId u = rules.Expression("data.u");
  const RuleId t = rules.Expression("data.t");
  const RuleId b = rules.Expression("data.b");
  rules.Begin({"{}"});
  EXPECT_THAT(rules.Apply(edits),
              ElementsAre(R"({"u":7,"t":"90s","b":"YWJj"})"));
  EXPECT_THAT(rules.Evaluate(u), ElementsAre("int 7"));
  EXPECT_THAT(rules.Evaluate(t), ElementsAre("string '90s'"));
  EXPECT_THAT(rules.Evaluate(b), ElementsAre("string 'YWJj'"));
}

TEST(FrameTest, AppliesOneEditAfterTheOther) {
  RulesFixture rules;
  const EditId first = rules.Edits(
      {rules.Set("data.a", "data.a + 1"), rules.Rename("data.b", "data.c")});
  const EditId second = rules.Edits(
      {rules.Set("data.d", "data.a + data.c"), rules.Remove("data.c")});
  const RuleId sum = rules.Expression("data.d");
  rules.Begin({R"({"a":1,"b":10})", R"({"b":20,"a":2})"});
  rules.Apply(first);
  EXPECT_THAT(rules.Apply(second),
              ElementsAre(R"({"a":2,"d":12})", R"({"a":3,"d":23})"));
  EXPECT_THAT(rules.Evaluate(sum), ElementsAre("int 12", "int 23"));
}

TEST(FrameTest, KeepsThePayloadsOfRowsThatErr) {
  RulesFixture rules;
  const EditId edits = rules.Edits({rules.Set("data.n", "data.n * 2"),
                                    rules.Set("data.deep.x", "data.n / 0.0"),
                                    rules.Remove("data.gone")});
  rules.Begin({R"({"n":0.0})", R"({"n":"x"})", "not JSON", R"([1])"});
  const auto payloads = rules.Apply(edits);
  EXPECT_THAT(payloads[0], testing::StartsWith(R"({"n":0.0} !)"));
  EXPECT_THAT(payloads[1], testing::StartsWith(R"({"n":"x"} !)"));
  EXPECT_THAT(payloads[2], testing::StartsWith("not JSON !"));
  EXPECT_THAT(payloads[3], testing::StartsWith("[1] !"));
}

TEST(FrameTest, KeepsThePayloadsThatCannotBeSpliced) {
  RulesFixture rules;
  const EditId edits = rules.Edits({rules.Set("data.a.b", "1")});
  const RuleId a = rules.Condition("has(data.a.b) && data.a.b == 1");
  rules.Begin({R"({"a":7})", R"({"a":{"b":0}})", R"({"a":{},"a":{}})"});
  const auto payloads = rules.Apply(edits);
  EXPECT_EQ(payloads[0], R"({"a":7} !'a' is not an object)");
  EXPECT_EQ(payloads[1], R"({"a":{"b":1}})");
  EXPECT_EQ(payloads[2], R"({"a":{},"a":{}} !'a' stands there twice)");
  EXPECT_EQ(rules.Test(a), "ETE");
}

TEST(FrameTest, ReadsRowsThatErredWhenTheyGoOn) {
  RulesFixture rules;
  // Has no vectorised form, so that its rows have not been read when it errs.
  const EditId edits =
      rules.Edits({rules.Set("data.n", "data.l.map(x, x)[5]")});
  const RuleId k = rules.Condition("data.k == 1");
  rules.Begin({R"({"l":[],"k":1})", R"({"l":[],"k":2})"});
  rules.Apply(edits);
  EXPECT_EQ(rules.Test(k), "TF");
}

TEST(FrameTest, EditsTheSelectedRowsOnly) {
  RulesFixture rules;
  const EditId edits = rules.Edits({rules.Set("data.a", "2")});
  rules.Begin({R"({"a":1})", "not JSON", R"({"a":1})"});
  rules.rows() = {0, 2};
  EXPECT_THAT(rules.Apply(edits), ElementsAre(R"({"a":2})", R"({"a":2})"));
  EXPECT_THAT(rules.frame().batch()->payload(1),
              testing::AnyOf("", "not JSON"));
  EXPECT_EQ(rules.frame().batch()->size(), 3u);
}

TEST(FrameTest, LeavesTheOldBatchAsItWas) {
  RulesFixture rules;
  const EditId edits = rules.Edits({rules.Remove("data.a")});
  const EventBatchPtr batch = PayloadBatch({R"({"a":1})"});
  rules.Begin(batch);
  EXPECT_THAT(rules.Apply(edits), ElementsAre("{}"));
  EXPECT_EQ(batch->payload(0), R"({"a":1})");
  EXPECT_NE(rules.frame().batch(), batch);
}

TEST(FrameTest, KnowsNothingOfABatchThatWasReplaced) {
  RulesFixture rules;
  const RuleId a = rules.Condition("data.a == 1 && source == 's'");
  EventBatch::Columns columns = PayloadColumns({R"({"a":1})", R"({"a":2})"});
  columns.attributes[static_cast<size_t>(Attribute::kSource)] =
      StringColumn::Constant("s");
  rules.Begin(std::make_shared<const EventBatch>(columns));
  EXPECT_EQ(rules.Test(a), "TF");
  columns.payload = PayloadColumns({R"({"a":2})", R"({"a":1})"}).payload;
  rules.frame().Replace(std::make_shared<const EventBatch>(columns));
  EXPECT_EQ(rules.Test(a), "FT");
}

TEST(FrameTest, RunsBatchAfterBatch) {
  RulesFixture rules;
  const RuleId keep = rules.Condition("data.s == 'a\\n'");
  const EditId edits = rules.Edits({rules.Set("data.s", "data.s + 'b'")});
  for (int i = 0; i < 3; ++i) {
    rules.Begin({R"({"s":"a\n"})", R"({"x":0,"s":"a"})"});
    EXPECT_EQ(rules.Test(keep), "TF");
    EXPECT_THAT(rules.Apply(edits),
                ElementsAre(R"({"s":"a\nb"})", R"({"x":0,"s":"ab"})"));
  }
  rules.Begin(std::vector<std::string>{});
  EXPECT_EQ(rules.Test(keep), "");
  EXPECT_THAT(rules.Apply(edits), ElementsAre());
}

}  // namespace
}  // namespace phoenix
