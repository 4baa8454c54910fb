#include "integration/servers/child_process.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

constexpr int kCouldNotStart = 127;

struct User {
  uid_t uid = 0;
  gid_t gid = 0;
};

absl::StatusOr<User> FindUser(const std::string& name) {
  if (name.empty() || geteuid() != 0) return User{geteuid(), getegid()};
  const passwd* entry = getpwnam(name.c_str());
  if (entry == nullptr) {
    return absl::NotFoundError(Cat("there is no user '", name, "'"));
  }
  return User{entry->pw_uid, entry->pw_gid};
}

// Runs in the child, where only calls that are safe after fork are allowed.
[[noreturn]] void Become(const ChildProcess::Options& options, User user,
                         char* const* arguments) {
  const int log =
      open(options.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  const bool changes_user = user.uid != geteuid();
  if (changes_user && (setgroups(0, nullptr) != 0 || setgid(user.gid) != 0 ||
                       setuid(user.uid) != 0)) {
    _exit(kCouldNotStart);
  }
  // After the change of user, which would undo it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (chdir(options.directory.c_str()) == 0) execvp(arguments[0], arguments);
  _exit(kCouldNotStart);
}

}  // namespace

absl::StatusOr<ChildProcess> ChildProcess::Start(const Options& options) {
  PHOENIX_ASSIGN_OR_RETURN(const User user, FindUser(options.user));
  std::vector<std::string> words = options.command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return absl::InternalError(Cat("fork: ", strerror(errno)));
  if (pid == 0) {
    if (getppid() != parent) _exit(kCouldNotStart);
    Become(options, user, arguments.data());
  }
  return ChildProcess(pid);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

bool ChildProcess::Running() {
  if (pid_ == 0) return false;
  if (waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = 0;
  return pid_ != 0;
}

void ChildProcess::Kill() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(std::exchange(pid_, 0), nullptr, 0);
}

void ChildProcess::Pause() {
  if (pid_ != 0) kill(pid_, SIGSTOP);
}

void ChildProcess::Resume() {
  if (pid_ != 0) kill(pid_, SIGCONT);
}

absl::Status ChildProcess::Wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError(Cat("ended with wait status '", status, "'"));
}

absl::Status RunToEnd(const ChildProcess::Options& options) {
  PHOENIX_ASSIGN_OR_RETURN(ChildProcess process, ChildProcess::Start(options));
  const absl::Status ended = process.Wait();
  if (ended.ok()) return ended;
  return absl::InternalError(Cat("'", options.command[0], "' ",
                                 FromAbsl(ended.message()), ":\n",
                                 TailOf(options.log_file)));
}

std::string TailOf(const std::string& log_file) {
  constexpr size_t kMaxBytes = 2000;
  std::ifstream file(log_file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (text.size() > kMaxBytes) text.erase(0, text.size() - kMaxBytes);
  return text;
}

}  // namespace phoenix
