// Kills a process that writes files, at every step, and holds that each event
// of a log is in them once when all that was not final has come again.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/failpoint.h"
#include "libs/base/random.h"
#include "libs/base/text.h"
#include "libs/component/testing/test_batch.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"
#include "libs/sinks/file/file_sink.h"
#include "libs/sinks/rows/csv_row_encoder.h"
#include "libs/sinks/rows/event_field.h"
#include "libs/sinks/rows/ndjson_row_encoder.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

constexpr int64_t kEvents = 400;
constexpr int64_t kBatch = 16;
constexpr int kBatches = kEvents / kBatch;

// Whether the route of the sink takes an event: the same in every life.
bool IsRouted(int64_t offset) { return offset * 2654435761u % 10 < 7; }

std::string Payload(int64_t offset) {
  return Cat(R"({"n":)", offset, R"(,"k":"k)", offset % 5,
             R"(","text":"two\nlines, \"quoted\""})");
}

EventBatchPtr BatchAt(int64_t first) {
  std::vector<std::string> payloads;
  for (int64_t i = first; i < first + kBatch; ++i) {
    payloads.push_back(Payload(i));
  }
  const EventBatchPtr plain = MakeBatch(payloads);
  EventBatch::Columns columns = plain->columns();
  columns.identity = {.log = "orders", .partition = 0, .first_offset = first};
  return std::make_shared<EventBatch>(std::move(columns));
}

// What outlives a process: which batches of the log are final.
class Cursor {
 public:
  Cursor()
      : final_(
            static_cast<char*>(mmap(nullptr, kBatches, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  ~Cursor() { munmap(final_, kBatches); }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  void SetFinal(int batch) { final_[batch] = 1; }
  // Batches from here on come again, the final ones among them too.
  int position() const {
    int batch = 0;
    while (batch < kBatches && final_[batch] != 0) ++batch;
    return batch;
  }

 private:
  char* const final_;
};

struct Scenario {
  std::string path = "out.ndjson";
  bool csv = false;
  bool sync = false;
  uint64_t rotate_bytes = 0;
  bool twice = false;  // A queue and the log both hand on what was under way.
};

class World {
 public:
  World(const Scenario& scenario, uint64_t seed)
      : scenario_(scenario), random_(seed) {}

  // A process that dies by `failpoint`, or ends by itself. False: it ended.
  bool LiveAndDie(const std::string& failpoint) {
    const uint64_t seed = random_.Next();
    const pid_t child = fork();
    if (child == 0) {
      if (!ArmFailpoints(failpoint).ok()) _exit(3);
      _exit(Live(seed) ? 0 : 4);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) {
      EXPECT_EQ(WTERMSIG(status), SIGKILL);
      return true;
    }
    EXPECT_EQ(WEXITSTATUS(status), 0);
    return false;
  }

  // Writes what is not final, some lanes at a time, and what comes back again.
  // False when the sink can't work.
  bool Live(uint64_t seed) {
    Random random(seed);
    FileSink sink = MakeSink();
    if (!sink.Open().ok()) return false;
    std::vector<int> waiting;
    int next = cursor_.position();
    for (int steps = 0; steps < 20 * kBatches; ++steps) {
      while (waiting.size() < 3 && next < kBatches) {
        if (scenario_.twice) waiting.push_back(next);
        waiting.push_back(next++);
      }
      if (waiting.empty()) break;
      const size_t lane = random.Below(waiting.size());
      const int batch = waiting[lane];
      waiting.erase(waiting.begin() + static_cast<ptrdiff_t>(lane));
      Write(sink, batch, &waiting);
      if (waiting.empty() || random.Chance(0.3)) sink.Flush();
    }
    sink.Flush();
    const bool closed = sink.Close().ok();
    return closed && cursor_.position() == kBatches;
  }

  // How often each event is in the files.
  std::map<std::string, int> Written() const {
    std::map<std::string, int> counts;
    for (const std::string& name : temp_.Files()) {
      if (name.starts_with(".phoenix")) continue;
      if (scenario_.csv) {
        CountCsv(temp_.Read(name), counts);
      } else {
        for (const auto& line : SplitLines(temp_.Read(name))) ++counts[line];
      }
    }
    return counts;
  }

  std::map<std::string, int> Expected() const {
    std::map<std::string, int> counts;
    for (int64_t i = 0; i < kEvents; ++i) {
      if (IsRouted(i))
        counts[scenario_.csv ? std::to_string(i) : Payload(i)] = 1;
    }
    return counts;
  }

  // What a write that was cut in the middle leaves.
  void Tear() {
    std::ofstream(temp_ / scenario_.path, std::ios::app | std::ios::binary)
        << "12,\"torn\nrow";
  }

 private:
  FileSink MakeSink() {
    PathTemplateError error;
    FileSink::Options options;
    options.name = "out";
    options.path = PathTemplate::Parse(temp_ / scenario_.path, error).value();
    options.writer.buffer_bytes = 700;
    options.writer.rotate_bytes = scenario_.rotate_bytes;
    options.max_open_files = 3;
    options.sync = scenario_.sync;
    options.exactly_once = true;
    options.record = "p.out";
    return FileSink(std::move(options), MakeEncoder(), clock_);
  }

  std::unique_ptr<RowEncoder> MakeEncoder() const {
    if (!scenario_.csv) return std::make_unique<NdjsonRowEncoder>();
    return std::make_unique<CsvRowEncoder>(std::vector<EventField>{
        *ParseEventField("data.n"), *ParseEventField("data.text")});
  }

  void Write(FileSink& sink, int batch, std::vector<int>* waiting) {
    BatchView view{BatchAt(batch * kBatch), {}};
    for (uint32_t row = 0; row < kBatch; ++row) {
      if (IsRouted(batch * kBatch + row)) view.rows.push_back(row);
    }
    sink.Write(std::move(view), [=, this](const BatchOutcome& outcome) {
      if (outcome.Count(Outcome::kRetry) > 0) {
        waiting->push_back(batch);
      } else if (outcome.Count(Outcome::kRejected) == 0) {
        cursor_.SetFinal(batch);
      }
    });
  }

  // Rows are `n,"two\nlines, ""quoted"""`.
  static void CountCsv(const std::string& text,
                       std::map<std::string, int>& counts) {
    const std::string rest = ",\"two\nlines, \"\"quoted\"\"\"\n";
    const std::string header = "data.n,data.text\n";
    EXPECT_TRUE(text.starts_with(header));
    size_t at = header.size();
    while (at < text.size()) {
      const size_t comma = text.find(',', at);
      if (text.compare(comma, rest.size(), rest) != 0) {
        ADD_FAILURE() << "no row: " << text.substr(at, 60);
        return;
      }
      ++counts[text.substr(at, comma - at)];
      at = comma + rest.size();
    }
  }

  const Scenario scenario_;
  Random random_;
  TempDirectory temp_;
  FakeClock clock_;
  Cursor cursor_;
};

// Dies at the n-th time that a process comes there, for each n that it reaches.
void DieEverywhere(const Scenario& scenario, const std::string& failpoint,
                   bool tear = false) {
  int deaths = 0;
  for (int n = 1; n <= 40; n += n < 4 ? 1 : 7) {
    World world(scenario, static_cast<uint64_t>(n));
    const bool died = world.LiveAndDie(Cat(failpoint, "=kill@", n));
    deaths += died ? 1 : 0;
    if (died && tear) world.Tear();
    // And once more, while it recovers or soon after.
    world.LiveAndDie(Cat(failpoint, "=kill@2"));
    EXPECT_TRUE(world.Live(7)) << failpoint << " " << n;
    EXPECT_EQ(world.Written(), world.Expected()) << failpoint << " " << n;
    if (!died) break;
  }
  EXPECT_GT(deaths, 0) << failpoint << " was never reached";
}

const char* const kEverywhere[] = {
    "file.commit.before_sync",   "file.commit.before_record",
    "file.commit.after_record",  "file.record.half_written",
    "file.record.before_rename", "file.record.after_rename",
    "file.open.before_record",
};

TEST(FileSinkCrashTest, WritesEachEventOnceWhateverStepItDiesAt) {
  for (const char* failpoint : kEverywhere) DieEverywhere({}, failpoint);
}

TEST(FileSinkCrashTest, WritesEachEventOnceWhenItSyncs) {
  for (const char* failpoint : kEverywhere) {
    DieEverywhere({.sync = true}, failpoint);
  }
}

TEST(FileSinkCrashTest, WritesEachEventOnceAroundARotation) {
  const Scenario scenario{.sync = true, .rotate_bytes = 2000};
  for (const char* failpoint : kEverywhere) DieEverywhere(scenario, failpoint);
  DieEverywhere(scenario, "file.rotate.before_rename");
  DieEverywhere(scenario, "file.rotate.after_rename");
}

TEST(FileSinkCrashTest, WritesEachEventOnceToMoreFilesThanAreOpen) {
  for (const char* failpoint : kEverywhere) {
    DieEverywhere({.path = "{data.k}.ndjson"}, failpoint);
  }
}

TEST(FileSinkCrashTest, WritesEachEventOnceThatComesTwiceInOneLife) {
  for (const Scenario& scenario :
       {Scenario{.twice = true},
        Scenario{.path = "{data.k}.ndjson", .twice = true}}) {
    DieEverywhere(scenario, "file.commit.before_sync");
    DieEverywhere(scenario, "file.commit.after_record");
    DieEverywhere(scenario, "file.record.half_written");
  }
}

TEST(FileSinkCrashTest, CutsATornRowOfCsvInsideOfQuotes) {
  const Scenario scenario{.path = "out.csv", .csv = true};
  DieEverywhere(scenario, "file.commit.before_sync", /*tear=*/true);
  DieEverywhere(scenario, "file.commit.before_record", /*tear=*/true);
}

TEST(FileSinkCrashTest, GoesOnAfterAnErrorAtAnyStep) {
  for (const Scenario& scenario :
       {Scenario{}, Scenario{.rotate_bytes = 2000},
        Scenario{.path = "{data.k}.ndjson", .sync = true}}) {
    for (const std::string failpoint : kEverywhere) {
      for (int n = 2; n < 5; ++n) {
        World world(scenario, static_cast<uint64_t>(n));
        {
          ScopedFailpoints armed(Cat(failpoint, "=error@", n));
          // One that can't open its files is started again.
          EXPECT_TRUE(world.Live(n) || world.Live(n)) << failpoint << n;
        }
        EXPECT_EQ(world.Written(), world.Expected()) << failpoint << " " << n;
      }
    }
  }
}

// Any deaths, one after the other.
TEST(FileSinkCrashTest, WritesEachEventOnceAfterManyDeaths) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed);
    World world({.path = random.Chance(0.5) ? "out.ndjson" : "{data.k}.ndjson",
                 .sync = random.Chance(0.2),
                 .rotate_bytes = random.Chance(0.5) ? 2000u : 0u,
                 .twice = random.Chance(0.5)},
                seed);
    for (int deaths = 0; deaths < 8; ++deaths) {
      const char* const failpoint =
          kEverywhere[random.Below(std::size(kEverywhere))];
      world.LiveAndDie(Cat(failpoint, "=kill@", 1 + random.Below(12)));
    }
    EXPECT_TRUE(world.Live(seed)) << "seed " << seed;
    EXPECT_EQ(world.Written(), world.Expected()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace phoenix
