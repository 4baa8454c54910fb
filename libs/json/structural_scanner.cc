#include "libs/json/structural_scanner.h"

#include <simdjson.h>

#include <algorithm>

namespace phoenix {
namespace {

// Enough for a batch's usual chunk, so that growing is rare.
constexpr size_t kMinCapacity = 64 * 1024;

// The second stage, which would use it, is never run.
constexpr size_t kUnusedDepth = 1;

}  // namespace

class StructuralScanner::Kernel {
 public:
  bool EnsureCapacity(size_t bytes) {
    if (bytes <= capacity_) return true;
    capacity_ = std::max({bytes, 2 * capacity_, kMinCapacity});
    const auto& implementation = simdjson::get_active_implementation();
    return implementation->create_dom_parser_implementation(
               capacity_, kUnusedDepth, parser_) == simdjson::SUCCESS;
  }

  bool Run(std::string_view text) {
    return parser_->stage1(reinterpret_cast<const uint8_t*>(text.data()),
                           text.size(),
                           simdjson::stage1_mode::regular) == simdjson::SUCCESS;
  }

  absl::Span<const uint32_t> tokens() const {
    return {parser_->structural_indexes.get(), parser_->n_structural_indexes};
  }

 private:
  size_t capacity_ = 0;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
};

StructuralScanner::StructuralScanner() : kernel_(std::make_unique<Kernel>()) {}
StructuralScanner::~StructuralScanner() = default;

bool StructuralScanner::Scan(std::string_view text) {
  tokens_ = {};
  if (text.empty() || !kernel_->EnsureCapacity(text.size())) return false;
  if (!kernel_->Run(text)) return false;
  tokens_ = kernel_->tokens();
  return true;
}

}  // namespace phoenix
