#ifndef LIBS_BASE_SECRET_H_
#define LIBS_BASE_SECRET_H_

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace phoenix {

// A value that must not be printed: a password, a token. It prints as a fixed
// marker, whatever it holds, and turns into text only where that is asked for
// by name. Thread-compatible.
class Secret {
 public:
  static constexpr std::string_view kMarker = "<secret>";

  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  bool empty() const { return value_.empty(); }

  // The value itself: for whoever sends it to where it belongs.
  const std::string& Reveal() const { return value_; }

  friend std::ostream& operator<<(std::ostream& out, const Secret&) {
    return out << kMarker;
  }

 private:
  std::string value_;
};

}  // namespace phoenix

#endif  // LIBS_BASE_SECRET_H_
