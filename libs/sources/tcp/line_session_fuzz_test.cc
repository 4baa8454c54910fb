#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "libs/component/testing/fake_outlet.h"
#include "libs/event/ndjson_decoder.h"
#include "libs/event/outcome.h"
#include "libs/sources/byte_allowance.h"
#include "libs/sources/tcp/line_session.h"

namespace phoenix {
namespace {

NdjsonOptions TinyBuffers() {
  NdjsonOptions options;
  options.defaults = {"id-", "/fuzz", "fuzz", "application/json"};
  options.max_event_bytes = 64;
  options.buffer_bytes = 128;
  return options;
}

// Whatever the cuts between reads and whenever there is no credit: the same
// events come out.
std::vector<std::string> Run(std::string_view input, size_t cut, bool stall) {
  FakeOutlet outlet;
  ByteAllowance allowance(0);
  LineSession session(TinyBuffers(), 1, allowance, outlet, [](auto) {});
  while (!input.empty()) {
    const auto room = session.Buffer();
    const size_t size = std::min({room.size(), input.size(), cut});
    std::memcpy(room.data(), input.data(), size);
    session.Commit(size);
    input.remove_prefix(size);
    if (stall) outlet.SetCredit(0);
    absl::Status offered = session.Flush(0);
    outlet.SetCredit(FakeOutlet::kUnlimited);
    if (!offered.ok() && !session.Resume().ok()) std::abort();
  }
  if (!session.Finish(0).ok()) std::abort();
  return outlet.payloads();
}

}  // namespace
}  // namespace phoenix

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1,
                               size - 1);
  const auto whole = phoenix::Run(input, ~size_t{0}, false);
  if (phoenix::Run(input, data[0] % 16 + 1, data[0] & 16) != whole) {
    std::abort();
  }
  return 0;
}
