// The hand-written limit that Phoenix is held against in W1: one thread, the
// rules written as code, nothing configurable, no acknowledgement, no metrics.
//
//   w1_loop PORT FOLDER
//
// Takes NDJSON from one connection on 127.0.0.1:PORT until it ends. Keeps rows
// with `status >= 400` or `bytes > 5000`, renames `client` to `client_ip`, adds
// `"stage":"prod"`, and writes pres.ndjson, blog.ndjson and other.ndjson in
// FOLDER by the prefix of `path`. Bytes that no rule changes are copied as they
// came.
#include <fcntl.h>
#include <netinet/in.h>
#include <simdjson.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace ondemand = simdjson::ondemand;

constexpr size_t kBufferBytes = 256 * 1024;

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(1);
}

// A file that is written in large pieces.
class RowFile {
 public:
  explicit RowFile(const std::string& path)
      : fd_(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644)) {
    if (fd_ < 0) Die(path.c_str());
    pending_.reserve(kBufferBytes);
  }
  ~RowFile() {
    Write();
    close(fd_);
  }
  RowFile(const RowFile&) = delete;
  RowFile& operator=(const RowFile&) = delete;

  void Begin(size_t bytes) {
    if (pending_.size() + bytes > kBufferBytes) Write();
  }
  void Add(std::string_view part) { pending_.append(part); }

 private:
  void Write() {
    std::string_view rest = pending_;
    while (!rest.empty()) {
      const ssize_t n = write(fd_, rest.data(), rest.size());
      if (n <= 0) Die("write");
      rest.remove_prefix(static_cast<size_t>(n));
    }
    pending_.clear();
  }

  int fd_;
  std::string pending_;
};

// What the rules read of a row.
struct Row {
  std::string_view client_key;  // "client" with its quotes, where it stands.
  std::string_view path;
  int64_t status = 0;
  int64_t bytes = 0;
};

bool ReadRow(ondemand::object object, Row& row) {
  int found = 0;
  for (auto field : object) {
    const ondemand::raw_json_string key = field.key();
    if (key == "client") {
      row.client_key =
          std::string_view(key.raw() - 1, sizeof("\"client\"") - 1);
    } else if (key == "path") {
      row.path = field.value().get_string();
    } else if (key == "status") {
      row.status = field.value().get_int64();
    } else if (key == "bytes") {
      ondemand::value value = field.value();
      row.bytes = value.is_null() ? 0 : int64_t{value.get_int64()};
    } else {
      continue;
    }
    if (++found == 4) return true;
  }
  return false;
}

int AcceptOne(int port) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) ||
      listen(listener, 4)) {
    Die("listen");
  }
  return accept(listener, nullptr, nullptr);
}

class Loop {
 public:
  explicit Loop(const std::string& folder)
      : pres_(folder + "/pres.ndjson"),
        blog_(folder + "/blog.ndjson"),
        other_(folder + "/other.ndjson") {}

  void Run(int connection) {
    std::vector<char> buffer(kBufferBytes + simdjson::SIMDJSON_PADDING);
    size_t held = 0;
    ssize_t n;
    while ((n = read(connection, buffer.data() + held, kBufferBytes - held)) >
           0) {
      held += static_cast<size_t>(n);
      const void* newline = memrchr(buffer.data(), '\n', held);
      if (newline == nullptr) continue;
      const size_t whole =
          static_cast<const char*>(newline) + 1 - buffer.data();
      Take(buffer.data(), whole);
      held -= whole;
      std::memmove(buffer.data(), buffer.data() + whole, held);
    }
  }

 private:
  void Take(const char* data, size_t size) {
    ondemand::document_stream rows;
    if (parser_.iterate_many(data, size, kBufferBytes).get(rows)) Die("parse");
    for (auto it = rows.begin(); it != rows.end(); ++it) {
      ondemand::document_reference document = *it;
      ondemand::object object;
      Row row;
      if (document.get_object().get(object) || !ReadRow(object, row)) continue;
      if (row.status < 400 && row.bytes <= 5000) continue;
      const char* begin = data + it.current_index();
      const char* end =
          static_cast<const char*>(memchr(begin, '\n', data + size - begin));
      while (end[-1] != '}') --end;
      Emit(row, std::string_view(begin, end - begin));
    }
  }

  void Emit(const Row& row, std::string_view text) {
    RowFile& file = row.path.starts_with("/presentations") ? pres_
                    : row.path.starts_with("/blog")        ? blog_
                                                           : other_;
    const size_t before = row.client_key.data() - text.data();
    const size_t after = before + row.client_key.size();
    file.Begin(text.size() + 32);
    file.Add(text.substr(0, before));
    file.Add("\"client_ip\"");
    file.Add(text.substr(after, text.size() - 1 - after));
    file.Add(",\"stage\":\"prod\"}\n");
  }

  RowFile pres_, blog_, other_;
  ondemand::parser parser_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s PORT FOLDER\n", argv[0]);
    return 64;
  }
  Loop loop(argv[2]);
  loop.Run(AcceptOne(std::atoi(argv[1])));
  return 0;
}
