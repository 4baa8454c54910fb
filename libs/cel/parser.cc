#include "libs/cel/parser.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/lexer.h"
#include "libs/cel/literals.h"
#include "libs/cel/macros.h"
#include "libs/cel/operators.h"
#include "libs/cel/text.h"

namespace phoenix::cel {
namespace {

struct BinaryOperator {
  std::string_view symbol;
  std::string_view function;
  int precedence;  // higher binds tighter
};

constexpr int kOrPrecedence = 1;
constexpr int kAndPrecedence = 2;

constexpr BinaryOperator kBinaryOperators[] = {
    {"||", kLogicalOr, kOrPrecedence},
    {"&&", kLogicalAnd, kAndPrecedence},
    {"==", kEquals, 3},
    {"!=", kNotEquals, 3},
    {"<", kLess, 3},
    {"<=", kLessEquals, 3},
    {">", kGreater, 3},
    {">=", kGreaterEquals, 3},
    {"in", kIn, 3},
    {"+", kAdd, 4},
    {"-", kSubtract, 4},
    {"*", kMultiply, 5},
    {"/", kDivide, 5},
    {"%", kModulo, 5},
};

const BinaryOperator* FindBinaryOperator(const Token& token) {
  if (token.kind != TokenKind::kSymbol) return nullptr;
  for (const BinaryOperator& op : kBinaryOperators) {
    if (op.symbol == token.text) return &op;
  }
  return nullptr;
}

std::string Describe(const Token& token) {
  if (token.kind == TokenKind::kEnd) return "end of expression";
  if (token.kind == TokenKind::kReserved) {
    return Cat("reserved word '", token.text, "'");
  }
  return Cat("'", Escape(token.text.substr(0, 40), false), "'");
}

// Recursive descent, with precedence climbing for the binary operators.
//
// After an issue the parser is in panic: it reports nothing more until the
// enclosing list of arguments, elements or entries has skipped to its next
// comma or to its end. So one mistake is one issue, and two mistakes in two
// arguments are two.
class Parser {
 public:
  Parser(Source source, const ParseOptions& options, std::vector<Issue>* issues)
      : ast_(std::move(source)), options_(options), issues_(issues) {}

  std::optional<Ast> Run();

 private:
  using Children = std::vector<NodeId>;

  const Token& Current() const { return tokens_[at_]; }
  const Token& Next() const {
    return tokens_[std::min(at_ + 1, tokens_.size() - 1)];
  }
  const Token& Take() {
    return Current().kind == TokenKind::kEnd ? Current() : tokens_[at_++];
  }
  bool TakeSymbol(std::string_view symbol) {
    if (!Current().Is(symbol)) return false;
    ++at_;
    return true;
  }
  void Expect(std::string_view symbol);

  void Fail(uint32_t offset, std::string message);
  void FailUnexpected(std::string_view expected);
  // Gives up altogether: there is no sense in going on.
  NodeId Abandon(uint32_t offset, std::string message);
  // Leaves panic at the next comma or `closer` of this level.
  void Recover(std::string_view closer);

  NodeId ParseExpression();
  NodeId ParseTernary();
  NodeId ParseBinary(int min_precedence);
  NodeId ParseLogicalChain(const BinaryOperator& op, NodeId first);
  NodeId ParseUnary();
  NodeId ParseMember();
  NodeId ParseSelector(NodeId operand);
  NodeId ParseIndex(NodeId operand);
  NodeId ParsePrimary();
  NodeId ParseName();
  NodeId ParseParenthesized();
  NodeId ParseList();
  NodeId ParseMap();
  NodeId ParseMessage(NodeId type);
  void ParseEntry(bool is_message, Children* children);
  NodeId ParseFieldName();
  Children ParseArguments(std::string_view closer);
  NodeId ParseLiteral(bool negative);
  NodeId ParseText(const Token& token);
  NodeId ParseInt(const Token& token, bool negative);

  NodeId Constant(const Token& token, Value value);
  NodeId Add(Node node, const Children& children);
  NodeId Call(std::string_view function, const Token& at,
              const Children& children, bool is_member = false);
  NodeId Expand(NodeId call);
  uint32_t BeginOf(NodeId id) const { return ast_.node(id).begin; }
  uint32_t PreviousEnd() const { return at_ == 0 ? 0 : tokens_[at_ - 1].end; }
  // The dotted name that a chain of selects spells, none when it is no name.
  std::optional<std::string> QualifiedName(NodeId id) const;

  Ast ast_;
  const ParseOptions options_;
  std::vector<Issue>* const issues_;
  std::vector<Token> tokens_;
  std::vector<int> heights_;  // by node id: of the tree below it
  size_t at_ = 0;
  int depth_ = 0;
  bool panic_ = false;
  bool abandoned_ = false;
};

std::optional<Ast> Parser::Run() {
  const size_t issues_before = issues_->size();
  tokens_ = Tokenize(ast_.source(), issues_);
  NodeId root = ParseExpression();
  if (!panic_ && Current().kind != TokenKind::kEnd) {
    FailUnexpected("an operator or the end");
  }
  if (issues_->size() > issues_before) {
    std::stable_sort(issues_->begin() + issues_before, issues_->end(),
                     [](const Issue& a, const Issue& b) {
                       return a.position.offset < b.position.offset;
                     });
    issues_->resize(std::min(issues_->size(), issues_before + kMaxIssues));
    return std::nullopt;
  }
  ast_.set_root(root);
  return std::move(ast_);
}

void Parser::Expect(std::string_view symbol) {
  if (!TakeSymbol(symbol)) FailUnexpected(Cat("'", symbol, "'"));
}

void Parser::Fail(uint32_t offset, std::string message) {
  if (!panic_) {
    issues_->push_back({ast_.source().PositionAt(offset), std::move(message)});
  }
  panic_ = true;
}

void Parser::FailUnexpected(std::string_view expected) {
  // The lexer has said what is wrong with it.
  if (Current().kind == TokenKind::kInvalid) panic_ = true;
  Fail(Current().begin,
       Cat("unexpected ", Describe(Current()), ", expected ", expected));
}

NodeId Parser::Abandon(uint32_t offset, std::string message) {
  if (!abandoned_) Fail(offset, std::move(message));
  abandoned_ = true;
  at_ = tokens_.size() - 1;
  return ast_.Add(Node{}, {});
}

void Parser::Recover(std::string_view closer) {
  int nesting = 0;
  while (panic_ && Current().kind != TokenKind::kEnd) {
    if (nesting == 0 && (Current().Is(",") || Current().Is(closer))) {
      panic_ = abandoned_;
      return;
    }
    const Token& token = Take();
    if (token.Is("(") || token.Is("[") || token.Is("{")) ++nesting;
    if (token.Is(")") || token.Is("]") || token.Is("}")) {
      if (--nesting < 0) return;
    }
  }
}

NodeId Parser::Add(Node node, const Children& children) {
  node.end = std::max(node.end, PreviousEnd());
  int height = 0;
  for (NodeId child : children) {
    height = std::max(height, child < heights_.size() ? heights_[child] : 0);
  }
  const uint32_t offset = node.offset;
  NodeId id = ast_.Add(node, children);
  heights_.resize(id + 1);
  heights_[id] = height + 1;
  if (height + 1 > kMaxExpressionDepth) {
    return Abandon(offset, Cat("expression nests too deeply, at most ",
                               kMaxExpressionDepth, " levels are allowed"));
  }
  return id;
}

NodeId Parser::Call(std::string_view function, const Token& at,
                    const Children& children, bool is_member) {
  Node node;
  node.kind = NodeKind::kCall;
  node.name = ast_.Intern(function);
  node.is_member = is_member;
  node.begin =
      children.empty() ? at.begin : std::min(at.begin, BeginOf(children[0]));
  node.offset = at.begin;
  return Add(node, children);
}

NodeId Parser::Expand(NodeId call) {
  if (!options_.expand_macros || panic_) return call;
  NodeId expanded = ExpandMacro(ast_, call, issues_);
  heights_.resize(expanded + 1, heights_[call]);
  return expanded;
}

NodeId Parser::Constant(const Token& token, Value value) {
  Node node;
  node.value = value;
  node.begin = node.offset = token.begin;
  return Add(node, {});
}

NodeId Parser::ParseExpression() {
  if (++depth_ > kMaxExpressionDepth) {
    --depth_;
    return Abandon(Current().begin,
                   Cat("expression nests too deeply, at most ",
                       kMaxExpressionDepth, " levels are allowed"));
  }
  NodeId id = ParseTernary();
  --depth_;
  return id;
}

NodeId Parser::ParseTernary() {
  NodeId condition = ParseBinary(kOrPrecedence);
  const Token& question = Current();
  if (panic_ || !TakeSymbol("?")) return condition;
  NodeId then = ParseBinary(kOrPrecedence);
  if (!panic_) Expect(":");
  NodeId otherwise = panic_ ? then : ParseExpression();
  return Call(kConditional, question, {condition, then, otherwise});
}

NodeId Parser::ParseBinary(int min_precedence) {
  NodeId left = ParseUnary();
  while (!panic_) {
    const BinaryOperator* op = FindBinaryOperator(Current());
    if (op == nullptr || op->precedence < min_precedence) break;
    if (op->precedence <= kAndPrecedence) {
      left = ParseLogicalChain(*op, left);
      continue;
    }
    const Token& token = Take();
    NodeId right = ParseBinary(op->precedence + 1);
    left = Call(op->function, token, {left, right});
  }
  return left;
}

NodeId Parser::ParseLogicalChain(const BinaryOperator& op, NodeId first) {
  const Token& token = Current();
  Children operands = {first};
  while (!panic_ && TakeSymbol(op.symbol)) {
    operands.push_back(ParseBinary(op.precedence + 1));
  }
  return Call(op.function, token, operands);
}

NodeId Parser::ParseUnary() {
  std::vector<const Token*> operators;
  while (Current().Is("!") || Current().Is("-")) operators.push_back(&Take());
  NodeId operand;
  // A sign belongs to its number: the smallest int has no positive form.
  const bool is_number =
      Current().kind == TokenKind::kInt || Current().kind == TokenKind::kDouble;
  if (!operators.empty() && operators.back()->text == "-" && is_number) {
    --at_;
    operators.pop_back();
    operand = ParseMember();
  } else {
    operand = ParseMember();
  }
  for (auto it = operators.rbegin(); it != operators.rend(); ++it) {
    std::string_view function = (*it)->text == "!" ? kLogicalNot : kNegate;
    operand = Call(function, **it, {operand});
  }
  return operand;
}

NodeId Parser::ParseMember() {
  NodeId id = ParsePrimary();
  while (!panic_) {
    if (Current().Is(".")) {
      id = ParseSelector(id);
    } else if (Current().Is("[")) {
      id = ParseIndex(id);
    } else if (Current().Is("{") && QualifiedName(id).has_value()) {
      id = ParseMessage(id);
    } else {
      break;
    }
  }
  return id;
}

NodeId Parser::ParseSelector(NodeId operand) {
  Take();
  if (Current().Is("?")) {
    Fail(Current().begin, "optional field selection '.?' is not supported");
    return operand;
  }
  const Token& field = Current();
  const bool quoted = field.kind == TokenKind::kQuotedName;
  if (field.kind != TokenKind::kIdentifier &&
      field.kind != TokenKind::kReserved && !quoted) {
    FailUnexpected("a field or function name");
    return operand;
  }
  Take();
  if (!quoted && TakeSymbol("(")) {
    Children children = ParseArguments(")");
    children.insert(children.begin(), operand);
    return Expand(Call(field.text, field, children, /*is_member=*/true));
  }
  Node node;
  node.kind = NodeKind::kSelect;
  node.name = ast_.Intern(field.text);
  node.begin = BeginOf(operand);
  node.offset = field.begin;
  return Add(node, {operand});
}

NodeId Parser::ParseIndex(NodeId operand) {
  const Token& bracket = Take();
  if (Current().Is("?")) {
    Fail(Current().begin, "optional indexing '[?' is not supported");
    return operand;
  }
  NodeId index = ParseExpression();
  if (!panic_) Expect("]");
  return Call(kIndex, bracket, {operand, index});
}

NodeId Parser::ParsePrimary() {
  const Token& token = Current();
  switch (token.kind) {
    case TokenKind::kIdentifier:
      return ParseName();
    case TokenKind::kInt:
    case TokenKind::kUint:
    case TokenKind::kDouble:
    case TokenKind::kString:
    case TokenKind::kBytes:
    case TokenKind::kLiteralKeyword:
      return ParseLiteral(/*negative=*/false);
    case TokenKind::kSymbol:
      if (token.text == "(") return ParseParenthesized();
      if (token.text == "[") return ParseList();
      if (token.text == "{") return ParseMap();
      if (token.text == "-") return ParseLiteral(/*negative=*/true);
      if (token.text == "." && Next().kind == TokenKind::kIdentifier) {
        return ParseName();
      }
      break;
    default:
      break;
  }
  FailUnexpected("an expression");
  return ast_.Add(Node{}, {});
}

NodeId Parser::ParseName() {
  const Token& first = Current();
  const bool rooted = TakeSymbol(".");
  const Token& name = Take();
  const std::string text = Cat(rooted ? "." : "", name.text);
  if (TakeSymbol("(")) {
    Children arguments = ParseArguments(")");
    return Expand(Call(text, first, arguments));
  }
  Node node;
  node.kind = NodeKind::kIdent;
  node.name = ast_.Intern(text);
  node.begin = node.offset = first.begin;
  return Add(node, {});
}

NodeId Parser::ParseParenthesized() {
  Take();
  NodeId id = ParseExpression();
  if (!panic_) Expect(")");
  return id;
}

Parser::Children Parser::ParseArguments(std::string_view closer) {
  Children children;
  if (TakeSymbol(closer)) return children;
  do {
    if (Current().Is("?")) {
      Fail(Current().begin, "optional elements '?' are not supported");
    } else {
      children.push_back(ParseExpression());
    }
    if (panic_) Recover(closer);
    // Only a list may end with a comma.
    if (closer == "]" && Current().Is(",") && Next().Is(closer)) Take();
  } while (!panic_ && TakeSymbol(","));
  if (!panic_ && !TakeSymbol(closer)) {
    FailUnexpected(Cat("',' or '", closer, "'"));
  }
  return children;
}

NodeId Parser::ParseList() {
  const Token& bracket = Take();
  Children elements;
  if (Current().Is(",") && Next().Is("]")) Take();
  elements = ParseArguments("]");
  Node node;
  node.kind = NodeKind::kList;
  node.begin = node.offset = bracket.begin;
  return Add(node, elements);
}

NodeId Parser::ParseFieldName() {
  const Token& name = Current();
  if (name.kind != TokenKind::kIdentifier &&
      name.kind != TokenKind::kReserved &&
      name.kind != TokenKind::kQuotedName) {
    FailUnexpected("a field name");
    return ast_.Add(Node{}, {});
  }
  Take();
  return Constant(name, Value::String(ast_.Intern(name.text)));
}

void Parser::ParseEntry(bool is_message, Children* children) {
  if (Current().Is("?")) {
    return Fail(Current().begin, "optional entries '?' are not supported");
  }
  NodeId key = is_message ? ParseFieldName() : ParseExpression();
  if (!panic_) Expect(":");
  if (panic_) return;
  children->push_back(key);
  children->push_back(ParseExpression());
}

NodeId Parser::ParseMap() { return ParseMessage(EvaluationError::kNoNode); }

// A message literal when `type` names one, else a map literal.
NodeId Parser::ParseMessage(NodeId type) {
  const bool is_message = type != EvaluationError::kNoNode;
  const Token& brace = Take();
  Children children;
  while (!panic_ && !Current().Is("}")) {
    ParseEntry(is_message, &children);
    if (panic_) Recover("}");
    if (panic_ || !TakeSymbol(",")) break;
  }
  if (!panic_ && !TakeSymbol("}")) FailUnexpected("',' or '}'");
  Node node;
  node.kind = is_message ? NodeKind::kMessage : NodeKind::kMap;
  node.begin = node.offset = is_message ? BeginOf(type) : brace.begin;
  if (is_message) node.name = ast_.Intern(*QualifiedName(type));
  return Add(node, children);
}

std::optional<std::string> Parser::QualifiedName(NodeId id) const {
  std::string fields;
  for (; ast_.node(id).kind == NodeKind::kSelect; id = ast_.child(id, 0)) {
    if (ast_.node(id).test_only) return std::nullopt;
    fields = Cat(".", ast_.node(id).name, fields);
  }
  if (ast_.node(id).kind != NodeKind::kIdent) return std::nullopt;
  return Cat(ast_.node(id).name, fields);
}

NodeId Parser::ParseLiteral(bool negative) {
  const Token& first = Current();
  if (negative) Take();
  const Token& token = Take();
  switch (token.kind) {
    case TokenKind::kInt:
      return ParseInt(token, negative);
    case TokenKind::kUint: {
      std::optional<uint64_t> value = DecodeUint(token.text);
      if (!value) Fail(token.begin, "uint literal does not fit 64 bits");
      return Constant(token, Value::Uint(value.value_or(0)));
    }
    case TokenKind::kDouble: {
      std::optional<double> value = DecodeDouble(token.text);
      if (!value) Fail(token.begin, "double literal does not fit 64 bits");
      const double real = value.value_or(0);
      return Constant(first, Value::Double(negative ? -real : real));
    }
    case TokenKind::kLiteralKeyword:
      if (token.text == "null") return Constant(token, Value::Null());
      return Constant(token, Value::Bool(token.text == "true"));
    default:
      return ParseText(token);
  }
}

NodeId Parser::ParseInt(const Token& token, bool negative) {
  std::optional<int64_t> value = DecodeInt(token.text, negative);
  if (!value.has_value()) {
    Fail(token.begin, "int literal does not fit 64 bits");
  }
  Token whole = token;
  // The sign is the token before.
  if (negative) whole.begin = tokens_[at_ - 2].begin;
  return Constant(whole, Value::Int(value.value_or(0)));
}

NodeId Parser::ParseText(const Token& token) {
  LiteralError error;
  std::optional<std::string> text = DecodeText(token.text, &error);
  if (!text.has_value()) {
    Fail(token.begin + static_cast<uint32_t>(error.offset), error.message);
    return Constant(token, Value::String(""));
  }
  std::string_view kept = ast_.Intern(*text);
  return Constant(token, token.kind == TokenKind::kBytes ? Value::Bytes(kept)
                                                         : Value::String(kept));
}

}  // namespace

std::optional<Ast> Parse(std::string_view text, const ParseOptions& options,
                         std::vector<Issue>* issues) {
  if (text.size() > kMaxSourceBytes) {
    issues->push_back({{},
                       Cat("expression has ", text.size(), " bytes, at most ",
                           kMaxSourceBytes, " are allowed")});
    return std::nullopt;
  }
  if (!IsValidUtf8(text)) {
    issues->push_back({{}, "expression is not valid UTF-8"});
    return std::nullopt;
  }
  return Parser(Source(std::string(text)), options, issues).Run();
}

absl::StatusOr<Ast> Parse(std::string_view text, const ParseOptions& options) {
  std::vector<Issue> issues;
  std::optional<Ast> ast = Parse(text, options, &issues);
  if (!ast.has_value()) return ToStatus(issues);
  return *std::move(ast);
}

}  // namespace phoenix::cel
