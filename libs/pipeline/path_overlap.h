#ifndef LIBS_PIPELINE_PATH_OVERLAP_H_
#define LIBS_PIPELINE_PATH_OVERLAP_H_

#include <string_view>

namespace phoenix {

// Whether a file can be both: one that `glob` finds, with `*`, `?`, `[...]` and
// `\x` as in glob(7), and one that a sink makes by `path_template`, in which
// `%Y`, `%m` and the like stand for as many digits as they have, `{field}` for
// any text without `/`, and `%%`, `{{` and `}}` for the characters. In doubt it
// can: names that begin with a dot are taken for any others. Both are compared
// as they are written: make them absolute and normal first.
bool PathsOverlap(std::string_view glob, std::string_view path_template);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_PATH_OVERLAP_H_
