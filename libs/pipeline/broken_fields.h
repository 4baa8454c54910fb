#ifndef LIBS_PIPELINE_BROKEN_FIELDS_H_
#define LIBS_PIPELINE_BROKEN_FIELDS_H_

#include <set>
#include <string>
#include <string_view>

namespace phoenix {

// The fields of a file's message that could not be read as they are written,
// by their paths: `steps[2].config.rules[0].range.min`. A mapping is one of
// them when something about it as a whole is wrong, such as an unknown key.
// Thread-compatible.
class BrokenFields {
 public:
  void Add(std::string path) { paths_.insert(std::move(path)); }

  // Whether the field at `path` is broken, or one within it is.
  bool Touches(std::string_view path) const;

 private:
  std::set<std::string, std::less<>> paths_;
};

}  // namespace phoenix

#endif  // LIBS_PIPELINE_BROKEN_FIELDS_H_
