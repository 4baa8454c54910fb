#ifndef LIBS_RULES_RULE_GENERATOR_H_
#define LIBS_RULES_RULE_GENERATOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/rules/rule_set.h"

namespace phoenix {

// Makes rules, payloads and edits of bytes: each choice between productions
// takes one byte, and once there are none left the first, which ends, is
// taken. So any bytes give something, the same bytes the same, and a fuzzer
// that changes a byte changes a production. One thread.
class RuleGenerator {
 public:
  // `bytes` must outlive the generator.
  explicit RuleGenerator(std::string_view bytes) : bytes_(bytes) {}

  // Of type bool or dynamic. The type checker refuses some of them.
  std::string Condition() { return Bool(kMaxDepth); }
  // Of any type.
  std::string Expression() { return Value(kMaxDepth); }

  // Mostly an object with the fields that rules read, with every oddity that a
  // sender may think of; now and then no JSON at all.
  std::string Payload();

  // What a `map` step does; the value of kSet is left to the caller.
  PayloadEdit Edit();

  bool done() const { return bytes_.empty(); }

 private:
  // Deep enough for every pair of productions, one within the other.
  static constexpr int kMaxDepth = 4;

  // Uniform below `bound` as far as the byte is.
  size_t Choose(size_t bound);
  template <size_t kSize>
  std::string OneOf(const std::string_view (&texts)[kSize]) {
    return std::string(texts[Choose(kSize)]);
  }

  std::string Bool(int depth);
  std::string Value(int depth);
  std::string Text(int depth);
  std::string Path();
  std::string Constant();
  std::string Json(int depth);
  std::string Object(int depth);

  std::string_view bytes_;
};

}  // namespace phoenix

#endif  // LIBS_RULES_RULE_GENERATOR_H_
