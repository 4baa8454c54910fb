#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/io/errno_status.h"
#include "libs/io/unique_fd.h"
#include "libs/io/write_all.h"

namespace phoenix {
namespace {

bool IsOpen(int fd) { return fcntl(fd, F_GETFD) >= 0; }

TEST(UniqueFdTest, ClosesWhatItOwns) {
  int raw;
  {
    const UniqueFd fd(dup(1));
    raw = fd.get();
    EXPECT_TRUE(IsOpen(raw));
  }
  EXPECT_FALSE(IsOpen(raw));
}

TEST(UniqueFdTest, GivesItsDescriptorAway) {
  UniqueFd first(dup(1));
  const int raw = first.get();
  UniqueFd second(std::move(first));
  EXPECT_FALSE(first.valid());
  EXPECT_EQ(second.get(), raw);
  second = UniqueFd(dup(1));
  EXPECT_NE(second.get(), -1);
  second.Reset();
  EXPECT_FALSE(second.valid());
}

TEST(ErrnoStatusTest, SaysWhatFailedAndWhy) {
  EXPECT_EQ(ErrnoStatus(ENOSPC, "cannot write 'a'"),
            absl::ResourceExhaustedError(
                "cannot write 'a': No space left on device"));
}

TEST(ErrnoStatusTest, TellsWhatMayWorkLater) {
  for (int error : {ENOSPC, EDQUOT, EMFILE, EIO, EAGAIN, ECANCELED}) {
    EXPECT_TRUE(MayWorkLater(ErrnoStatus(error, ""))) << error;
  }
  for (int error : {EACCES, EROFS, EISDIR, ENOTDIR, ELOOP, ENAMETOOLONG, EFBIG,
                    EPIPE, ENOENT}) {
    EXPECT_FALSE(MayWorkLater(ErrnoStatus(error, ""))) << error;
  }
}

TEST(WriteAllTest, WritesMoreThanAPipeHolds) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const std::string bytes(1 << 20, 'x');
  std::thread thread([&] {
    EXPECT_EQ(WriteAll(writer.get(), bytes), 0);
    writer.Reset();
  });
  size_t size = 0;
  char buffer[4096];
  for (ssize_t n; (n = read(reader.get(), buffer, sizeof(buffer))) > 0;) {
    size += n;
  }
  thread.join();
  EXPECT_EQ(size, bytes.size());
}

TEST(WriteAllTest, GivesTheErrno) {
  const UniqueFd full(open("/dev/full", O_WRONLY));
  EXPECT_EQ(WriteAll(full.get(), "x"), ENOSPC);
  EXPECT_EQ(WriteAll(full.get(), ""), 0);
  EXPECT_EQ(WriteAll(-1, "x"), EBADF);
}

}  // namespace
}  // namespace phoenix
