#include "libs/cel/conformance/test_types.h"

#include <cstddef>

#include "absl/base/internal/raw_logging.h"
#include "google/protobuf/descriptor.pb.h"

// A FileDescriptorSet; see the rule test_types_data.
extern const unsigned char kTestTypesDescriptors[];
extern const size_t kTestTypesDescriptorsSize;

namespace phoenix::cel {

using google::protobuf::DescriptorPool;

TestTypes::TestTypes()
    : pool_(DescriptorPool::generated_pool()), factory_(&pool_) {
  factory_.SetDelegateToGeneratedFactory(true);
  google::protobuf::FileDescriptorSet files;
  bool ok = files.ParseFromArray(kTestTypesDescriptors,
                                 static_cast<int>(kTestTypesDescriptorsSize));
  for (const auto& file : files.file()) {
    if (pool_.FindFileByName(file.name()) != nullptr) continue;
    ok = ok && pool_.BuildFile(file) != nullptr;
  }
  if (!ok) ABSL_RAW_LOG(FATAL, "cel: built-in test types can't be read");
}

}  // namespace phoenix::cel
