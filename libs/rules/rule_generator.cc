#include "libs/rules/rule_generator.h"

#include <utility>

namespace phoenix {
namespace {

constexpr std::string_view kPaths[] = {
    "data.a",        "data.b", "data.a.b",       "data.c[0]",   "data['x y']",
    "data.a['b'].c", "data",   R"(data['k"q'])", "data.c[1].a", "data.b.c",
    "data.none",     "data.c", "data[0]",        "data.c['a']", "data.a[0]",
};

constexpr std::string_view kAttributes[] = {"id", "source", "subject",
                                            "ext.region", "ext['none']"};

constexpr std::string_view kConstants[] = {
    "1",
    "0",
    "-1",
    "1.5",
    "2.0",
    "'a'",
    "'ab'",
    "null",
    "true",
    "''",
    "'ä'",
    "5000",
    "0.0",
    "false",
    "1e18",
    "1u",
    "-0.0",
    "9223372036854775807",
    "2",
    "'/blog'",
    "9007199254740993",
    "9223372036854775807.0",
};

constexpr std::string_view kFields[] = {"a", "b", "c", "x y", "k\\\"q", "n"};

constexpr std::string_view kScalars[] = {
    "1",
    "null",
    "true",
    "\"a\"",
    "0",
    "false",
    "1.5",
    "\"\"",
    "-1",
    "2.0",
    "\"ab\"",
    "-0",
    "-0.0",
    "1e400",
    "1e-400",
    "5e-324",
    "1E2",
    "\"\\u0061b\"",
    "\"\\/blog/x\"",
    "\"ä\"",
    "\"\\ud83d\\ude00\"",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "9007199254740993",
    "9007199254740992.0",
    "18446744073709551616",
    "5000",
    "5001",
    "0.1",
};

constexpr std::string_view kInvalid[] = {"",     "{",  "{\"a\":1}}", "nul",
                                         "\xFF", "[1", "{\"a\":01}"};

constexpr std::string_view kEditPaths[] = {
    "data.a",     "data.b", "data.a.b", "data[\"x y\"]",
    "data.a.b.c", "data.n", "data.c",   "data.b.n.n"};

constexpr std::string_view kSpaces[] = {"", "", "", " ", "\n\t"};

std::string Infix(const std::string& a, std::string_view name,
                  const std::string& b) {
  return "(" + a + " " + std::string(name) + " " + b + ")";
}

}  // namespace

size_t RuleGenerator::Choose(size_t bound) {
  if (bytes_.empty()) return 0;
  const auto byte = static_cast<unsigned char>(bytes_.front());
  bytes_.remove_prefix(1);
  return byte % bound;
}

std::string RuleGenerator::Path() { return OneOf(kPaths); }
std::string RuleGenerator::Constant() { return OneOf(kConstants); }

std::string RuleGenerator::Bool(int depth) {
  constexpr std::string_view kCompare[] = {"==", "<", ">=", "!=", "<=", ">"};
  constexpr std::string_view kTests[] = {"startsWith", "endsWith", "contains"};
  constexpr std::string_view kPatterns[] = {"'^a'", "'b$'", "'.'", "'^$'"};
  constexpr std::string_view kLogic[] = {"&&", "||"};
  if (depth == 0) return Infix(Path(), "==", Constant());
  switch (Choose(11)) {
    case 1:
      return Infix(Bool(depth - 1), OneOf(kLogic), Bool(depth - 1));
    case 2:
      return "!(" + Bool(depth - 1) + ")";
    case 3:
      return "has(" + Path() + "." + (Choose(2) == 0 ? "b" : "a") + ")";
    case 4: {
      const std::string text = Text(depth - 1);
      const std::string test = OneOf(kTests);
      return text + "." + test + "(" + Text(depth - 1) + ")";
    }
    case 5:
      return Text(depth - 1) + ".matches(" + OneOf(kPatterns) + ")";
    case 6: {
      std::string list = "[" + Constant();
      while (Choose(3) != 0) list += ", " + Constant();
      return Infix(Value(depth - 1), "in", list + "]");
    }
    case 7:
      return "(" + Bool(depth - 1) + " ? " + Bool(depth - 1) + " : " +
             Bool(depth - 1) + ")";
    case 8:
      return Choose(2) == 0 ? Path() : "has(ext.region)";
    case 9:
      return Infix(Value(depth - 1), "in", Path());
    default:
      break;
  }
  const std::string left = Value(depth - 1);
  const std::string name = OneOf(kCompare);
  return Infix(left, name, Value(depth - 1));
}

std::string RuleGenerator::Value(int depth) {
  constexpr std::string_view kOperators[] = {"+", "-", "*", "/", "%"};
  const size_t choice = Choose(depth == 0 ? 4 : 10);
  switch (choice) {
    case 2:
      return Constant();
    case 3:
      return OneOf(kAttributes);
    case 4:
    case 5: {
      const std::string left = Value(depth - 1);
      const std::string name = OneOf(kOperators);
      return Infix(left, name, Value(depth - 1));
    }
    case 6:
      return "-" + Path();
    case 7:
      return "size(" + Text(depth - 1) + ")";
    case 8:
      return "(" + Bool(depth - 1) + " ? " + Value(depth - 1) + " : " +
             Value(depth - 1) + ")";
    case 9:
      return Bool(depth - 1);
    default:
      return Path();
  }
}

std::string RuleGenerator::Text(int depth) {
  switch (Choose(depth == 0 ? 3 : 4)) {
    case 1:
      return OneOf(kAttributes);
    case 2:
      return Choose(2) == 0 ? "'a'" : "''";
    case 3:
      return Infix(Text(depth - 1), "+", Text(depth - 1));
    default:
      return Path();
  }
}

std::string RuleGenerator::Payload() {
  const size_t choice = Choose(16);
  if (choice == 15) return OneOf(kInvalid);
  if (choice == 14) return Json(2);
  return OneOf(kSpaces) + Object(3) + OneOf(kSpaces);
}

std::string RuleGenerator::Json(int depth) {
  const size_t choice = Choose(depth == 0 ? 4 : 8);
  if (choice < 4) return OneOf(kScalars);
  if (choice < 6) return Object(depth - 1);
  std::string list = "[";
  while (Choose(4) != 0) {
    if (list.size() > 1) list += ",";
    list += Json(depth - 1) + OneOf(kSpaces);
  }
  return list + "]";
}

std::string RuleGenerator::Object(int depth) {
  std::string object = "{";
  while (Choose(6) != 0) {
    if (object.size() > 1) object += "," + OneOf(kSpaces);
    object += "\"" + OneOf(kFields) + "\"" + OneOf(kSpaces) + ":";
    object += OneOf(kSpaces) + Json(depth) + OneOf(kSpaces);
  }
  return object + "}";
}

PayloadEdit RuleGenerator::Edit() {
  switch (Choose(3)) {
    case 1:
      return {PayloadEdit::Kind::kRemove, OneOf(kEditPaths), "", {}};
    case 2: {
      std::string from = OneOf(kEditPaths);
      return {
          PayloadEdit::Kind::kRename, std::move(from), OneOf(kEditPaths), {}};
    }
    default:
      return {PayloadEdit::Kind::kSet, OneOf(kEditPaths), "", {}};
  }
}

}  // namespace phoenix
