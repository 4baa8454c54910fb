#ifndef LIBS_SINKS_POSTGRES_SQL_ERROR_H_
#define LIBS_SINKS_POSTGRES_SQL_ERROR_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

namespace phoenix {

// What an SQLSTATE (five characters) asks for; see PostgresConnection. Unknown
// ones may work later: nothing is given up for what we don't know.
absl::StatusCode CodeOfSqlState(std::string_view state);

// The row that the context of an error of a COPY names, from 1; 0 for none. The
// words are the server's language; `COPY table, word 7` is their order in all.
size_t RowInCopyContext(std::string_view context, std::string_view table);

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_SQL_ERROR_H_
