#ifndef TOOLS_PHOENIX_VERSION_H_
#define TOOLS_PHOENIX_VERSION_H_

namespace phoenix {

// As in CHANGELOG.md.
inline constexpr char kVersion[] = "0.1.0";

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_VERSION_H_
