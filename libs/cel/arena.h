#ifndef LIBS_CEL_ARENA_H_
#define LIBS_CEL_ARENA_H_

#include <cstddef>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace phoenix::cel {

// Memory for the values that an evaluation makes: bump allocation, freed all
// at once. Values (value.h) hold plain pointers into it, so a value lives
// until the arena that it was made in is reset or destroyed.
//
// Keep one arena for many evaluations and call Reset() between them: the first
// block is kept, so that a small evaluation asks the heap for nothing.
//
// Not thread-safe: one arena belongs to one thread at a time.
class Arena {
 public:
  // Block size asked from the heap; a larger request gets a block of its own.
  static constexpr size_t kBlockBytes = 4096;

  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { DestroyObjects(); }

  // Uninitialised memory, aligned to max_align_t. Never null.
  void* Allocate(size_t bytes);

  // Constructs a T, whose destructor runs at Reset().
  template <typename T, typename... Args>
  T* New(Args&&... args) {
    T* object = new (Allocate(sizeof(T))) T(std::forward<Args>(args)...);
    if constexpr (!std::is_trivially_destructible_v<T>) {
      cleanups_.push_back({object, [](void* p) { static_cast<T*>(p)->~T(); }});
    }
    return object;
  }

  // A copy of `text` that lives as long as the arena's content.
  std::string_view Copy(std::string_view text);

  // Counts bytes that an object of this arena owns on the heap.
  void Charge(size_t bytes) { bytes_used_ += bytes; }

  // Bytes handed out or charged since the last Reset(): what budgets are held
  // against.
  size_t bytes_used() const { return bytes_used_; }

  // Destroys all objects and takes the memory back. Every value made in this
  // arena is invalid afterwards.
  void Reset();

 private:
  struct Cleanup {
    void* object;
    void (*destroy)(void*);
  };

  void DestroyObjects();

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<Cleanup> cleanups_;
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t bytes_used_ = 0;
};

}  // namespace phoenix::cel

#endif  // LIBS_CEL_ARENA_H_
