#include "libs/cel/parser.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace phoenix::cel {
namespace {

// The canonical form, or the issues.
std::string Parsed(std::string_view text, const ParseOptions& options = {}) {
  absl::StatusOr<Ast> ast = Parse(text, options);
  return ast.ok() ? DebugString(*ast) : std::string(ast.status().message());
}

struct Case {
  std::string text;
  std::string parsed;
};

std::string Repeat(std::string_view text, int count) {
  std::string repeated;
  for (int i = 0; i < count; ++i) repeated += text;
  return repeated;
}

TEST(ParserTest, KnowsThePrecedenceOfOperators) {
  const Case kCases[] = {
      {"1 + 2 * 3", "(1 + (2 * 3))"},
      {"(1 + 2) * 3", "((1 + 2) * 3)"},
      {"1 - 2 - 3", "((1 - 2) - 3)"},
      {"a < b == c", "((a < b) == c)"},
      {"a + b in c", "((a + b) in c)"},
      {"a || b && c", "(a || (b && c))"},
      {"a ? b : c ? d : e", "(a ? b : (c ? d : e))"},
      {"!a.b", "!(a.b)"},
      {"!!a", "!(!(a))"},
      {"-a * b", "(-(a) * b)"},
      {"a[0].b(c)[d]", "a[0].b(c)[d]"},
      {".a.b", ".a.b"},
  };
  for (const Case& test : kCases) {
    EXPECT_EQ(Parsed(test.text), test.parsed) << test.text;
  }
}

TEST(ParserTest, KeepsALogicalChainInOneNode) {
  EXPECT_EQ(Parsed("a && b && c || d || e"), "((a && b && c) || d || e)");
  absl::StatusOr<Ast> ast = Parse("a && b && c && d");
  ASSERT_TRUE(ast.ok());
  EXPECT_EQ(ast->children(ast->root()).size(), 4u);
}

TEST(ParserTest, ReadsEveryFormOfALiteral) {
  const Case kCases[] = {
      {"-9223372036854775808", "-9223372036854775808"},
      {"0xFF", "255"},
      {"-0x10", "-16"},
      {"18446744073709551615u", "18446744073709551615u"},
      {"0x1FU", "31u"},
      {".5e1", "5.0"},
      {"- 2.5", "-2.5"},
      {"1e-400", "0.0"},
      {"'a\"b'", "\"a\\\"b\""},
      {R"("\x41\u00e9\U0001F600\101\n")", "\"A\u00e9\U0001F600A\\n\""},
      {R"(r"\n")", R"("\\n")"},
      {"'''a'b\nc'''", "\"a'b\\nc\""},
      {R"(b"\xff\377a")", R"(b"\xff\xffa")"},
      {R"(b'é')", R"(b"\xc3\xa9")"},
      {R"(bR"\n")", R"(b"\\n")"},
      {"\"\\a\\b\\f\\v\\`\\?\"", R"("\x07\x08\x0c\x0b`?")"},
      {"[1, 2,]", "[1, 2]"},
      {"{'a': 1, 2: true,}", "{\"a\": 1, 2: true}"},
      {"a.b.C{x: 1, `y-z`: 2}", "a.b.C{\"x\": 1, \"y-z\": 2}"},
      {"a.`b.c`", "a.b.c"},
      {"a // b\n + c", "(a + c)"},
  };
  for (const Case& test : kCases) {
    EXPECT_EQ(Parsed(test.text), test.parsed) << test.text;
  }
}

TEST(ParserTest, ExpandsMacros) {
  const Case kCases[] = {
      {"has(a.b)", "has(a.b)"},
      {"a.all(x, x > 1)", "a.all(x, (x > 1))"},
      {"a.exists(x, x)", "a.exists(x, x)"},
      {"a.exists_one(x, x)", "a.exists_one(x, x)"},
      {"a.map(x, x + 1)", "a.map(x, (x + 1))"},
      {"a.map(x, x > 1, x)", "a.map(x, (x > 1), x)"},
      {"a.filter(x, x)", "a.filter(x, x)"},
      {"a.all(i, x, x)", "a.all(i, x, x)"},
      {"a.transformList(i, x, x)", "a.map(i, x, x)"},
  };
  for (const Case& test : kCases) {
    absl::StatusOr<Ast> ast = Parse(test.text);
    ASSERT_TRUE(ast.ok()) << ast.status();
    EXPECT_EQ(DebugString(*ast), test.parsed);
    EXPECT_NE(ast->node(ast->root()).kind, NodeKind::kCall) << test.text;
  }
}

TEST(ParserTest, LeavesMacrosAloneWhenAsked) {
  ParseOptions options;
  options.expand_macros = false;
  absl::StatusOr<Ast> ast = Parse("a.all(x, x)", options);
  ASSERT_TRUE(ast.ok());
  EXPECT_EQ(ast->node(ast->root()).kind, NodeKind::kCall);
}

TEST(ParserTest, AllowsReservedWordsAsFieldsOnly) {
  EXPECT_EQ(Parsed("a.for"), "a.for");
  EXPECT_EQ(Parsed("a.while()"), "a.while()");
  EXPECT_EQ(Parsed("for + 1"),
            "1:1: unexpected reserved word 'for', expected an expression");
}

TEST(ParserTest, SaysWhatWasFoundAndWhatWasExpected) {
  const Case kCases[] = {
      {"", "1:1: unexpected end of expression, expected an expression"},
      {"a +", "1:4: unexpected end of expression, expected an expression"},
      {"a b", "1:3: unexpected 'b', expected an operator or the end"},
      {"(a", "1:3: unexpected end of expression, expected ')'"},
      {"a[1", "1:4: unexpected end of expression, expected ']'"},
      {"a ? b", "1:6: unexpected end of expression, expected ':'"},
      {"f(a", "1:4: unexpected end of expression, expected ',' or ')'"},
      {"{a}", "1:3: unexpected '}', expected ':'"},
      {"M{1: 2}", "1:3: unexpected '1', expected a field name"},
      {"a.1", "1:2: unexpected '.1', expected an operator or the end"},
      {"a.",
       "1:3: unexpected end of expression, expected a field or "
       "function name"},
      {"a # b", "1:3: unexpected character '#'"},
      {"'abc", "1:1: unterminated string, expected a closing '"},
      {"'a\nb'",
       "1:1: unterminated string, expected a closing '\n"
       "2:1: unterminated string, expected a closing '"},
      {"9223372036854775808", "1:1: int literal does not fit 64 bits"},
      {"18446744073709551616u", "1:1: uint literal does not fit 64 bits"},
      {"1e400", "1:1: double literal does not fit 64 bits"},
      {"1 + '\\xg0'", "1:6: invalid escape, expected 2 hexadecimal digits"},
      {"'\\ud800'", "1:2: invalid code point in escape"},
      {"b'\\u0041'", "1:3: \\u is not allowed in bytes"},
      {"'\\8'",
       "1:2: invalid escape, expected one of \\a \\b \\f \\n \\r \\t "
       "\\v \\\\ \\? \\\" \\' \\` \\xHH \\uHHHH \\UHHHHHHHH or three "
       "octal digits"},
      {"a.?b", "1:3: optional field selection '.?' is not supported"},
      {"a[?b]", "1:3: optional indexing '[?' is not supported"},
      {"[?a]", "1:2: optional elements '?' are not supported"},
      {"{?a: b}", "1:2: optional entries '?' are not supported"},
      {"has(a)",
       "1:5: invalid argument of has(), expected a field selection "
       "such as has(a.b)"},
      {"a.all(b.c, d)",
       "1:9: invalid variable of all(), expected a simple name"},
      {"a.all(x, x, y)",
       "1:10: both variables of all() have the name 'x', expected two names"},
      {"a.`b$c`",
       "1:3: invalid name in backticks, expected letters, digits "
       "and _ . - / or space up to a closing backtick"},
  };
  for (const Case& test : kCases) {
    EXPECT_EQ(Parsed(test.text), test.parsed) << test.text;
  }
}

TEST(ParserTest, ReportsSeveralMistakesInTheOrderOfTheText) {
  EXPECT_EQ(Parsed("f(1 +, [2 *], {3: }) + 'x"),
            "1:6: unexpected ',', expected an expression\n"
            "1:12: unexpected ']', expected an expression\n"
            "1:19: unexpected '}', expected an expression\n"
            "1:24: unterminated string, expected a closing '");
}

TEST(ParserTest, CountsLinesAndColumnsInCodePoints) {
  std::vector<Issue> issues;
  EXPECT_FALSE(Parse("'\u00e9\u00e9' +\n  '\u00e9' %% 2", {}, &issues));
  ASSERT_EQ(issues.size(), 1u);
  EXPECT_EQ(issues[0].position.line, 2u);
  EXPECT_EQ(issues[0].position.column, 8u);
  EXPECT_EQ(issues[0].position.offset, 17u);
}

TEST(ParserTest, GivesEveryNodeItsTextAndAPlaceToPointAt) {
  absl::StatusOr<Ast> ast = Parse("data.temp  * 2 > f(x)");
  ASSERT_TRUE(ast.ok());
  const NodeId product = ast->child(ast->root(), 0);
  EXPECT_EQ(ast->TextOf(ast->root()), "data.temp  * 2 > f(x)");
  EXPECT_EQ(ast->TextOf(product), "data.temp  * 2");
  EXPECT_EQ(ast->PositionOf(product).column, 12u);
  EXPECT_EQ(ast->TextOf(ast->child(product, 0)), "data.temp");
  EXPECT_EQ(ast->PositionOf(ast->child(product, 0)).column, 6u);
  EXPECT_EQ(ast->TextOf(ast->child(ast->root(), 1)), "f(x)");
}

TEST(ParserTest, SpellsPaths) {
  absl::StatusOr<Ast> ast = Parse("data.a[\"b c\"].d");
  ASSERT_TRUE(ast.ok());
  std::optional<SelectPath> path = PathOf(*ast, ast->root());
  ASSERT_TRUE(path.has_value());
  EXPECT_EQ(ast->node(path->root).name, "data");
  EXPECT_EQ(path->fields, (std::vector<std::string_view>{"a", "b c", "d"}));
  absl::StatusOr<Ast> call = Parse("f(data).a");
  ASSERT_TRUE(call.ok());
  EXPECT_FALSE(PathOf(*call, call->root()).has_value());
}

TEST(ParserTest, BoundsTheNestingOfParentheses) {
  const auto nested = [](int depth) {
    return Repeat("(", depth) + "1" + Repeat(")", depth);
  };
  EXPECT_EQ(Parsed(nested(kMaxExpressionDepth - 1)), "1");
  EXPECT_EQ(Parsed(nested(kMaxExpressionDepth)),
            "1:251: expression nests too deeply, at most 250 levels are "
            "allowed");
}

TEST(ParserTest, BoundsTheHeightOfChains) {
  const std::string kTooDeep =
      "expression nests too deeply, at most 250 levels are allowed";
  const std::string kChains[] = {
      "1" + Repeat(" + 1", kMaxExpressionDepth),
      "a" + Repeat(".b", kMaxExpressionDepth),
      "a" + Repeat("[0]", kMaxExpressionDepth),
      "a" + Repeat(".map(x, x)", kMaxExpressionDepth),
      Repeat("!", kMaxExpressionDepth) + "a",
      Repeat("-", 60000) + "a",
  };
  for (const std::string& chain : kChains) {
    EXPECT_NE(Parsed(chain).find(kTooDeep), std::string::npos)
        << chain.substr(0, 20);
  }
  EXPECT_TRUE(Parse("a" + Repeat(".b", kMaxExpressionDepth - 1)).ok());
}

TEST(ParserTest, TakesLongLogicalChains) {
  EXPECT_TRUE(Parse("a" + Repeat(" || a", 5000)).ok());
}

TEST(ParserTest, BoundsTheSource) {
  EXPECT_TRUE(Parse(std::string(kMaxSourceBytes - 1, ' ') + "1").ok());
  EXPECT_EQ(Parsed(std::string(kMaxSourceBytes, ' ') + "1"),
            "1:1: expression has 65537 bytes, at most 65536 are allowed");
}

TEST(ParserTest, BoundsTheNumberOfIssues) {
  std::vector<Issue> issues;
  EXPECT_FALSE(Parse("[" + Repeat("1 +, ", 1000) + "]", {}, &issues));
  EXPECT_EQ(issues.size(), kMaxIssues);
}

TEST(ParserTest, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(Parsed("'\xff'"), "1:1: expression is not valid UTF-8");
}

}  // namespace
}  // namespace phoenix::cel
