#ifndef LIBS_COMPONENT_STEP_ROWS_H_
#define LIBS_COMPONENT_STEP_ROWS_H_

#include "libs/event/selection.h"
#include "libs/rules/frame.h"

namespace phoenix {

// Puts `failed` in the order of rows and leaves one error a row, the first that
// was said. Rules append errors in the order in which they find them.
void SortFailures(RowErrors& failed);

// Takes the rows of `failed`, which SortFailures has ordered, out of `rows`.
void TakeOut(const RowErrors& failed, Selection& rows);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_STEP_ROWS_H_
