#ifndef LIBS_CEL_CEL_H_
#define LIBS_CEL_CEL_H_

// The Common Expression Language, whole:
//
//   Environment environment;
//   environment.AddVariable("data", Type());          // JSON is dyn
//   std::vector<Issue> issues;
//   std::optional<Ast> ast = Parse("data.t > 80.0", {}, &issues);
//   auto checked = Check(*std::move(ast), environment, {}, &issues);
//   auto program = Program::Create(checked);
//   Value result = (*program)->Evaluate(activation, arena);
//
// Each step's header says what it promises. The environment, and what it was
// given, must outlive the program; the arena the result.

#include "libs/cel/ast.h"
#include "libs/cel/checker.h"
#include "libs/cel/containers.h"
#include "libs/cel/environment.h"
#include "libs/cel/parser.h"
#include "libs/cel/program.h"
#include "libs/cel/source.h"
#include "libs/cel/standard_functions.h"
#include "libs/cel/type.h"
#include "libs/cel/value.h"

#endif  // LIBS_CEL_CEL_H_
