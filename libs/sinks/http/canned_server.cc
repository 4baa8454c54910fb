#include "libs/sinks/http/canned_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "libs/io/write_all.h"

namespace phoenix {
namespace {

constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

// Parses `Name: value` lines.
std::map<std::string, std::string> ParseHeaders(const std::string& head) {
  std::map<std::string, std::string> headers;
  size_t begin = head.find("\r\n") + 2;
  while (begin < head.size()) {
    const size_t end = std::min(head.find("\r\n", begin), head.size());
    const std::string line = head.substr(begin, end - begin);
    const size_t colon = line.find(": ");
    if (colon != std::string::npos) {
      headers[Lower(line.substr(0, colon))] = line.substr(colon + 2);
    }
    begin = end + 2;
  }
  return headers;
}

// Appends what comes next; false at the end.
bool ReadMore(int fd, std::string& buffer) {
  char bytes[65536];
  const ssize_t size = recv(fd, bytes, sizeof(bytes), 0);
  if (size <= 0) return false;
  buffer.append(bytes, size);
  return true;
}

}  // namespace

CannedServer::CannedServer() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  bind(listener_.get(), generic, size);
  getsockname(listener_.get(), generic, &size);
  port_ = ntohs(address.sin_port);
  listen(listener_.get(), 8);
  thread_ = std::thread([this] { Serve(); });
}

CannedServer::~CannedServer() {
  stopping_ = true;
  shutdown(listener_.get(), SHUT_RDWR);
  thread_.join();
  {
    MutexLock lock(mutex_);
    for (const auto& fd : fds_) shutdown(fd->get(), SHUT_RDWR);
    changed_.NotifyAll();
  }
  for (std::thread& thread : serving_) thread.join();
}

std::string CannedServer::url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/events";
}

void CannedServer::AnswerNext(const std::string& answer) {
  MutexLock lock(mutex_);
  answers_.push_back(answer);
}

std::vector<CannedServer::Request> CannedServer::requests() const {
  MutexLock lock(mutex_);
  return requests_;
}

void CannedServer::AnswerAfter(size_t requests) {
  MutexLock lock(mutex_);
  answer_after_ = requests;
}

void CannedServer::Serve() {
  while (!stopping_) {
    auto fd =
        std::make_unique<UniqueFd>(accept(listener_.get(), nullptr, nullptr));
    if (!fd->valid()) continue;
    ++connections_;
    const UniqueFd& connection = *fd;
    {
      MutexLock lock(mutex_);
      fds_.push_back(std::move(fd));
    }
    serving_.emplace_back([this, &connection] { ServeConnection(connection); });
  }
}

void CannedServer::ServeConnection(const UniqueFd& fd) {
  std::string buffer;
  Request request;
  while (!stopping_ && ReadRequest(fd.get(), buffer, request)) {
    const std::string answer = Take(std::move(request));
    if (answer.empty() || WriteAll(fd.get(), answer) != 0) break;
  }
  shutdown(fd.get(), SHUT_RDWR);
}

bool CannedServer::ReadRequest(int fd, std::string& buffer, Request& request) {
  size_t end;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
    if (!ReadMore(fd, buffer)) return false;
  }
  request.headers = ParseHeaders(buffer.substr(0, end));
  const size_t size = std::stoul(request.headers["content-length"]);
  buffer.erase(0, end + 4);
  while (buffer.size() < size) {
    if (!ReadMore(fd, buffer)) return false;
  }
  request.body = buffer.substr(0, size);
  buffer.erase(0, size);
  return true;
}

std::string CannedServer::Take(Request request) {
  MutexLock lock(mutex_);
  std::string answer = kOk;
  if (!answers_.empty()) {
    answer = std::move(answers_.front());
    answers_.pop_front();
  }
  request.accepted = answer.starts_with("HTTP/1.1 2");
  requests_.push_back(std::move(request));
  changed_.NotifyAll();
  while (requests_.size() < answer_after_ && !stopping_) changed_.Wait(mutex_);
  return answer;
}

}  // namespace phoenix
