#ifndef LIBS_PIPELINE_NAMED_FILES_H_
#define LIBS_PIPELINE_NAMED_FILES_H_

#include <sys/types.h>

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace phoenix {

// The files that a path in a config names, as far as the disk tells now: the
// folder before the first placeholder is followed through symbolic links, and a
// link that is found stands for what it points to, whether that is there or
// not. Without permission to look, a path is taken as it is written.
// Thread-compatible: what is on the disk is looked up once, when it is needed.
class NamedFiles {
 public:
  // What a source reads by this glob (see path_overlap.h).
  static NamedFiles ReadBy(const std::string& glob);

  // What a sink writes by this template.
  static NamedFiles WrittenBy(const std::string& path_template);

  // The file or folder of this very path.
  static NamedFiles At(const std::string& path);

  // Whether one file can be among both, by the same name, by a symbolic or by a
  // hard link.
  bool Overlap(const NamedFiles& other) const;

  // Whether both are written alike, or are one file by whatever names. Two
  // templates with different placeholders are not compared: which files they
  // make is for the data to say.
  bool SameAs(const NamedFiles& other) const;

  // Whether one of these files can be in the folder, or in one below it, or be
  // the folder itself. Values of placeholders decide it in doubt: then it can.
  bool CanLieIn(const NamedFiles& folder) const;

 private:
  using FileId = std::pair<dev_t, ino_t>;

  struct OnDisk {
    std::set<FileId> files;          // Regular ones.
    std::vector<std::string> globs;  // Where links lead.
  };

  explicit NamedFiles(std::string glob) : glob_(std::move(glob)) {}
  const OnDisk& on_disk() const;

  std::string glob_;
  mutable std::optional<OnDisk> on_disk_;
};

}  // namespace phoenix

#endif  // LIBS_PIPELINE_NAMED_FILES_H_
