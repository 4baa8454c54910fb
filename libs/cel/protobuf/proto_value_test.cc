#include "libs/cel/protobuf/proto_value.h"

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "libs/cel/cel.h"
#include "libs/cel/conformance/test_types.h"
#include "libs/cel/protobuf/proto_type_provider.h"

namespace phoenix::cel {
namespace {

struct Case {
  std::string text;
  std::string result;
};

class ProtoValueTest : public testing::Test {
 protected:
  ProtoValueTest()
      : provider_(types_.types()),
        environment_(StandardFunctions(), &provider_) {
    environment_.set_container("cel.expr.conformance.proto3");
  }

  std::string Evaluate(const std::string& text) {
    auto ast = Parse(text);
    if (!ast.ok()) return std::string(ast.status().message());
    auto checked = Check(*std::move(ast), environment_);
    if (!checked.ok()) return std::string(checked.status().message());
    auto program = Program::Create(*std::move(checked));
    if (!program.ok()) return std::string(program.status().message());
    Arena arena;
    return DebugString((*program)->Evaluate(ValueActivation(), arena));
  }

  void Expect(std::initializer_list<Case> cases) {
    for (const Case& test : cases) {
      EXPECT_EQ(Evaluate(test.text), test.result) << test.text;
    }
  }

  TestTypes types_;
  ProtoTypeProvider provider_;
  Environment environment_;
};

TEST_F(ProtoValueTest, ReadsFieldsOfEveryKind) {
  Expect({
      {"TestAllTypes{single_int32: -1}.single_int32", "-1"},
      {"TestAllTypes{single_uint64: 1u}.single_uint64", "1u"},
      {"TestAllTypes{single_float: 1.5}.single_float", "1.5"},
      {"TestAllTypes{single_bytes: b'a'}.single_bytes", "b\"a\""},
      {"TestAllTypes{repeated_string: ['a', 'b']}.repeated_string",
       "[\"a\", \"b\"]"},
      {"TestAllTypes{map_string_int64: {'a': 1}}.map_string_int64.a", "1"},
      {"TestAllTypes{standalone_enum: TestAllTypes.NestedEnum.BAZ}"
       ".standalone_enum",
       "2"},
      {"TestAllTypes{}.standalone_message.bb", "0"},
      {"TestAllTypes{}", "cel.expr.conformance.proto3.TestAllTypes{...}"},
  });
}

TEST_F(ProtoValueTest, UnwrapsWellKnownTypes) {
  Expect({
      {"google.protobuf.Int64Value{value: 3} + 1", "4"},
      {"TestAllTypes{}.single_int64_wrapper == null", "true"},
      {"TestAllTypes{single_int64_wrapper: 0}.single_int64_wrapper", "0"},
      {"TestAllTypes{single_duration: duration('1.5s')}.single_duration",
       "duration(\"1.5s\")"},
      {"TestAllTypes{single_timestamp: timestamp(-1)}.single_timestamp == "
       "timestamp(-1)",
       "true"},
      {"TestAllTypes{single_any: [1, 'a']}.single_any", "[1.0, \"a\"]"},
      {"TestAllTypes{single_any: TestAllTypes{single_bool: true}}"
       ".single_any.single_bool",
       "true"},
      {"TestAllTypes{single_struct: {'a': {'b': [true, null]}}}"
       ".single_struct",
       R"({"a": {"b": [true, null]}})"},
      {"TestAllTypes{single_value: 9007199254740993}.single_value",
       "\"9007199254740993\""},
      {"TestAllTypes{single_value: b'a'}.single_value", "\"YQ==\""},
      {"TestAllTypes{repeated_timestamp: [null]}.repeated_timestamp", "[]"},
  });
}

TEST_F(ProtoValueTest, TestsAndComparesFields) {
  Expect({
      {"has(TestAllTypes{}.single_int32)", "false"},
      {"has(TestAllTypes{single_int32: 1}.single_int32)", "true"},
      {"has(TestAllTypes{}.repeated_bool)", "false"},
      {"TestAllTypes{single_bool: true} == TestAllTypes{single_bool: true}",
       "true"},
      {"TestAllTypes{single_bool: true} == TestAllTypes{}", "false"},
      {"TestAllTypes{single_double: 0.0/0.0} == "
       "TestAllTypes{single_double: 0.0/0.0}",
       "false"},
  });
}

TEST_F(ProtoValueTest, RefusesWhatDoesNotFit) {
  Expect({
      {"TestAllTypes{single_int32: 2147483648}.single_int32",
       "error(OVERFLOW: field 'single_int32': 2147483648 does not fit field "
       "'single_int32' of type 'int32')"},
      {"TestAllTypes{single_int32: 'a'}",
       "1:28: field 'single_int32' is of type 'int', found 'string'"},
      {"TestAllTypes{nope: 1}",
       "1:14: message 'cel.expr.conformance.proto3.TestAllTypes' has no field "
       "'nope'"},
      {"TestAllTypes{}.nope",
       "1:16: message 'cel.expr.conformance.proto3.TestAllTypes' has no field "
       "'nope'"},
      {"dyn(TestAllTypes{}).nope",
       "error(NO_SUCH_FIELD: message "
       "'cel.expr.conformance.proto3.TestAllTypes' has no field 'nope')"},
      {"google.protobuf.Any{type_url: 'x/unknown.Type'}",
       "error(INVALID_DATA: unknown message type 'unknown.Type' in Any)"},
  });
}

TEST_F(ProtoValueTest, FindsExtensionsByTheirFullName) {
  environment_.set_container("cel.expr.conformance.proto2");
  Expect({
      {"TestAllTypes{`cel.expr.conformance.proto2.int32_ext`: 5}"
       ".`cel.expr.conformance.proto2.int32_ext`",
       "5"},
      {"has(TestAllTypes{}.`cel.expr.conformance.proto2.int32_ext`)", "false"},
      {"TestAllTypes{}.single_int32", "-32"},
  });
}

}  // namespace
}  // namespace phoenix::cel
