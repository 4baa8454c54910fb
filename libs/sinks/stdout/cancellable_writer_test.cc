#include "libs/sinks/stdout/cancellable_writer.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "libs/io/unique_fd.h"

namespace phoenix {
namespace {

class CancellableWriterTest : public testing::Test {
 protected:
  CancellableWriterTest() {
    signal(SIGPIPE, SIG_IGN);
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    reader_ = UniqueFd(ends[0]);
    pipe_ = UniqueFd(ends[1]);
  }

  std::string ReadAll() {
    pipe_ = UniqueFd();
    std::string text;
    char bytes[4096];
    ssize_t count;
    while ((count = read(reader_.get(), bytes, sizeof(bytes))) > 0) {
      text.append(bytes, count);
    }
    return text;
  }

  UniqueFd reader_;
  UniqueFd pipe_;
  size_t written_ = 0;
};

std::string Lines(size_t count, size_t size) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += std::string(size - 1, 'x') + "\n";
  return text;
}

TEST_F(CancellableWriterTest, WritesMoreThanAPipeHolds) {
  const std::string lines = Lines(10000, 100);
  std::string text;
  std::thread reading([&] {
    char bytes[4096];
    while (text.size() < lines.size()) {
      text.append(bytes, read(reader_.get(), bytes, sizeof(bytes)));
    }
  });
  EXPECT_EQ(CancellableWriter(pipe_.get()).Write(lines, written_), 0);
  reading.join();
  EXPECT_EQ(text, lines);
  EXPECT_EQ(written_, lines.size());
}

TEST_F(CancellableWriterTest, EndsTheWaitForAReaderThatDoesNotRead) {
  CancellableWriter writer(pipe_.get());
  std::thread canceller([&] { writer.Cancel(); });
  const std::string lines = Lines(10000, 100);
  EXPECT_EQ(writer.Write(lines, written_), ECANCELED);
  canceller.join();
  EXPECT_LT(written_, lines.size());
  // What was written is whole lines.
  EXPECT_EQ(written_ % 100, 0u);
  EXPECT_EQ(ReadAll(), lines.substr(0, written_));
}

TEST_F(CancellableWriterTest, WritesWhatNeedsNoWaitAfterACancel) {
  CancellableWriter writer(pipe_.get());
  writer.Cancel();
  EXPECT_EQ(writer.Write("line\n", written_), 0);
  EXPECT_EQ(ReadAll(), "line\n");
}

TEST_F(CancellableWriterTest, CutsALineThatIsLargerThanAPiece) {
  const std::string line = Lines(1, 3 * CancellableWriter::kMaxPiece);
  EXPECT_EQ(CancellableWriter(pipe_.get()).Write(line, written_), 0);
  EXPECT_EQ(ReadAll(), line);
}

TEST_F(CancellableWriterTest, SaysThatTheReaderHasGone) {
  reader_ = UniqueFd();
  EXPECT_EQ(CancellableWriter(pipe_.get()).Write("line\n", written_), EPIPE);
  EXPECT_EQ(written_, 0u);
}

TEST_F(CancellableWriterTest, LeavesTheFlagsOfTheDescriptorAlone) {
  const int before = fcntl(pipe_.get(), F_GETFL);
  CancellableWriter(pipe_.get()).Write("line\n", written_);
  EXPECT_EQ(fcntl(pipe_.get(), F_GETFL), before);
}

}  // namespace
}  // namespace phoenix
