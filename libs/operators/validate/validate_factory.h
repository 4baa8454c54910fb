#ifndef LIBS_OPERATORS_VALIDATE_VALIDATE_FACTORY_H_
#define LIBS_OPERATORS_VALIDATE_VALIDATE_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `validate`: its config is
// phoenix.operators.validate.v1.Validate (validate.proto).
void RegisterValidate(OperatorRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_OPERATORS_VALIDATE_VALIDATE_FACTORY_H_
