#include "libs/pipeline/named_files.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "libs/pipeline/path_overlap.h"

namespace phoenix {
namespace {

namespace fs = std::filesystem;

// As many as Linux follows before it says that they go round in a circle.
constexpr int kMaxLinks = 40;

constexpr std::string_view kPlaceholders = "*?[";

// Absolute and normal, without symbolic links in what is there of it; a link
// that points to what is not there is followed too.
fs::path Resolve(fs::path path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  if (!error) path = absolute;
  for (int i = 0; i < kMaxLinks; ++i) {
    const fs::path resolved = fs::weakly_canonical(path, error);
    if (error) return path.lexically_normal();
    path = resolved;
    if (!fs::is_symlink(fs::symlink_status(path, error))) return path;
    path = path.parent_path() / fs::read_symlink(path, error);
  }
  return path;
}

std::string WithoutEscapes(std::string_view glob) {
  std::string path;
  for (size_t i = 0; i < glob.size(); ++i) {
    if (glob[i] == '\\' && i + 1 < glob.size()) ++i;
    path += glob[i];
  }
  return path;
}

// Where the first placeholder stands, or the end.
size_t FirstPlaceholder(std::string_view glob) {
  for (size_t i = 0; i < glob.size(); ++i) {
    if (glob[i] == '\\') {
      ++i;
    } else if (kPlaceholders.find(glob[i]) != kPlaceholders.npos) {
      return i;
    }
  }
  return glob.size();
}

bool IsOneFile(std::string_view glob) {
  return FirstPlaceholder(glob) == glob.size();
}

std::string ResolveGlob(const std::string& glob) {
  if (IsOneFile(glob))
    return GlobOfPath(Resolve(WithoutEscapes(glob)).native());
  const std::string_view fixed =
      std::string_view(glob).substr(0, FirstPlaceholder(glob));
  const size_t slash = fixed.rfind('/');
  const size_t folder_size = slash == fixed.npos ? 0 : slash + 1;
  std::string folder =
      folder_size == 0 ? "." : WithoutEscapes(fixed.substr(0, folder_size));
  folder = GlobOfPath((Resolve(folder) / "").native());
  // What follows may go up again, as in `in/*/../x`.
  return fs::path(folder + glob.substr(folder_size)).lexically_normal();
}

std::vector<std::string> Expand(const std::string& glob_text) {
  std::vector<std::string> paths;
  glob_t found = {};
  if (glob(glob_text.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

template <typename Set>
bool HaveCommon(const Set& a, const Set& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const auto& one) { return b.contains(one); });
}

// The glob of the first `count` names of a path; empty when it has fewer.
std::string_view FirstNames(std::string_view glob, size_t count) {
  size_t end = 0;
  for (; count > 0; --count) {
    if (end == glob.size()) return {};
    end = std::min(glob.find('/', end + 1), glob.size());
  }
  return glob.substr(0, end);
}

bool LiesIn(std::string_view glob, std::string_view folder) {
  const auto names =
      static_cast<size_t>(std::count(folder.begin(), folder.end(), '/'));
  const std::string_view upper = FirstNames(glob, names);
  return !upper.empty() && GlobsOverlap(upper, folder);
}

bool AnyOverlaps(const std::vector<std::string>& globs,
                 const std::string& other) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
    return GlobsOverlap(glob, other);
  });
}

}  // namespace

NamedFiles NamedFiles::ReadBy(const std::string& glob) {
  return NamedFiles(ResolveGlob(glob));
}

NamedFiles NamedFiles::WrittenBy(const std::string& path_template) {
  return NamedFiles(ResolveGlob(GlobOfTemplate(path_template)));
}

NamedFiles NamedFiles::At(const std::string& path) {
  std::string resolved = Resolve(path).native();
  if (resolved.size() > 1 && resolved.ends_with('/')) resolved.pop_back();
  return NamedFiles(GlobOfPath(resolved));
}

const NamedFiles::OnDisk& NamedFiles::on_disk() const {
  if (on_disk_.has_value()) return *on_disk_;
  on_disk_.emplace();
  for (const std::string& path : Expand(glob_)) {
    struct stat status = {};
    if (stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
      on_disk_->files.emplace(status.st_dev, status.st_ino);
    }
    if (lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) {
      on_disk_->globs.push_back(GlobOfPath(Resolve(path).native()));
    }
  }
  return *on_disk_;
}

bool NamedFiles::Overlap(const NamedFiles& other) const {
  return GlobsOverlap(glob_, other.glob_) ||
         AnyOverlaps(on_disk().globs, other.glob_) ||
         AnyOverlaps(other.on_disk().globs, glob_) ||
         HaveCommon(on_disk().files, other.on_disk().files);
}

bool NamedFiles::SameAs(const NamedFiles& other) const {
  if (glob_ == other.glob_) return true;
  return IsOneFile(glob_) && IsOneFile(other.glob_) &&
         HaveCommon(on_disk().files, other.on_disk().files);
}

bool NamedFiles::CanLieIn(const NamedFiles& folder) const {
  const auto& links = on_disk().globs;
  return LiesIn(glob_, folder.glob_) ||
         std::any_of(links.begin(), links.end(), [&](const auto& link) {
           return LiesIn(link, folder.glob_);
         });
}

}  // namespace phoenix
