#include "integration/servers/postgres_server.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/child_process.h"
#include "integration/servers/server_folder.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

// What psql prints for a command.
std::string Query(const PostgresServer& server, const std::string& sql) {
  ServerFolder folder;
  const absl::Status done = RunToEnd(
      {.command = {"psql", "-At", "-c", sql, server.connection_string()},
       .directory = folder.path(),
       .log_file = folder / "log"});
  EXPECT_TRUE(done.ok()) << done;
  return TailOf(folder / "log");
}

TEST(PostgresServerTest, KeepsItsDataWhenItIsKilled) {
  auto started = PostgresServer::Start();
  ASSERT_TRUE(started.ok()) << started.status();
  PostgresServer& server = **started;
  EXPECT_THAT(server.connection_string(), HasSubstr("host=127.0.0.1"));
  Query(server, "CREATE TABLE t AS SELECT 42 AS answer");

  server.Kill();
  const absl::Status restarted = server.Restart();
  ASSERT_TRUE(restarted.ok()) << restarted;
  EXPECT_EQ(Query(server, "SELECT answer FROM t"), "42\n");
}

}  // namespace
}  // namespace phoenix
