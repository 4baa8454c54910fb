// Sends a file of lines to a door at full speed: the load of W1.
//
//   send tcp  PORT FILE [CONNECTIONS]
//   send http PORT FILE [CONNECTIONS] [TARGET]
//
// The file is cut at line ends into one range a connection. Over TCP a
// connection sends its range, closes its side and waits for the receiver to
// close, so that the end of this program means that everything was taken. Over
// HTTP it posts pieces of about a mebibyte, waits for each answer, and on 429
// or 503 posts the piece again. Exit status 1: something was not taken.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr size_t kTcpWriteBytes = 256 * 1024;
constexpr size_t kHttpBodyBytes = 1024 * 1024;
constexpr int kPatienceSeconds = 60;

int Connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address))) {
    std::perror("connect");
    std::exit(1);
  }
  timeval patience = {kPatienceSeconds, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  return fd;
}

bool SendAll(int fd, std::string_view bytes, size_t piece) {
  while (!bytes.empty()) {
    const ssize_t n =
        send(fd, bytes.data(), std::min(piece, bytes.size()), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

bool SendTcp(int port, std::string_view range) {
  const int fd = Connect(port);
  const bool sent = SendAll(fd, range, kTcpWriteBytes);
  shutdown(fd, SHUT_WR);
  char answer[4096];
  ssize_t n;
  while ((n = recv(fd, answer, sizeof(answer), 0)) > 0) {
  }
  close(fd);
  return sent && n == 0;
}

// Reads one response with Content-Length; its status, or 0 when the connection
// broke.
int ReadStatus(int fd) {
  std::string head;
  char buffer[4096];
  size_t end;
  while ((end = head.find("\r\n\r\n")) == std::string::npos) {
    const ssize_t n = recv(fd, buffer, sizeof(buffer), 0);
    if (n <= 0) return 0;
    head.append(buffer, static_cast<size_t>(n));
  }
  size_t length = 0;
  const char* field = strcasestr(head.c_str(), "\r\ncontent-length:");
  if (field != nullptr) length = std::strtoul(field + 17, nullptr, 10);
  size_t have = head.size() - end - 4;
  while (have < length) {
    const ssize_t n = recv(fd, buffer, sizeof(buffer), 0);
    if (n <= 0) return 0;
    have += static_cast<size_t>(n);
  }
  return head.size() > 12 ? std::atoi(head.c_str() + 9) : 0;
}

bool SendHttp(int port, std::string_view range, const std::string& target) {
  const int fd = Connect(port);
  while (!range.empty()) {
    size_t size = std::min(kHttpBodyBytes, range.size());
    while (size < range.size() && range[size - 1] != '\n') ++size;
    const std::string head = "POST " + target +
                             " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                             "application/x-ndjson\r\nContent-Length: " +
                             std::to_string(size) + "\r\n\r\n";
    if (!SendAll(fd, head, head.size()) ||
        !SendAll(fd, range.substr(0, size), kTcpWriteBytes)) {
      return false;
    }
    const int status = ReadStatus(fd);
    if (status == 429 || status == 503) {
      usleep(10'000);
      continue;
    }
    if (status < 200 || status >= 300) {
      std::fprintf(stderr, "HTTP status %d\n", status);
      return false;
    }
    range.remove_prefix(size);
  }
  close(fd);
  return true;
}

std::string_view Map(const char* path) {
  const int file = open(path, O_RDONLY);
  struct stat info;
  if (file < 0 || fstat(file, &info) != 0) {
    std::perror(path);
    std::exit(66);
  }
  void* data = mmap(nullptr, static_cast<size_t>(info.st_size), PROT_READ,
                    MAP_SHARED | MAP_POPULATE, file, 0);
  return {static_cast<const char*>(data), static_cast<size_t>(info.st_size)};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr,
                 "usage: %s tcp|http PORT FILE [CONNECTIONS] [TARGET]\n",
                 argv[0]);
    return 64;
  }
  const bool http = std::string_view(argv[1]) == "http";
  const int port = std::atoi(argv[2]);
  const std::string_view data = Map(argv[3]);
  const size_t connections =
      argc > 4 ? static_cast<size_t>(std::atoi(argv[4])) : 1;
  const std::string target = argc > 5 ? argv[5] : "/";

  std::atomic<bool> all_taken = true;
  std::vector<std::thread> senders;
  size_t begin = 0;
  for (size_t i = 0; i < connections; ++i) {
    size_t end = data.size() / connections * (i + 1);
    if (i + 1 == connections) end = data.size();
    while (end < data.size() && data[end - 1] != '\n') ++end;
    const std::string_view range = data.substr(begin, end - begin);
    senders.emplace_back([&, range] {
      const bool taken =
          http ? SendHttp(port, range, target) : SendTcp(port, range);
      if (!taken) all_taken = false;
    });
    begin = end;
  }
  for (std::thread& sender : senders) sender.join();
  return all_taken ? 0 : 1;
}
