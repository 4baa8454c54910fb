#ifndef LIBS_OPERATORS_VALIDATE_VALUE_CHECK_H_
#define LIBS_OPERATORS_VALIDATE_VALUE_CHECK_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "libs/rules/value_column.h"
#include "re2/re2.h"

namespace phoenix {

// A check of one value. Immutable; thread-safe.
class ValueCheck {
 public:
  virtual ~ValueCheck() = default;

  // Whether the row's value passes.
  virtual bool Passes(const ValueColumn& values, uint32_t row) const = 0;

  // What passes, in words: `0 to 130`. For errors.
  virtual std::string Expected() const = 0;
};

// There is a value, and it is not null.
class NotNullCheck : public ValueCheck {
 public:
  bool Passes(const ValueColumn& values, uint32_t row) const override;
  std::string Expected() const override;
};

// It is a number in [min, max]; NaN is in no range.
class RangeCheck : public ValueCheck {
 public:
  struct Options {
    double min = -std::numeric_limits<double>::infinity();
    double max = std::numeric_limits<double>::infinity();
  };

  explicit RangeCheck(const Options& options) : options_(options) {}
  bool Passes(const ValueColumn& values, uint32_t row) const override;
  std::string Expected() const override;

 private:
  const Options options_;
};

// It is text that has the form of an e-mail address (see IsEmailAddress).
class EmailCheck : public ValueCheck {
 public:
  bool Passes(const ValueColumn& values, uint32_t row) const override;
  std::string Expected() const override;
};

// It is text, all of which matches.
class RegexCheck : public ValueCheck {
 public:
  // `pattern` is valid.
  explicit RegexCheck(std::unique_ptr<const RE2> pattern);
  bool Passes(const ValueColumn& values, uint32_t row) const override;
  std::string Expected() const override;

 private:
  const std::unique_ptr<const RE2> pattern_;
};

// It is true: for conditions.
class TrueCheck : public ValueCheck {
 public:
  bool Passes(const ValueColumn& values, uint32_t row) const override;
  std::string Expected() const override;
};

// Whether the text is `name@host.domain` as mail servers take it: a local part
// of at most 64 characters without spaces and quotes, and a host of at most 255
// with a dot, of labels that are letters, digits and inner hyphens. Quoted
// local parts and bare addresses, which RFC 5321 allows, are refused.
bool IsEmailAddress(std::string_view text);

}  // namespace phoenix

#endif  // LIBS_OPERATORS_VALIDATE_VALUE_CHECK_H_
