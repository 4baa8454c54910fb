#ifndef LIBS_SINKS_POSTGRES_TESTING_DATABASE_H_
#define LIBS_SINKS_POSTGRES_TESTING_DATABASE_H_

#include <string>
#include <vector>

#include "integration/servers/postgres_server.h"
#include "libs/event/event_batch.h"
#include "libs/sinks/postgres/postgres_sink.h"

namespace phoenix {

// The one PostgreSQL of a test program, started when it is first asked for. Its
// functions fail the test when something goes wrong. One thread, the main one.
PostgresServer& Database();

// What a query gives: a text a row, its values with `|` between; null is empty.
std::vector<std::string> Sql(const std::string& sql);

// A name that no other table has.
std::string NewTableName();

// A sink that writes `columns` to `table` there.
PostgresSink::Options SinkOptions(const std::string& table,
                                  std::vector<Column> columns);

// The same, with its positions in a table that it makes.
PostgresSink::Options ExactlyOnceOptions(const std::string& table,
                                         std::vector<Column> columns);

// The column `name` of that type, filled with `field`.
Column ColumnOf(const std::string& name, ColumnType type,
                const std::string& field);

// `count` events of partition 0 of a log; payloads are `{"n":OFFSET}`.
EventBatchPtr LoggedBatch(int64_t first_offset, int count,
                          const std::string& log = "log");

// Opens the sink, or fails the test.
void OpenSink(PostgresSink& sink);

// Writes all rows of the batch and flushes: the outcomes of its rows. What is
// wrong with them goes to `why`, a line a row, if it is given.
std::vector<std::string> Deliver(Sink& sink, EventBatchPtr batch,
                                 std::vector<std::string>* why = nullptr);

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_TESTING_DATABASE_H_
