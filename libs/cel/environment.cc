#include "libs/cel/environment.h"

#include <utility>

#include "libs/base/text.h"

namespace phoenix::cel {

absl::Status Environment::AddVariable(std::string name, Type type) {
  if (by_name_.contains(name)) {
    return absl::AlreadyExistsError(
        Cat("variable '", name, "' is declared twice"));
  }
  auto variable = std::make_unique<Variable>();
  variable->name = std::move(name);
  variable->type = std::move(type);
  variable->index = static_cast<uint32_t>(variables_.size());
  by_name_[variable->name] = variable.get();
  variables_.push_back(std::move(variable));
  return absl::OkStatus();
}

const Variable* Environment::FindVariable(std::string_view name) const {
  auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : it->second;
}

std::vector<std::string> Environment::Candidates(std::string_view name) const {
  if (!name.empty() && name.front() == '.') {
    return {std::string(name.substr(1))};
  }
  std::vector<std::string> names;
  std::string_view prefix = container_;
  while (!prefix.empty()) {
    names.push_back(Cat(prefix, ".", name));
    const size_t dot = prefix.rfind('.');
    prefix = dot == std::string_view::npos ? "" : prefix.substr(0, dot);
  }
  names.emplace_back(name);
  return names;
}

}  // namespace phoenix::cel
