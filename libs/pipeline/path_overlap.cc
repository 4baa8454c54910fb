#include "libs/pipeline/path_overlap.h"

#include <bitset>
#include <cstddef>
#include <string>
#include <vector>

namespace phoenix {
namespace {

using Bytes = std::bitset<256>;

constexpr std::string_view kGlobSpecials = "*?[\\";

// One byte of a set, or any number of them.
struct Piece {
  Bytes bytes;
  bool repeats = false;
};
using Pattern = std::vector<Piece>;

size_t Index(char c) { return static_cast<unsigned char>(c); }

Bytes Range(char first, char last) {
  Bytes bytes;
  for (size_t i = Index(first); i <= Index(last); ++i) bytes.set(i);
  return bytes;
}

Bytes AnyByte() { return ~Range('/', '/'); }

// The piece of a `[...]` that begins at `at`, which is moved behind it; a `[`
// that nothing closes is itself.
Piece ClassPiece(std::string_view glob, size_t& at) {
  size_t next = at + 1;
  const bool inverse =
      next < glob.size() && (glob[next] == '!' || glob[next] == '^');
  if (inverse) ++next;
  // A bracket in front is one of the set.
  const size_t end = glob.find(']', next + 1);
  if (end == glob.npos) {
    ++at;
    return {Range('[', '[')};
  }
  Bytes bytes;
  for (; next < end; ++next) {
    const bool is_range = next + 2 < end && glob[next + 1] == '-';
    bytes |= Range(glob[next], glob[is_range ? next + 2 : next]);
    if (is_range) next += 2;
  }
  at = end + 1;
  return {(inverse ? ~bytes : bytes) & AnyByte()};
}

Pattern GlobPattern(std::string_view glob) {
  Pattern pattern;
  for (size_t at = 0; at < glob.size();) {
    const char c = glob[at];
    if (c == '[') {
      pattern.push_back(ClassPiece(glob, at));
      continue;
    }
    if (c == '*' || c == '?') {
      pattern.push_back({AnyByte(), c == '*'});
    } else {
      if (c == '\\' && at + 1 < glob.size()) ++at;
      pattern.push_back({Range(glob[at], glob[at])});
    }
    ++at;
  }
  return pattern;
}

// What a time placeholder becomes, 0 for a digit; empty for no placeholder.
std::string_view TimeForm(char letter) {
  switch (letter) {
    case 'Y':
      return "0000";
    case 'j':
      return "000";
    case 'F':
      return "0000-00-00";
    case 'm':
    case 'd':
    case 'H':
    case 'M':
    case 'S':
      return "00";
    default:
      return "";
  }
}

// As a character that stands for itself in a glob.
void AppendLiteral(char c, std::string& glob) {
  if (kGlobSpecials.find(c) != kGlobSpecials.npos) glob += '\\';
  glob += c;
}

}  // namespace

std::string GlobOfTemplate(std::string_view path_template) {
  const std::string_view text = path_template;
  std::string glob;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    const size_t end = text.find('}', at);
    if (c == next && (c == '%' || c == '{' || c == '}')) {
      glob += c;
      at += 2;
    } else if (c == '%' && !TimeForm(next).empty()) {
      for (char form : TimeForm(next)) {
        glob += form == '0' ? std::string("[0-9]") : std::string(1, form);
      }
      at += 2;
    } else if (c == '{' && end != text.npos) {
      glob += '*';
      at = end + 1;
    } else {
      AppendLiteral(c, glob);
      ++at;
    }
  }
  return glob;
}

std::string GlobOfPath(std::string_view path) {
  std::string glob;
  for (char c : path) AppendLiteral(c, glob);
  return glob;
}

bool GlobsOverlap(std::string_view first, std::string_view second) {
  const Pattern a = GlobPattern(first);
  const Pattern b = GlobPattern(second);
  // meet[j]: whether something is both, of `a` from i on and of `b` from j on;
  // from the ends of both backwards.
  std::vector<bool> meet(b.size() + 1);
  for (size_t i = a.size() + 1; i-- > 0;) {
    const std::vector<bool> below = meet;  // For i + 1.
    for (size_t j = b.size() + 1; j-- > 0;) {
      const bool in_a = i < a.size();
      const bool in_b = j < b.size();
      bool both = !in_a && !in_b;
      if (in_a && a[i].repeats) both = both || below[j];
      if (in_b && b[j].repeats) both = both || meet[j + 1];
      if (in_a && in_b && (a[i].bytes & b[j].bytes).any()) {
        // A byte of both: what repeats stays for the next one.
        both = both || (a[i].repeats   ? meet[j + 1]
                        : b[j].repeats ? below[j]
                                       : below[j + 1]);
      }
      meet[j] = both;
    }
  }
  return meet[0];
}

}  // namespace phoenix
