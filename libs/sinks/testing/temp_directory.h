#ifndef LIBS_SINKS_TESTING_TEMP_DIRECTORY_H_
#define LIBS_SINKS_TESTING_TEMP_DIRECTORY_H_

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace phoenix {

// A directory that is there as long as this. Thread-compatible.
class TempDirectory {
 public:
  TempDirectory() {
    std::string path =
        std::filesystem::temp_directory_path() / "phoenix-test-XXXXXX";
    path_ = mkdtemp(path.data());
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const {
    return path_ + "/" + name;
  }

  // The content of a file; empty when it is not there.
  std::string Read(const std::string& name) const {
    std::ifstream file(*this / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void Write(const std::string& name, const std::string& content) const {
    std::ofstream(*this / name, std::ios::binary) << content;
  }

  // The files below, by their relative paths.
  std::set<std::string> Files() const {
    std::set<std::string> files;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(path_)) {
      if (entry.is_directory() && !entry.is_symlink()) continue;
      files.insert(std::filesystem::relative(entry.path(), path_));
    }
    return files;
  }

 private:
  std::string path_;
};

// The lines of a text, without their ends.
inline std::vector<std::string> SplitLines(const std::string& text) {
  std::vector<std::string> lines;
  size_t begin = 0;
  for (size_t end; (end = text.find('\n', begin)) != std::string::npos;) {
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (begin < text.size()) lines.push_back(text.substr(begin));
  return lines;
}

}  // namespace phoenix

#endif  // LIBS_SINKS_TESTING_TEMP_DIRECTORY_H_
