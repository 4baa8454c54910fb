#include "tools/phoenix/cli/arguments.h"

#include <algorithm>
#include <string_view>

#include "absl/status/status.h"
#include "libs/base/text.h"
#include "libs/pipeline/diagnostics.h"

namespace phoenix {
namespace {

template <typename... Pieces>
absl::Status Wrong(const Pieces&... pieces) {
  return absl::InvalidArgumentError(Cat(pieces...));
}

class Parser {
 public:
  Parser(absl::Span<char* const> args, const ArgumentSpec& spec)
      : args_(args), spec_(spec) {}

  absl::StatusOr<Arguments> Run() {
    bool flags_end = false;
    while (at_ < args_.size()) {
      const std::string arg = args_[at_++];
      if (!flags_end && arg == "--") {
        flags_end = true;
      } else if (!flags_end && arg.size() > 1 && arg[0] == '-') {
        if (absl::Status status = Flag(arg); !status.ok()) return status;
      } else {
        result_.positional.push_back(arg);
      }
    }
    if (absl::Status status = CheckCount(); !status.ok()) return status;
    return std::move(result_);
  }

 private:
  absl::Status Flag(const std::string& arg) {
    const size_t equals = arg.find('=');
    const size_t dashes = arg.find_first_not_of('-');
    const std::string name =
        dashes == arg.npos ? "" : arg.substr(dashes, equals - dashes);
    auto flag = spec_.flags.find(name);
    if (flag == spec_.flags.end()) return Unknown(arg.substr(0, equals), name);
    std::string value;
    if (equals != std::string::npos) {
      value = arg.substr(equals + 1);
    } else if (at_ < args_.size()) {
      value = args_[at_++];
    } else {
      return Wrong("flag '", arg, "' has no value");
    }
    const std::vector<std::string>& allowed = flag->second;
    const bool found =
        std::find(allowed.begin(), allowed.end(), value) != allowed.end();
    if (!allowed.empty() && !found) {
      return Wrong("flag '--", name, "' is '", value, "': expected ",
                   OneOf(allowed), DidYouMean(value, allowed));
    }
    result_.flags[name] = value;
    return absl::OkStatus();
  }

  absl::Status Unknown(const std::string& flag, const std::string& name) {
    std::vector<std::string> known;
    for (const auto& [known_name, values] : spec_.flags) {
      known.push_back(known_name);
    }
    return Wrong("unknown flag '", flag, "'", DidYouMean(name, known));
  }

  absl::Status CheckCount() const {
    const size_t count = result_.positional.size();
    if (count < spec_.min_positional) {
      return Wrong("too few arguments: expected at least ",
                   spec_.min_positional);
    }
    if (count > spec_.max_positional) {
      return Wrong("unexpected argument '",
                   result_.positional[spec_.max_positional], "'");
    }
    return absl::OkStatus();
  }

  absl::Span<char* const> args_;
  const ArgumentSpec& spec_;
  size_t at_ = 0;
  Arguments result_;
};

}  // namespace

std::string Arguments::Flag(const std::string& name,
                            const std::string& fallback) const {
  auto it = flags.find(name);
  return it == flags.end() ? fallback : it->second;
}

absl::StatusOr<Arguments> ParseArguments(absl::Span<char* const> args,
                                         const ArgumentSpec& spec) {
  return Parser(args, spec).Run();
}

}  // namespace phoenix
