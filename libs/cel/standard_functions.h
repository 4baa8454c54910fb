#ifndef LIBS_CEL_STANDARD_FUNCTIONS_H_
#define LIBS_CEL_STANDARD_FUNCTIONS_H_

#include "libs/cel/function.h"

namespace phoenix::cel {

// CEL's standard operators and functions, with its overload ids; lives for
// ever.
const FunctionRegistry& StandardFunctions();

// Adds them to `registry`, which must not have any of them, and which is then
// open for extensions. An extension is a function like the ones below, in a
// file of its own.
void AddStandardFunctions(FunctionRegistry& registry);

// The parts of AddStandardFunctions().
void AddLogicFunctions(FunctionRegistry& registry);
void AddArithmeticFunctions(FunctionRegistry& registry);
void AddComparisonFunctions(FunctionRegistry& registry);
void AddContainerFunctions(FunctionRegistry& registry);
void AddStringFunctions(FunctionRegistry& registry);
void AddConversionFunctions(FunctionRegistry& registry);
void AddTimeFunctions(FunctionRegistry& registry);

// Adds a function of the library itself: a clash is a bug and ends the
// process.
void MustAdd(FunctionRegistry& registry, Function function);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_STANDARD_FUNCTIONS_H_
