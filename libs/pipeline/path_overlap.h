#ifndef LIBS_PIPELINE_PATH_OVERLAP_H_
#define LIBS_PIPELINE_PATH_OVERLAP_H_

#include <string>
#include <string_view>

namespace phoenix {

// Globs are those of glob(7): `*`, `?`, `[...]` and `\x`.

// A glob of all files that a sink makes by `path_template`, in which `%Y`, `%m`
// and the like stand for as many digits as they have, `{field}` for any text
// without `/`, and `%%`, `{{` and `}}` for the characters.
std::string GlobOfTemplate(std::string_view path_template);

// A glob of this file alone.
std::string GlobOfPath(std::string_view path);

// Whether both globs can find one file. In doubt they can: names that begin
// with a dot are taken for any others. They are compared as they are written:
// make them absolute and normal first.
bool GlobsOverlap(std::string_view first, std::string_view second);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_PATH_OVERLAP_H_
