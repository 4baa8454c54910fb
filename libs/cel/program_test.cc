#include "libs/cel/program.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "libs/cel/containers.h"
#include "libs/cel/test_evaluator.h"

namespace phoenix::cel {
namespace {

struct Case {
  std::string text;
  std::string result;
};

void Expect(TestEvaluator& evaluator, std::initializer_list<Case> cases) {
  for (const Case& test : cases) {
    EXPECT_EQ(evaluator.Evaluate(test.text), test.result) << test.text;
  }
}

TEST(ProgramTest, AbsorbsErrorsInLogicalOperators) {
  TestEvaluator evaluator;
  const std::string kError = "error(DIVIDE_BY_ZERO: division by zero)";
  Expect(evaluator, {
                        {"1/0 > 0 || true", "true"},
                        {"true || 1/0 > 0", "true"},
                        {"1/0 > 0 || false", kError},
                        {"false && 1/0 > 0", "false"},
                        {"1/0 > 0 && false", "false"},
                        {"1/0 > 0 && true", kError},
                        {"true && 1/0 > 0 && false", "false"},
                        {"1/0 > 0 ? 1 : 2", kError},
                        {"true ? 1 : 1/0", "1"},
                        {"false ? 1/0 : 2", "2"},
                        {"[1/0]", kError},
                        {"{1/0: 2}", kError},
                        {"{2: 1/0}", kError},
                    });
}

TEST(ProgramTest, EvaluatesMacros) {
  TestEvaluator evaluator;
  const std::string kError = "error(DIVIDE_BY_ZERO: division by zero)";
  Expect(
      evaluator,
      {
          {"[1, 2].all(x, x > 0)", "true"},
          {"[1, 0].all(x, 1/x > 0)", kError},
          {"[1, 0, 9].all(x, 1/x > 0)", "false"},
          {"[0, 1].exists(x, 1/x > 0)", "true"},
          {"[0, 9].exists(x, 1/x > 0)", kError},
          {"[].exists(x, true)", "false"},
          {"[1, 2, 3].exists_one(x, x > 2)", "true"},
          {"[0, 1].exists_one(x, 1/x > 0)", kError},
          {"[1, 2, 3].filter(x, x > 1)", "[2, 3]"},
          {"[1, 2, 3].map(x, x * x)", "[1, 4, 9]"},
          {"[1, 2, 3].map(x, x > 1, x * x)", "[4, 9]"},
          {"{'a': 1, 'b': 2}.map(k, k)", "[\"a\", \"b\"]"},
          {"[5, 6].exists(i, v, i == 1 && v == 6)", "true"},
          {"{'a': 1}.all(k, v, k == 'a' && v == 1)", "true"},
          {"[5, 6].transformList(i, v, i + v)", "[5, 7]"},
          {"{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 10)", "{\"b\": 20}"},
          {"{'a': 'b'}.transformMapEntry(k, v, {v: k})", "{\"b\": \"a\"}"},
          {"['a', 'a'].transformMapEntry(i, v, {v: i})",
           "error(DUPLICATE_KEY: map has the key \"a\" twice)"},
          {"[[1, 2], [3]].map(x, x.map(y, y + size(x)))", "[[3, 4], [4]]"},
          {"[1].map(x, [2].map(x, x))", "[[2]]"},
      });
}

TEST(ProgramTest, ReadsMapsAndTheirFields) {
  TestEvaluator evaluator;
  HashedMap inner;
  inner.Insert(Value::String("t"), Value::Int(20));
  HashedMap data;
  data.Insert(Value::String("a"), Value::Map(inner));
  data.Insert(Value::String("n"), Value::Null());
  evaluator.Bind("data", Type(), Value::Map(data));
  Expect(evaluator,
         {
             {"data.a.t", "20"},
             {"data['a']['t']", "20"},
             {"has(data.a.t)", "true"},
             {"has(data.a.u)", "false"},
             {"has(data.n)", "true"},
             {"data.b", "error(NO_SUCH_KEY: no such key 'b')"},
             {"has(data.b.c)", "error(NO_SUCH_KEY: no such key 'b')"},
             {"data.a.t.x",
              "error(NO_SUCH_OVERLOAD: type 'int' has no field 'x')"},
             {"'a' in data", "true"},
             {"data.n == null", "true"},
             {"{1: 'x'}[1u]",
              "1:9: no overload of '[]' takes (map(int, "
              "string), uint), candidates: (list(A), int), "
              "(map(A, B), A)"},
             {"{1: 'x'}[dyn(1u)]", "\"x\""},
             {"{1: 'x'}[dyn(1.0)]", "\"x\""},
             {"{1: 2, 1: 3}", "error(DUPLICATE_KEY: map has the key 1 twice)"},
             {"{1.5: 2}",
              "error(INVALID_ARGUMENT: map key is of type "
              "'double', expected bool, int, uint or string)"},
         });
}

TEST(ProgramTest, PromotesDynArithmeticWhenAsked) {
  TestEvaluator evaluator;
  HashedMap data;
  data.Insert(Value::String("t"), Value::Int(20));
  data.Insert(Value::String("r"), Value::Double(0.5));
  data.Insert(Value::String("s"), Value::String("x"));
  evaluator.Bind("data", Type(), Value::Map(data));
  Expect(evaluator, {{"data.t * 1.8",
                      "error(NO_SUCH_OVERLOAD: no overload of '*' takes "
                      "(int, double))"}});
  evaluator.check_options.promote_dyn_arithmetic = true;
  evaluator.program_options.promote_dyn_arithmetic = true;
  Expect(evaluator,
         {
             {"data.t * 1.8 + 32.0", "68.0"},
             {"data.r * 2", "1.0"},
             {"data.t * 2", "40"},
             {"data.t + data.r", "20.5"},
             {"data.t / 8", "2"},
             {"data.s + 1",
              "error(NO_SUCH_OVERLOAD: no overload of '+' takes (string, "
              "int))"},
             {"data.t * 2 > 39.5", "true"},
         });
}

TEST(ProgramTest, SaysWhereAnErrorArose) {
  TestEvaluator evaluator;
  evaluator.Declare("x", Type());
  EXPECT_EQ(evaluator.ErrorPosition("1 + \n  2 / 0"), "2:5 DIVIDE_BY_ZERO");
  EXPECT_EQ(evaluator.ErrorPosition("true && x"), "1:9 UNKNOWN_VARIABLE");
  EXPECT_EQ(evaluator.ErrorPosition("{'a': 1}.b + 1"), "1:10 NO_SUCH_KEY");
  EXPECT_EQ(evaluator.ErrorPosition("true && dyn('a')"),
            "1:9 NO_SUCH_OVERLOAD");
  EXPECT_EQ(evaluator.ErrorPosition("[1].map(i, i + [2][i])"),
            "1:19 INDEX_OUT_OF_RANGE");
}

TEST(ProgramTest, RefusesAConstantPatternThatCantWork) {
  TestEvaluator evaluator;
  EXPECT_EQ(evaluator.Evaluate("'a'.matches('(')"),
            "1:5: invalid pattern '(': missing ): (");
  EXPECT_EQ(evaluator.Evaluate("'a'.matches('(' + '')"),
            "error(INVALID_ARGUMENT: invalid pattern '(': missing ): ()");
}

TEST(ProgramTest, BoundsTheSteps) {
  TestEvaluator evaluator;
  evaluator.program_options.limits.max_steps = 100;
  EXPECT_EQ(evaluator.Evaluate("[1, 2, 3].all(x, x > 0)"), "true");
  const std::string kStopped =
      "error(BUDGET_EXCEEDED: evaluation takes more than 100 steps)";
  const std::string tens = "[1,2,3,4,5,6,7,8,9,10]";
  Expect(
      evaluator,
      {{tens + ".all(x, " + tens + ".all(y, x + y > 0))", kStopped},
       {"true || " + tens + ".all(x, " + tens + ".all(y, x + y > 0))", "true"},
       {tens + ".all(x, " + tens + ".all(y, x + y > 0)) || true", kStopped}});
}

TEST(ProgramTest, BoundsTheBytes) {
  TestEvaluator evaluator;
  evaluator.program_options.limits.max_bytes = 10'000;
  const std::string text(4000, 'x');
  evaluator.Bind("s", TypeKind::kString, Value::String(text));
  EXPECT_EQ(evaluator.Evaluate("size(s + s)"), "8000");
  EXPECT_EQ(evaluator.Evaluate("size(s + s + s)"),
            "error(BUDGET_EXCEEDED: evaluation needs more than 10000 bytes)");
  EXPECT_EQ(evaluator.Evaluate("[1,2,3].map(x, s + s).size() > 0 || true"),
            "error(BUDGET_EXCEEDED: evaluation needs more than 10000 bytes)");
}

TEST(ProgramTest, CountsOnlyItsOwnBytes) {
  TestEvaluator evaluator;
  evaluator.program_options.limits.max_bytes = 10'000;
  evaluator.arena().Allocate(1'000'000);
  EXPECT_EQ(evaluator.Evaluate("'a' + 'b'"), "\"ab\"");
}

TEST(ProgramTest, EvaluatesOneNodeAlone) {
  Environment environment;
  ASSERT_TRUE(environment.AddVariable("a", TypeKind::kInt).ok());
  auto checked = Check(*Parse("a * 2 > 10"), environment);
  ASSERT_TRUE(checked.ok());
  auto program = Program::Create(*checked);
  ASSERT_TRUE(program.ok());
  ValueActivation activation;
  activation.Set(*environment.FindVariable("a"), Value::Int(21));
  Arena arena;
  const Ast& ast = (*checked)->ast();
  Value product =
      (*program)->EvaluateNode(ast.child(ast.root(), 0), activation, arena);
  EXPECT_EQ(product.int_value(), 42);
}

// Counts how often it is asked.
class CountingActivation : public Activation {
 public:
  std::optional<Value> Find(const Variable&, Arena&) const override {
    ++asked;
    return Value::Bool(true);
  }
  mutable int asked = 0;
};

TEST(ProgramTest, AsksForVariablesOnlyWhenItNeedsThem) {
  Environment environment;
  ASSERT_TRUE(environment.AddVariable("a", TypeKind::kBool).ok());
  auto checked = Check(*Parse("true || a"), environment);
  auto program = Program::Create(*checked);
  CountingActivation activation;
  Arena arena;
  EXPECT_TRUE((*program)->Evaluate(activation, arena).bool_value());
  EXPECT_EQ(activation.asked, 0);
}

// A list that fails to read its second element, as malformed JSON would.
class BrokenList : public ListValue {
 public:
  size_t size() const override { return 2; }
  Value At(size_t index, Arena& arena) const override {
    if (index == 0) return Value::Int(7);
    return Value::Error(arena, ErrorCode::kInvalidData, "bad element");
  }
};

TEST(ProgramTest, CarriesErrorsOfLazyValues) {
  TestEvaluator evaluator;
  BrokenList list;
  evaluator.Bind("l", Type(), Value::List(list));
  const std::string kError = "error(INVALID_DATA: bad element)";
  Expect(evaluator, {{"l[0]", "7"},
                     {"l[1]", kError},
                     {"7 in l", "true"},
                     {"8 in l", kError},
                     {"l == [7, 8]", kError},
                     {"l == [8, 8]", "false"},
                     {"l.exists(x, x == 7)", "true"},
                     {"l.map(x, x)", kError},
                     {"l.size()", "2"}});
}

}  // namespace
}  // namespace phoenix::cel
