#ifndef LIBS_RULES_VALUE_COLUMN_H_
#define LIBS_RULES_VALUE_COLUMN_H_

// The results of rules and the values that they read are columns of one type,
// which belongs to the library that reads JSON.
#include "libs/json/value_column.h"  // IWYU pragma: export

#endif  // LIBS_RULES_VALUE_COLUMN_H_
