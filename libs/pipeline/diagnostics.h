#ifndef LIBS_PIPELINE_DIAGNOSTICS_H_
#define LIBS_PIPELINE_DIAGNOSTICS_H_

#include <string>
#include <string_view>
#include <vector>

#include "libs/component/config_report.h"

namespace phoenix {

// One thing that is wrong with a file. `message` says what is wrong, what was
// expected and, where there is one, the nearest valid name, separated by ": ".
struct Diagnostic {
  SourcePosition position;  // {0, 0}: the file as a whole.
  std::string message;
};

// All that is wrong with one file. Thread-compatible.
class Diagnostics {
 public:
  // More are counted but not kept: a file that is not a pipeline at all must
  // not fill the terminal, nor the memory.
  static constexpr size_t kMaxKept = 100;

  // `file` is how the file is called in the text.
  explicit Diagnostics(std::string file) : file_(std::move(file)) {}

  void Add(SourcePosition position, std::string message);

  bool empty() const { return count_ == 0; }
  // How many were added, kept or not.
  int count() const { return count_; }
  const std::string& file() const { return file_; }

  // Those kept, by position, each text at a position once.
  std::vector<Diagnostic> Sorted() const;

  // Sorted(), one a line, each as `file:line:column: message`; a last line says
  // how many are not shown.
  std::string ToString() const;

 private:
  std::string file_;
  std::vector<Diagnostic> kept_;
  int count_ = 0;
};

// `: did you mean 'x'?` when a name among `known` is near enough to `name` to
// be a slip of the keyboard; else empty.
std::string DidYouMean(std::string_view name,
                       const std::vector<std::string>& known);

// `'a', 'b' or 'c'`.
std::string OneOf(const std::vector<std::string>& names);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_DIAGNOSTICS_H_
