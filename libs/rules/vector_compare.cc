#include "libs/rules/vector_compare.h"

#include <re2/re2.h>

#include <cstring>
#include <functional>
#include <utility>

namespace phoenix {
namespace {

Truth ToTruth(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

bool IsNumber(ValueTag tag) {
  return tag == ValueTag::kInt || tag == ValueTag::kDouble;
}

double Number(const Operand& operand, uint32_t row) {
  return operand.tag(row) == ValueTag::kInt
             ? static_cast<double>(operand.integer(row))
             : operand.real(row);
}

bool IsPlain(ValueTag tag) {
  return tag == ValueTag::kNull || tag == ValueTag::kBool || IsNumber(tag) ||
         tag == ValueTag::kString;
}

template <typename Op>
constexpr bool kIsEquality = std::is_same_v<Op, std::equal_to<>> ||
                             std::is_same_v<Op, std::not_equal_to<>>;

// Values of different kinds are unequal, and have no order.
template <typename Op>
Truth CompareMixed(const Operand& a, const Operand& b, uint32_t row) {
  if (IsNumber(a.tag(row)) && IsNumber(b.tag(row))) {
    return ToTruth(Op()(Number(a, row), Number(b, row)));
  }
  if constexpr (kIsEquality<Op>) {
    if (IsPlain(a.tag(row)) && IsPlain(b.tag(row))) {
      return ToTruth(Op()(0, 1));
    }
  }
  return Truth::kUnknown;
}

template <typename Op>
Truth CompareRow(const Operand& a, const Operand& b, uint32_t row) {
  const ValueTag tag = a.tag(row);
  if (tag != b.tag(row)) return CompareMixed<Op>(a, b, row);
  switch (tag) {
    case ValueTag::kInt:
      return ToTruth(Op()(a.integer(row), b.integer(row)));
    case ValueTag::kDouble:
      return ToTruth(Op()(a.real(row), b.real(row)));
    case ValueTag::kString:
      return ToTruth(Op()(a.text(row), b.text(row)));
    case ValueTag::kBool:
      return ToTruth(Op()(a.integer(row), b.integer(row)));
    case ValueTag::kNull:
      return kIsEquality<Op> ? ToTruth(Op()(0, 0)) : Truth::kUnknown;
    default:
      return Truth::kUnknown;
  }
}

template <typename Op>
class CompareNode : public BoolNode {
 public:
  CompareNode(ValueNodePtr a, ValueNodePtr b)
      : a_(std::move(a)), b_(std::move(b)) {}

  void Test(VectorRun& run, Rows rows, Truth* truth) const override {
    const Operand a = a_->Evaluate(run, rows);
    const Operand b = b_->Evaluate(run, rows);
    if (b_->constant() != nullptr && b.tag(0) == ValueTag::kInt) {
      return TestWithInt(a, b, rows, truth);
    }
    for (uint32_t row : rows) truth[row] = CompareRow<Op>(a, b, row);
  }

 private:
  static void TestWithInt(const Operand& a, const Operand& b, Rows rows,
                          Truth* truth) {
    const int64_t constant = b.integer(0);
    for (uint32_t row : rows) {
      truth[row] = a.tag(row) == ValueTag::kInt
                       ? ToTruth(Op()(a.integer(row), constant))
                       : CompareMixed<Op>(a, b, row);
    }
  }

  ValueNodePtr a_;
  ValueNodePtr b_;
};

class IsInNode : public BoolNode {
 public:
  IsInNode(ValueNodePtr value, std::vector<ValueNodePtr> elements)
      : value_(std::move(value)), elements_(std::move(elements)) {}

  void Test(VectorRun& run, Rows rows, Truth* truth) const override {
    const Operand value = value_->Evaluate(run, rows);
    for (uint32_t row : rows) {
      truth[row] = IsPlain(value.tag(row)) ? Truth::kFalse : Truth::kUnknown;
    }
    for (const ValueNodePtr& element : elements_) {
      const Operand operand(*element->constant(), true);
      for (uint32_t row : rows) {
        if (truth[row] != Truth::kFalse) continue;
        truth[row] = CompareRow<std::equal_to<>>(value, operand, row);
      }
    }
  }

 private:
  ValueNodePtr value_;
  std::vector<ValueNodePtr> elements_;
};

struct StartsWith {
  bool operator()(std::string_view text, std::string_view part) const {
    return text.starts_with(part);
  }
};

struct EndsWith {
  bool operator()(std::string_view text, std::string_view part) const {
    return text.ends_with(part);
  }
};

struct Contains {
  bool operator()(std::string_view text, std::string_view part) const {
    return text.find(part) != std::string_view::npos;
  }
};

template <typename TextTest>
class TestTextNode : public BoolNode {
 public:
  TestTextNode(ValueNodePtr text, ValueNodePtr part)
      : text_(std::move(text)), part_(std::move(part)) {}

  void Test(VectorRun& run, Rows rows, Truth* truth) const override {
    const Operand text = text_->Evaluate(run, rows);
    const Operand part = part_->Evaluate(run, rows);
    for (uint32_t row : rows) {
      const bool are_texts = text.tag(row) == ValueTag::kString &&
                             part.tag(row) == ValueTag::kString;
      truth[row] = are_texts
                       ? ToTruth(TextTest()(text.text(row), part.text(row)))
                       : Truth::kUnknown;
    }
  }

 private:
  ValueNodePtr text_;
  ValueNodePtr part_;
};

class MatchesNode : public BoolNode {
 public:
  MatchesNode(ValueNodePtr text, std::unique_ptr<const RE2> pattern)
      : text_(std::move(text)), pattern_(std::move(pattern)) {}

  void Test(VectorRun& run, Rows rows, Truth* truth) const override {
    const Operand text = text_->Evaluate(run, rows);
    for (uint32_t row : rows) {
      truth[row] = text.tag(row) == ValueTag::kString
                       ? ToTruth(Matches(text.text(row)))
                       : Truth::kUnknown;
    }
  }

 private:
  bool Matches(std::string_view text) const {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()),
                             *pattern_);
  }

  ValueNodePtr text_;
  std::unique_ptr<const RE2> pattern_;
};

}  // namespace

BoolNodePtr Compare(Comparison comparison, ValueNodePtr a, ValueNodePtr b) {
  const auto make = [&](auto op) -> BoolNodePtr {
    return std::make_unique<CompareNode<decltype(op)>>(std::move(a),
                                                       std::move(b));
  };
  switch (comparison) {
    case Comparison::kEqual:
      return make(std::equal_to<>());
    case Comparison::kNotEqual:
      return make(std::not_equal_to<>());
    case Comparison::kLess:
      return make(std::less<>());
    case Comparison::kLessEqual:
      return make(std::less_equal<>());
    case Comparison::kGreater:
      return make(std::greater<>());
    case Comparison::kGreaterEqual:
      return make(std::greater_equal<>());
  }
  return nullptr;
}

BoolNodePtr IsIn(ValueNodePtr value, std::vector<ValueNodePtr> elements) {
  return std::make_unique<IsInNode>(std::move(value), std::move(elements));
}

BoolNodePtr TestText(TextTest test, ValueNodePtr text, ValueNodePtr part) {
  switch (test) {
    case TextTest::kStartsWith:
      return std::make_unique<TestTextNode<StartsWith>>(std::move(text),
                                                        std::move(part));
    case TextTest::kEndsWith:
      return std::make_unique<TestTextNode<EndsWith>>(std::move(text),
                                                      std::move(part));
    case TextTest::kContains:
      return std::make_unique<TestTextNode<Contains>>(std::move(text),
                                                      std::move(part));
  }
  return nullptr;
}

BoolNodePtr Matches(ValueNodePtr text, std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  auto re = std::make_unique<const RE2>(
      re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!re->ok()) return nullptr;
  return std::make_unique<MatchesNode>(std::move(text), std::move(re));
}

}  // namespace phoenix
