#ifndef LIBS_PIPELINE_SCALAR_ALIGNMENT_H_
#define LIBS_PIPELINE_SCALAR_ALIGNMENT_H_

#include <cstddef>
#include <string_view>

namespace phoenix {

// Where in `file` the byte `offset` of a YAML scalar's value stands, when the
// scalar's node begins at `begin` and its value is `value`: whatever its style
// (plain, quoted, literal or folded block), with escapes, folded lines and
// indentation between the two. Exact for characters that are not white space; a
// run of white space is placed where it begins. `offset` may be the value's
// size: just behind its last character.
size_t AlignScalarOffset(std::string_view file, size_t begin,
                         std::string_view value, size_t offset);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_SCALAR_ALIGNMENT_H_
