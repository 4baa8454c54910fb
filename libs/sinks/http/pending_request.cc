#include "libs/sinks/http/pending_request.h"

#include "absl/strings/str_format.h"

namespace phoenix {
namespace {

constexpr uint64_t kFnvPrime = 0x100000001B3u;
constexpr uint64_t kFnvBasis = 0xCBF29CE484222325u;

// Two hashes of the same rows that have nothing to do with each other.
constexpr uint64_t kKeySeeds[] = {0, 0x9E3779B97F4A7C15u};

uint64_t Mix(uint64_t hash, uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) {
    hash = (hash ^ ((value >> shift) & 0xFF)) * kFnvPrime;
  }
  return hash;
}

}  // namespace

uint64_t StableHash(std::string_view text, uint64_t seed) {
  uint64_t hash = kFnvBasis ^ seed;
  for (unsigned char c : text) hash = (hash ^ c) * kFnvPrime;
  return hash;
}

void PendingRequest::Add(std::string_view line,
                         const std::shared_ptr<WriteInProgress>& write,
                         size_t index, uint64_t identity_hash) {
  lines_.append(line);
  rows_.push_back({write, index, identity_hash, lines_.size()});
}

std::string_view PendingRequest::Line(size_t row) const {
  const size_t begin = row == 0 ? 0 : rows_[row - 1].line_end;
  return std::string_view(lines_).substr(begin, rows_[row].line_end - begin);
}

void PendingRequest::Build(size_t begin, size_t end, bool array,
                           std::string& body) const {
  body.clear();
  for (size_t i = begin; i < end; ++i) {
    if (array) body.push_back(i == begin ? '[' : ',');
    body.append(Line(i));
    if (!array) body.push_back('\n');
  }
  if (array) body.push_back(']');
}

std::string PendingRequest::Key(size_t begin, size_t end) const {
  std::string key;
  for (uint64_t seed : kKeySeeds) {
    uint64_t hash = kFnvBasis ^ seed;
    for (size_t i = begin; i < end; ++i) {
      hash = Mix(hash, rows_[i].identity_hash);
    }
    absl::StrAppendFormat(&key, "%016x", hash);
  }
  return key;
}

void PendingRequest::Settle(size_t begin, size_t end, Outcome outcome,
                            const absl::Status& why) {
  for (size_t i = begin; i < end; ++i) {
    rows_[i].write->Settle(rows_[i].index, rows_[i].index + 1, outcome, why);
  }
}

void PendingRequest::Clear() {
  lines_.clear();
  rows_.clear();
}

}  // namespace phoenix
