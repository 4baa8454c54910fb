#ifndef LIBS_BASE_SHARED_BYTES_H_
#define LIBS_BASE_SHARED_BYTES_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace phoenix {

// Immutable bytes that several owners share: a received message, a read
// buffer, a column's blob. Copying shares; the bytes never move. A part keeps
// the whole alive. Thread-safe as std::shared_ptr is.
class SharedBytes {
 public:
  SharedBytes() = default;

  // Takes the string over.
  static SharedBytes FromString(std::string bytes) {
    auto owner = std::make_shared<const std::string>(std::move(bytes));
    const std::string_view view = *owner;
    return SharedBytes(std::move(owner), view);
  }

  // `view` must stay valid and unchanged for as long as `owner` lives.
  SharedBytes(std::shared_ptr<const void> owner, std::string_view view)
      : owner_(std::move(owner)), view_(view) {}

  std::string_view view() const { return view_; }
  const char* data() const { return view_.data(); }
  size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }

  // Bytes [begin, end), sharing the owner.
  SharedBytes Part(size_t begin, size_t end) const {
    return SharedBytes(owner_, view_.substr(begin, end - begin));
  }

 private:
  std::shared_ptr<const void> owner_;
  std::string_view view_;
};

}  // namespace phoenix

#endif  // LIBS_BASE_SHARED_BYTES_H_
