#ifndef LIBS_COMPONENT_TESTING_OPERATOR_SUITE_H_
#define LIBS_COMPONENT_TESTING_OPERATOR_SUITE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "libs/component/registry.h"

namespace phoenix {

struct OperatorSuiteOptions {
  // What the names of the tests begin with.
  std::string name;

  // Registers the kind, and only that.
  std::function<void(OperatorRegistry&)> register_kind;

  // A config of it, as protobuf text.
  std::string config;

  // Payloads of which the operator lets some through; others may fail.
  std::vector<std::string> payloads;
};

// Registers the tests that every operator passes: one a clause of
// docs/specs/component.md, named after it. To be called before tests run, as in
//
//   const bool kRegistered = RegisterOperatorSuite({.name = "Filter", ...});
bool RegisterOperatorSuite(const OperatorSuiteOptions& options);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_TESTING_OPERATOR_SUITE_H_
