#include "libs/cel/checker.h"

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "libs/cel/test_evaluator.h"

namespace phoenix::cel {
namespace {

struct Case {
  std::string text;
  std::string type;
};

class CheckerTest : public testing::Test {
 protected:
  CheckerTest() {
    evaluator_.Declare("data", Type());
    evaluator_.Declare("name", TypeKind::kString);
    evaluator_.Declare("count", TypeKind::kInt);
    evaluator_.Declare("items", Type::List(TypeKind::kInt));
    evaluator_.Declare("tags", Type::Map(TypeKind::kString, TypeKind::kUint));
    evaluator_.Declare("limit", Type::Wrapper(TypeKind::kInt));
    evaluator_.Declare("type", TypeKind::kString);
    evaluator_.Declare("request.auth", TypeKind::kBool);
  }

  void Expect(std::initializer_list<Case> cases) {
    for (const Case& test : cases) {
      EXPECT_EQ(evaluator_.TypeOf(test.text), test.type) << test.text;
    }
  }

  std::shared_ptr<const CheckedAst> Checked(std::string_view text) {
    absl::StatusOr<Ast> ast = Parse(text);
    EXPECT_TRUE(ast.ok()) << ast.status();
    auto checked = Check(*std::move(ast), evaluator_.environment(),
                         evaluator_.check_options);
    EXPECT_TRUE(checked.ok()) << checked.status();
    return *checked;
  }

  TestEvaluator evaluator_;
};

TEST_F(CheckerTest, FindsTypes) {
  Expect({
      {"1 + 2", "int"},
      {"1u", "uint"},
      {"[1, 2]", "list(int)"},
      {"[]", "list(dyn)"},
      {"[1, 'a']", "list(dyn)"},
      {"{'a': 1.0}", "map(string, double)"},
      {"[[], [1]]", "list(list(int))"},
      {"items[0]", "int"},
      {"tags.x", "uint"},
      {"tags['x']", "uint"},
      {"items.map(i, string(i))", "list(string)"},
      {"items.filter(i, i > 1)", "list(int)"},
      {"tags.filter(k, k != '')", "list(string)"},
      {"tags.exists(k, v, v > 1u)", "bool"},
      {"tags.transformMap(k, v, string(v))", "map(string, string)"},
      {"name.size()", "int"},
      {"true ? items : []", "list(int)"},
      {"type(1)", "type(int)"},
      {"int", "type(int)"},
      {"limit + 1", "int"},
      {"limit == null", "bool"},
      {"timestamp('2009-02-13T23:31:30Z') - duration('1h')", "timestamp"},
      {"has(tags.x)", "bool"},
      {"request.auth", "bool"},
  });
}

TEST_F(CheckerTest, LetsAVariableHideATypeOfItsName) {
  Expect({{"type", "string"},
          {"type + type(1) + ''",
           "1:6: no overload of "
           "'+' takes (string, type(int)), candidates: (int, int), (uint, "
           "uint), (double, double), (string, string), (bytes, bytes), "
           "(list(A), list(A)), (timestamp, duration), (duration, timestamp), "
           "..."}});
}

TEST_F(CheckerTest, TreatsJsonAsDyn) {
  Expect({
      {"data.a.b", "dyn"},
      {"data.a.b > 80.0", "bool"},
      {"data.t * 1.8", "double"},
      {"data.t * 2", "int"},
      {"data.a + data.b", "dyn"},
      {"data.items.map(x, x.name)", "list(dyn)"},
      {"data.name.startsWith('a')", "bool"},
      {"[data.a, 1]", "list(dyn)"},
  });
}

TEST_F(CheckerTest, TypesWhatPromotionGives) {
  evaluator_.check_options.promote_dyn_arithmetic = true;
  Expect({
      {"data.t * 2", "dyn"},
      {"data.t * 1.8", "double"},
      {"data.t * 2 + 1", "dyn"},
      {"count * 2", "int"},
      {"data.t % 2", "int"},
      {"data.s + 'x'", "string"},
  });
}

TEST_F(CheckerTest, NamesTheCandidates) {
  Expect({
      {"nme", "1:1: unknown name 'nme': did you mean 'name'?"},
      {"xyzzy", "1:1: unknown name 'xyzzy'"},
      {"name.contans('x')",
       "1:6: unknown function 'contans': did you mean 'contains'?"},
      {"name.contains(1)",
       "1:6: no overload of 'contains' takes string.(int), candidates: "
       "string.(string)"},
      {"contains(name, 'x')",
       "1:1: no overload of 'contains' takes (string, string), candidates: "
       "string.(string)"},
      {"count && true", "1:1: found type 'int', expected 'bool'"},
      {"count.x", "1:7: type 'int' has no fields, so no 'x'"},
      {"count.map(x, x)", "1:1: found type 'int', expected a list or a map"},
      {"items.all(i, i)", "1:14: found type 'int', expected 'bool'"},
      {"1 == 1u",
       "1:3: no overload of '==' takes (int, uint), candidates: (A, A)"},
      {"count ? 1 : 2",
       "1:7: no overload of '?:' takes (int, int, int), candidates: (bool, A, "
       "A)"},
      {"a.b.M{x: 1}", "1:1: unknown message type 'a.b.M'"},
  });
}

TEST_F(CheckerTest, ReportsEveryMistakeOnce) {
  Expect({{"nme + 1 > 2 && cunt < 3 ||\n  name.foo()",
           "1:1: unknown name 'nme': did you mean 'name'?\n"
           "1:16: unknown name 'cunt': did you mean 'count'?\n"
           "2:8: unknown function 'foo'"}});
}

TEST_F(CheckerTest, HoldsTheExpectedType) {
  evaluator_.check_options.expected_type = Type(TypeKind::kBool);
  Expect({
      {"count > 1", "bool"},
      {"data.flag", "dyn"},
      {"count", "1:1: expression is of type 'int', expected 'bool'"},
  });
}

TEST_F(CheckerTest, ResolvesNamesInTheContainer) {
  evaluator_.Declare("a.b.x", TypeKind::kInt);
  evaluator_.Declare("a.x", TypeKind::kString);
  evaluator_.Declare("x", TypeKind::kBool);
  evaluator_.environment().set_container("a.b");
  Expect({{"x", "int"},
          {".x", "bool"},
          {"b.x", "int"},
          {"[1.5].map(x, x)", "list(double)"},
          {"[1.5].map(x, .x)", "list(bool)"}});
  evaluator_.environment().set_container("a.c");
  Expect({{"x", "string"}});
}

TEST_F(CheckerTest, LeavesSimpleShapes) {
  auto qualified = Checked("request.auth");
  const NodeId root = qualified->ast().root();
  EXPECT_EQ(qualified->ast().node(root).kind, NodeKind::kIdent);
  EXPECT_EQ(qualified->ast().node(root).name, "request.auth");
  ASSERT_NE(qualified->info(root).variable, nullptr);
  EXPECT_EQ(qualified->info(root).variable->name, "request.auth");

  auto type_name = Checked("int");
  EXPECT_EQ(type_name->ast().node(type_name->ast().root()).kind,
            NodeKind::kConstant);
}

TEST_F(CheckerTest, RecordsTheOverloads) {
  auto decided = Checked("count + 1");
  const NodeInfo& info = decided->info(decided->ast().root());
  ASSERT_EQ(info.overloads.size(), 1u);
  EXPECT_EQ(info.overloads[0]->id, "add_int64");
  EXPECT_EQ(info.function->name, "_+_");

  auto open = Checked("data.a + data.b");
  EXPECT_GT(open->info(open->ast().root()).overloads.size(), 1u);
}

TEST_F(CheckerTest, NumbersIterationVariablesByDepth) {
  auto checked = Checked("items.map(a, tags.exists(k, v, a > 1))");
  EXPECT_EQ(checked->local_count(), 3u);
  const NodeId outer = checked->ast().root();
  const NodeId inner = checked->ast().child(outer, 1);
  EXPECT_EQ(checked->info(outer).local, 0u);
  EXPECT_EQ(checked->info(inner).local, 1u);
  auto beside = Checked("items.map(a, a) == items.map(b, b)");
  EXPECT_EQ(beside->local_count(), 1u);
}

TEST_F(CheckerTest, ListsTheVariablesThatAreRead) {
  auto checked = Checked("data.a > 1.0 && items.all(x, data.b > x)");
  const auto variables = checked->Variables();
  ASSERT_EQ(variables.size(), 2u);
  std::string names;
  for (const Variable* variable : variables) names += variable->name + " ";
  EXPECT_NE(names.find("data "), std::string::npos);
  EXPECT_NE(names.find("items "), std::string::npos);
}

TEST_F(CheckerTest, LeavesEverythingToRunTimeWhenLenient) {
  evaluator_.check_options.lenient = true;
  Expect({{"nme + 1", "dyn"}, {"'a' && 1", "dyn"}, {"foo(1)", "dyn"}});
  EXPECT_EQ(evaluator_.Evaluate("'a' && false"), "false");
  EXPECT_EQ(evaluator_.Evaluate("!0"),
            "error(NO_SUCH_OVERLOAD: no overload of '!' takes (int))");
  EXPECT_EQ(evaluator_.Evaluate("foo(1)"),
            "error(NO_SUCH_OVERLOAD: no overload of 'foo' takes (int))");
  EXPECT_EQ(evaluator_.Evaluate("nme || true"), "true");
}

TEST_F(CheckerTest, CallsNamespacedFunctions) {
  FunctionRegistry functions;
  AddStandardFunctions(functions);
  FunctionImpl twice = [](CallContext&, absl::Span<const Value> args) {
    return Value::Int(2 * args[0].int_value());
  };
  ASSERT_TRUE(
      functions
          .Add({"math.twice",
                {{"twice", {TypeKind::kInt}, TypeKind::kInt, false, twice, {}}},
                {}})
          .ok());
  Environment environment(functions);
  absl::StatusOr<Ast> ast = Parse("math.twice(21)");
  auto checked = Check(*std::move(ast), environment);
  ASSERT_TRUE(checked.ok()) << checked.status();
  const Node& root = (*checked)->ast().node((*checked)->ast().root());
  EXPECT_EQ(root.name, "math.twice");
  EXPECT_FALSE(root.is_member);
  EXPECT_EQ(root.child_count, 1u);
}

TEST(FunctionRegistryTest, RefusesOverlappingOverloads) {
  FunctionRegistry functions;
  const Overload first = {
      "f_list", {Type::List(Type::Param("A"))}, TypeKind::kInt, false, {}, {}};
  Overload second = {"f_list_int",
                     {Type::List(TypeKind::kInt)},
                     TypeKind::kInt,
                     false,
                     {},
                     {}};
  EXPECT_TRUE(functions.Add({"f", {first}, {}}).ok());
  EXPECT_EQ(functions.Add({"f", {second}, {}}).code(),
            absl::StatusCode::kAlreadyExists);
  second.is_member = true;
  EXPECT_TRUE(functions.Add({"f", {second}, {}}).ok());
}

TEST(EnvironmentTest, RefusesAVariableThatIsDeclaredTwice) {
  Environment environment;
  EXPECT_TRUE(environment.AddVariable("a", Type()).ok());
  EXPECT_EQ(environment.AddVariable("a", Type()).message(),
            "variable 'a' is declared twice");
}

}  // namespace
}  // namespace phoenix::cel
