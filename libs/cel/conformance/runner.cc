#include "libs/cel/conformance/runner.h"

#include <memory>
#include <optional>
#include <utility>

#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "libs/base/text.h"
#include "libs/cel/cel.h"
#include "libs/cel/conformance/expr_value.h"
#include "libs/cel/protobuf/proto_type_provider.h"

namespace phoenix::cel {
namespace {

using ::cel::expr::conformance::test::SimpleTest;
using ::cel::expr::conformance::test::SimpleTestFile;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Knows the test types when text format names them.
class TestTypeFinder : public google::protobuf::TextFormat::Finder {
 public:
  explicit TestTypeFinder(const DescriptorPool& pool) : pool_(pool) {}

  const FieldDescriptor* FindExtension(Message*,
                                       const std::string& name) const override {
    return pool_.FindExtensionByName(name);
  }
  const Descriptor* FindAnyType(const Message&, const std::string&,
                                const std::string& name) const override {
    return pool_.FindMessageTypeByName(name);
  }

 private:
  const DescriptorPool& pool_;
};

class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (text_.empty()) text_ = Cat(line + 1, ":", column + 1, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string Text(const absl::Status& status) {
  return std::string(status.message());
}

absl::Status Failed(std::string reason) {
  return absl::FailedPreconditionError(std::move(reason));
}

// One test with everything that its values refer to.
class TestRun {
 public:
  TestRun(const SimpleTest& test, TestTypes& types)
      : test_(test),
        types_(types.types()),
        provider_(types_),
        environment_(functions_, &provider_) {}

  absl::Status Run() {
    if (absl::Status status = Declare(); !status.ok()) return status;
    if (absl::Status status = Compile(); !status.ok()) return status;
    if (absl::Status status = MatchType(); !status.ok()) return status;
    if (test_.check_only()) return absl::OkStatus();
    return MatchResult();
  }

 private:
  absl::Status Declare();
  absl::Status Bind();
  absl::Status Compile();
  absl::Status MatchType();
  absl::Status MatchResult();
  absl::Status MatchValue(const Value& value,
                          const ::cel::expr::Value& expected);
  bool ExpectsError() const {
    return test_.has_eval_error() || test_.has_any_eval_errors();
  }

  const SimpleTest& test_;
  const ProtoTypes types_;
  const ProtoTypeProvider provider_;
  FunctionRegistry functions_;
  Environment environment_;
  Arena arena_;
  ValueActivation activation_;
  std::shared_ptr<const CheckedAst> checked_;
};

absl::Status TestRun::Declare() {
  AddStandardFunctions(functions_);
  environment_.set_container(test_.container());
  for (const ::cel::expr::Decl& declaration : test_.type_env()) {
    absl::Status status =
        declaration.has_function()
            ? functions_.Add(FromExprFunction(declaration))
            : environment_.AddVariable(
                  declaration.name(), FromExprType(declaration.ident().type()));
    if (!status.ok()) return status;
  }
  for (const auto& [name, value] : test_.bindings()) {
    if (environment_.FindVariable(name) != nullptr) continue;
    absl::Status status = environment_.AddVariable(name, Type());
    if (!status.ok()) return status;
  }
  return Bind();
}

absl::Status TestRun::Bind() {
  for (const auto& [name, binding] : test_.bindings()) {
    if (!binding.has_value()) {
      return Failed(Cat("binding '", name, "' is no value"));
    }
    absl::StatusOr<Value> value =
        FromExprValue(binding.value(), types_, arena_);
    if (!value.ok()) return value.status();
    activation_.Set(*environment_.FindVariable(name), *value);
  }
  return absl::OkStatus();
}

absl::Status TestRun::Compile() {
  ParseOptions parse_options;
  parse_options.expand_macros = !test_.disable_macros();
  absl::StatusOr<Ast> ast = Parse(test_.expr(), parse_options);
  if (!ast.ok()) return Failed(Cat("parse: ", Text(ast.status())));
  CheckOptions check_options;
  check_options.lenient = test_.disable_check();
  auto checked = Check(*std::move(ast), environment_, check_options);
  if (!checked.ok()) return Failed(Cat("check: ", Text(checked.status())));
  checked_ = *std::move(checked);
  return absl::OkStatus();
}

absl::Status TestRun::MatchType() {
  if (!test_.has_typed_result() || !test_.typed_result().has_deduced_type()) {
    return absl::OkStatus();
  }
  const Type expected = FromExprType(test_.typed_result().deduced_type());
  if (checked_->result_type() == expected) return absl::OkStatus();
  return Failed(Cat("found type '", checked_->result_type().ToString(),
                    "', expected '", expected.ToString(), "'"));
}

absl::Status TestRun::MatchResult() {
  absl::StatusOr<std::unique_ptr<const Program>> program =
      Program::Create(checked_);
  // A constant argument that can't work is an error a little early.
  if (!program.ok()) {
    return ExpectsError() ? absl::OkStatus()
                          : Failed(Cat("program: ", Text(program.status())));
  }
  const Value value = (*program)->Evaluate(activation_, arena_);
  if (ExpectsError()) {
    return value.is_error() ? absl::OkStatus()
                            : Failed(Cat("found ", DebugString(value),
                                         ", expected an error"));
  }
  switch (test_.result_matcher_case()) {
    case SimpleTest::kValue:
      return MatchValue(value, test_.value());
    case SimpleTest::kTypedResult:
      return MatchValue(value, test_.typed_result().result());
    case SimpleTest::RESULT_MATCHER_NOT_SET: {
      ::cel::expr::Value expected;
      expected.set_bool_value(true);
      return MatchValue(value, expected);
    }
    default:
      return Failed("unknown values are not supported");
  }
}

absl::Status TestRun::MatchValue(const Value& value,
                                 const ::cel::expr::Value& expected) {
  absl::StatusOr<Value> wanted = FromExprValue(expected, types_, arena_);
  if (!wanted.ok()) return wanted.status();
  if (IsSameValue(value, *wanted, arena_)) return absl::OkStatus();
  return Failed(
      Cat("found ", DebugString(value), ", expected ", DebugString(*wanted)));
}

}  // namespace

absl::StatusOr<SimpleTestFile> ConformanceRunner::Parse(
    const std::string& text) const {
  TestTypeFinder finder(types_.pool());
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.SetFinder(&finder);
  parser.RecordErrorsTo(&error);
  SimpleTestFile file;
  if (!parser.ParseFromString(text, &file)) {
    return absl::InvalidArgumentError(error.text());
  }
  return file;
}

absl::Status ConformanceRunner::RunTest(const SimpleTest& test) const {
  return TestRun(test, types_).Run();
}

FileResult ConformanceRunner::Run(const SimpleTestFile& file) const {
  FileResult result;
  result.name = file.name();
  for (const auto& section : file.section()) {
    for (const SimpleTest& test : section.test()) {
      std::string name =
          Cat(section.name(), "/", test.name(), ": ", test.expr());
      absl::Status status = RunTest(test);
      if (status.ok()) {
        ++result.passed;
        result.passed_tests.push_back(std::move(name));
      } else {
        result.failures.push_back({std::move(name), Text(status)});
      }
    }
  }
  return result;
}

}  // namespace phoenix::cel
