#include "libs/operators/validate/validate_factory.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "libs/component/rule_report.h"
#include "libs/operators/validate/validate.pb.h"
#include "libs/operators/validate/validate_operator.h"
#include "libs/operators/validate/value_check.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

namespace v1 = operators::validate::v1;

// The most rules of a step: each is one more pass over every batch.
constexpr int kMaxRules = 256;

// Makes rules of a config, one after the other; reports what is wrong.
class RuleMaker {
 public:
  explicit RuleMaker(BuildContext& context) : context_(context) {}

  void Add(const v1::Rule& config, const std::string& path) {
    path_ = path;
    if (!names_.insert(config.name()).second) {
      Error(".name",
            absl::StrFormat("duplicate rule name '%s'", config.name()));
    }
    ValidateOperator::Rule rule;
    rule.name = config.name();
    rule.place = PlaceOf(path + ".name");
    rule.text = TextOf(config);
    rule.warn = config.severity() == v1::SEVERITY_WARN;
    rule.check = MakeCheck(config);
    const auto value = AddValue(config);
    if (rule.check == nullptr || !value.has_value()) return;
    rule.value = *value;
    rules_.push_back(std::move(rule));
  }

  std::vector<ValidateOperator::Rule> Take() { return std::move(rules_); }

 private:
  void Error(std::string_view field, std::string message) {
    context_.report.Error(absl::StrFormat("%s%s", path_, field), 0,
                          std::move(message));
  }

  std::string PlaceOf(const std::string& path) const {
    const int line = context_.report.Locate(path, 0).line;
    return context_.file.empty()
               ? absl::StrFormat("line %d", line)
               : absl::StrFormat("%s:%d", context_.file, line);
  }

  // The expression whose value is checked.
  static const std::string& TextOf(const v1::Rule& config) {
    if (!config.cel().empty()) return config.cel();
    if (config.has_range()) return config.range().value();
    if (config.has_regex()) return config.regex().value();
    return config.email().empty() ? config.not_null() : config.email();
  }

  std::unique_ptr<const ValueCheck> MakeCheck(const v1::Rule& config) {
    if (!config.not_null().empty()) return std::make_unique<NotNullCheck>();
    if (!config.email().empty()) return std::make_unique<EmailCheck>();
    if (!config.cel().empty()) return std::make_unique<TrueCheck>();
    if (config.has_range()) return MakeRange(config.range());
    if (config.has_regex()) return MakeRegex(config.regex());
    Error("", "no check: expected one of not_null, range, email, regex, cel");
    return nullptr;
  }

  std::unique_ptr<const ValueCheck> MakeRange(const v1::Range& config) {
    RangeCheck::Options options;
    if (config.has_min()) options.min = config.min();
    if (config.has_max()) options.max = config.max();
    if (!config.has_min() && !config.has_max()) {
      Error(".range", "no bound: expected min, max or both");
    } else if (!(options.min <= options.max)) {
      Error(".range.min", "min is greater than max");
    }
    return std::make_unique<RangeCheck>(options);
  }

  std::unique_ptr<const ValueCheck> MakeRegex(const v1::Regex& config) {
    auto pattern = std::make_unique<const RE2>(config.pattern(), RE2::Quiet);
    if (!pattern->ok()) {
      Error(".regex.pattern", "not a regular expression: " + pattern->error());
      return nullptr;
    }
    return std::make_unique<RegexCheck>(std::move(pattern));
  }

  std::optional<RuleId> AddValue(const v1::Rule& config) {
    if (!config.cel().empty()) {
      return AddCondition(config.cel(), path_ + ".cel", context_);
    }
    if (config.has_range()) {
      return AddExpression(config.range().value(), path_ + ".range.value",
                           context_);
    }
    if (config.has_regex()) {
      return AddExpression(config.regex().value(), path_ + ".regex.value",
                           context_);
    }
    if (!config.email().empty()) {
      return AddExpression(config.email(), path_ + ".email", context_);
    }
    if (config.not_null().empty()) return std::nullopt;
    return AddExpression(config.not_null(), path_ + ".not_null", context_);
  }

  BuildContext& context_;
  std::string path_;
  std::set<std::string> names_;
  std::vector<ValidateOperator::Rule> rules_;
};

std::unique_ptr<Operator> Create(const v1::Validate& config,
                                 BuildContext& context) {
  const int errors = context.report.error_count();
  if (config.rules_size() == 0 || config.rules_size() > kMaxRules) {
    context.report.Error("rules", 0,
                         absl::StrFormat("%d rules: expected 1 to %d",
                                         config.rules_size(), kMaxRules));
    return nullptr;
  }
  RuleMaker maker(context);
  for (int i = 0; i < config.rules_size(); ++i) {
    maker.Add(config.rules(i), absl::StrFormat("rules[%d]", i));
  }
  if (context.report.error_count() > errors) return nullptr;
  return std::make_unique<ValidateOperator>(
      maker.Take(), Logger::Process().With({{"component.name", context.name}}));
}

}  // namespace

void RegisterValidate(OperatorRegistry& registry) {
  registry.Register<v1::Validate>("validate", &Create);
}

}  // namespace phoenix
