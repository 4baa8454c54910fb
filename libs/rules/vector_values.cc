#include "libs/rules/vector_values.h"

#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace phoenix {
namespace {

class PathNode : public ValueNode {
 public:
  explicit PathNode(uint32_t path) : path_(path) {}
  Operand Evaluate(VectorRun& run, Rows) const override {
    return Operand(run.paths[path_]);
  }

 private:
  uint32_t path_;
};

class AttributeNode : public ValueNode {
 public:
  explicit AttributeNode(uint32_t attribute) : attribute_(attribute) {}
  Operand Evaluate(VectorRun& run, Rows) const override {
    return run.attributes[attribute_];
  }

 private:
  uint32_t attribute_;
};

class ConstantNode : public ValueNode {
 public:
  ConstantNode() { column_.Reset(1); }

  Operand Evaluate(VectorRun&, Rows) const override {
    return Operand(column_, true);
  }
  const ValueColumn* constant() const override { return &column_; }

  bool Set(const cel::Value& value) {
    switch (value.kind()) {
      case cel::ValueKind::kNull:
        return column_.SetTag(0, ValueTag::kNull), true;
      case cel::ValueKind::kBool:
        return column_.SetBool(0, value.bool_value()), true;
      case cel::ValueKind::kInt:
        return column_.SetInt(0, value.int_value()), true;
      case cel::ValueKind::kDouble:
        return column_.SetDouble(0, value.double_value()), true;
      case cel::ValueKind::kString:
        text_ = value.string_value();
        return column_.SetText(0, ValueTag::kString, text_), true;
      default:
        return false;
    }
  }

 private:
  ValueColumn column_;
  std::string text_;
};

// Each operator: false when ints have no result. Doubles always have one, but
// for the modulus.
struct Add {
  static constexpr bool kHasDouble = true;
  static bool Ints(int64_t a, int64_t b, int64_t& result) {
    return !__builtin_add_overflow(a, b, &result);
  }
  static double Doubles(double a, double b) { return a + b; }
};

struct Subtract {
  static constexpr bool kHasDouble = true;
  static bool Ints(int64_t a, int64_t b, int64_t& result) {
    return !__builtin_sub_overflow(a, b, &result);
  }
  static double Doubles(double a, double b) { return a - b; }
};

struct Multiply {
  static constexpr bool kHasDouble = true;
  static bool Ints(int64_t a, int64_t b, int64_t& result) {
    return !__builtin_mul_overflow(a, b, &result);
  }
  static double Doubles(double a, double b) { return a * b; }
};

bool CanDivide(int64_t a, int64_t b) {
  return b != 0 && !(a == std::numeric_limits<int64_t>::min() && b == -1);
}

struct Divide {
  static constexpr bool kHasDouble = true;
  static bool Ints(int64_t a, int64_t b, int64_t& result) {
    if (!CanDivide(a, b)) return false;
    result = a / b;
    return true;
  }
  static double Doubles(double a, double b) { return a / b; }
};

struct Modulo {
  static constexpr bool kHasDouble = false;
  static bool Ints(int64_t a, int64_t b, int64_t& result) {
    if (!CanDivide(a, b)) return false;
    result = a % b;
    return true;
  }
  static double Doubles(double, double) { return 0; }
};

bool IsNumber(ValueTag tag) {
  return tag == ValueTag::kInt || tag == ValueTag::kDouble;
}

double Number(const Operand& operand, uint32_t row) {
  return operand.tag(row) == ValueTag::kInt
             ? static_cast<double>(operand.integer(row))
             : operand.real(row);
}

// Joined texts longer than this are left to the general evaluator and its
// budget.
constexpr size_t kMaxJoinedBytes = 1 << 20;

template <typename Op>
class ComputeNode : public ValueNode {
 public:
  ComputeNode(ValueNodePtr a, ValueNodePtr b, uint32_t column)
      : a_(std::move(a)), b_(std::move(b)), column_(column) {}

  Operand Evaluate(VectorRun& run, Rows rows) const override {
    const Operand a = a_->Evaluate(run, rows);
    const Operand b = b_->Evaluate(run, rows);
    ValueColumn& column = run.columns[column_];
    column.Reset(run.row_count);
    for (uint32_t row : rows) Put(run, a, b, row, column);
    return Operand(column);
  }

 private:
  static void Put(VectorRun& run, const Operand& a, const Operand& b,
                  uint32_t row, ValueColumn& column) {
    const ValueTag left = a.tag(row);
    const ValueTag right = b.tag(row);
    int64_t integer;
    if (left == ValueTag::kInt && right == ValueTag::kInt) {
      if (Op::Ints(a.integer(row), b.integer(row), integer)) {
        return column.SetInt(row, integer);
      }
    } else if (Op::kHasDouble && IsNumber(left) && IsNumber(right)) {
      return column.SetDouble(row, Op::Doubles(Number(a, row), Number(b, row)));
    } else if (std::is_same_v<Op, Add> && left == ValueTag::kString &&
               right == ValueTag::kString) {
      return Join(*run.texts, a.text(row), b.text(row), row, column);
    }
    column.SetTag(row, ValueTag::kError);
  }

  static void Join(TextArena& texts, std::string_view a, std::string_view b,
                   uint32_t row, ValueColumn& column) {
    const size_t size = a.size() + b.size();
    if (size > kMaxJoinedBytes) return column.SetTag(row, ValueTag::kError);
    char* text = texts.Allocate(size);
    a.copy(text, a.size());
    b.copy(text + a.size(), b.size());
    column.SetText(row, ValueTag::kString, {text, size});
  }

  ValueNodePtr a_;
  ValueNodePtr b_;
  uint32_t column_;
};

class NegateNode : public ValueNode {
 public:
  NegateNode(ValueNodePtr operand, uint32_t column)
      : operand_(std::move(operand)), column_(column) {}

  Operand Evaluate(VectorRun& run, Rows rows) const override {
    const Operand operand = operand_->Evaluate(run, rows);
    ValueColumn& column = run.columns[column_];
    column.Reset(run.row_count);
    for (uint32_t row : rows) {
      if (operand.tag(row) == ValueTag::kDouble) {
        column.SetDouble(row, -operand.real(row));
      } else if (operand.tag(row) == ValueTag::kInt &&
                 operand.integer(row) != std::numeric_limits<int64_t>::min()) {
        column.SetInt(row, -operand.integer(row));
      } else {
        column.SetTag(row, ValueTag::kError);
      }
    }
    return Operand(column);
  }

 private:
  ValueNodePtr operand_;
  uint32_t column_;
};

int64_t CountCodePoints(std::string_view text) {
  int64_t count = 0;
  for (char c : text) count += (c & 0xC0) != 0x80;
  return count;
}

class SizeNode : public ValueNode {
 public:
  SizeNode(ValueNodePtr text, uint32_t column)
      : text_(std::move(text)), column_(column) {}

  Operand Evaluate(VectorRun& run, Rows rows) const override {
    const Operand text = text_->Evaluate(run, rows);
    ValueColumn& column = run.columns[column_];
    column.Reset(run.row_count);
    for (uint32_t row : rows) {
      if (text.tag(row) == ValueTag::kString) {
        column.SetInt(row, CountCodePoints(text.text(row)));
      } else {
        column.SetTag(row, ValueTag::kError);
      }
    }
    return Operand(column);
  }

 private:
  ValueNodePtr text_;
  uint32_t column_;
};

}  // namespace

ValueNodePtr PathColumn(uint32_t path) {
  return std::make_unique<PathNode>(path);
}

ValueNodePtr AttributeColumn(uint32_t attribute) {
  return std::make_unique<AttributeNode>(attribute);
}

ValueNodePtr Constant(const cel::Value& value) {
  auto node = std::make_unique<ConstantNode>();
  if (!node->Set(value)) return nullptr;
  return node;
}

ValueNodePtr Compute(Arithmetic operation, ValueNodePtr a, ValueNodePtr b,
                     ScratchCounts& scratch) {
  const auto make = [&](auto op) -> ValueNodePtr {
    return std::make_unique<ComputeNode<decltype(op)>>(
        std::move(a), std::move(b), scratch.AddColumn());
  };
  switch (operation) {
    case Arithmetic::kAdd:
      return make(Add());
    case Arithmetic::kSubtract:
      return make(Subtract());
    case Arithmetic::kMultiply:
      return make(Multiply());
    case Arithmetic::kDivide:
      return make(Divide());
    case Arithmetic::kModulo:
      return make(Modulo());
  }
  return nullptr;
}

ValueNodePtr Negate(ValueNodePtr operand, ScratchCounts& scratch) {
  return std::make_unique<NegateNode>(std::move(operand), scratch.AddColumn());
}

ValueNodePtr SizeOf(ValueNodePtr text, ScratchCounts& scratch) {
  return std::make_unique<SizeNode>(std::move(text), scratch.AddColumn());
}

}  // namespace phoenix
