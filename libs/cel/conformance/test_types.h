#ifndef LIBS_CEL_CONFORMANCE_TEST_TYPES_H_
#define LIBS_CEL_CONFORMANCE_TEST_TYPES_H_

#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "libs/cel/protobuf/proto_value.h"

namespace phoenix::cel {

// The message types that the suite's expressions use, made from their
// descriptors when the program starts: as generated code they would take
// minutes to compile. Well-known types are the ordinary ones.
class TestTypes {
 public:
  TestTypes();

  // Valid as long as this object.
  ProtoTypes types() { return {&pool_, &factory_}; }
  const google::protobuf::DescriptorPool& pool() const { return pool_; }

 private:
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
};

}  // namespace phoenix::cel

#endif  // LIBS_CEL_CONFORMANCE_TEST_TYPES_H_
