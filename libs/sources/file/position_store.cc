#include "libs/sources/file/position_store.h"

#include <fcntl.h>
#include <simdjson.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <utility>

#include "libs/base/json_text.h"
#include "libs/base/status_macros.h"
#include "libs/net/owned_fd.h"

namespace phoenix {
namespace {

absl::Status Failed(const std::string& what, const std::string& path) {
  return absl::ErrnoToStatus(errno, what + " '" + path + "'");
}

absl::Status NotUnderstood(const std::string& path) {
  return absl::DataLossError("state file '" + path +
                             "' is no list of positions: remove it to read "
                             "from the beginning, or change `state_path`");
}

std::string Serialise(const std::vector<FilePosition>& positions) {
  std::string out = "{\"files\":[";
  for (const FilePosition& position : positions) {
    if (out.back() == '}') out += ',';
    out += "\n{\"path\":";
    AppendJsonText(position.path, out);
    out += ",\"device\":" + std::to_string(position.device) +
           ",\"inode\":" + std::to_string(position.inode) +
           ",\"offset\":" + std::to_string(position.offset) +
           ",\"head_bytes\":" + std::to_string(position.head.size) +
           ",\"head_crc32\":" + std::to_string(position.head.crc) + "}";
  }
  return out + "\n]}\n";
}

// Empty when there is none that could be right.
FileHead LoadHead(simdjson::dom::element file) {
  uint64_t size = 0;
  uint64_t crc = 0;
  if (file["head_bytes"].get(size) || file["head_crc32"].get(crc)) return {};
  if (size > FileHead::kMaxBytes) return {};
  return {static_cast<uint32_t>(size), static_cast<uint32_t>(crc)};
}

absl::Status WriteAndSync(const std::string& path, std::string_view text) {
  OwnedFd fd(
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd.valid()) return Failed("create", path);
  while (!text.empty()) {
    const ssize_t written = write(fd.get(), text.data(), text.size());
    if (written <= 0) return Failed("write", path);
    text.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(fd.get()) == 0 ? absl::OkStatus() : Failed("sync", path);
}

// A renamed file survives a crash once its folder is synced.
absl::Status SyncFolderOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  OwnedFd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid() || fsync(fd.get()) != 0) return Failed("sync", folder);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<FilePosition>> PositionStore::Load() const {
  std::vector<FilePosition> positions;
  if (!std::filesystem::exists(path_)) return positions;
  simdjson::padded_string text;
  simdjson::dom::parser parser;
  simdjson::dom::array files;
  const bool is_list =
      simdjson::padded_string::load(path_).get(text) == simdjson::SUCCESS &&
      parser.parse(text)["files"].get(files) == simdjson::SUCCESS;
  if (!is_list) return NotUnderstood(path_);
  for (auto file : files) {
    std::string_view path;
    FilePosition position;
    const bool understood = !file["path"].get(path) &&
                            !file["device"].get(position.device) &&
                            !file["inode"].get(position.inode) &&
                            !file["offset"].get(position.offset);
    if (!understood) return NotUnderstood(path_);
    position.path = path;
    position.head = LoadHead(file);
    positions.push_back(std::move(position));
  }
  return positions;
}

absl::Status PositionStore::Save(const std::vector<FilePosition>& positions) {
  if (positions == saved_) return absl::OkStatus();
  const std::string next = path_ + ".next";
  PHOENIX_RETURN_IF_ERROR(WriteAndSync(next, Serialise(positions)));
  if (rename(next.c_str(), path_.c_str()) != 0) return Failed("rename", next);
  PHOENIX_RETURN_IF_ERROR(SyncFolderOf(path_));
  saved_ = positions;
  return absl::OkStatus();
}

}  // namespace phoenix
