#ifndef TOOLS_PHOENIX_VERSION_H_
#define TOOLS_PHOENIX_VERSION_H_

namespace phoenix {

// As in CHANGELOG.md.
inline constexpr char kVersion[] = "0.1.0";

// The commit that was built, when the build was told.
#ifdef PHOENIX_COMMIT
inline constexpr char kCommit[] = PHOENIX_COMMIT;
#else
inline constexpr char kCommit[] = "unknown";
#endif

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_VERSION_H_
