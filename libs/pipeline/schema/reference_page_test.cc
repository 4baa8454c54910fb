#include "libs/pipeline/schema/reference_page.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/pipeline/schema/test_descriptors.h"
#include "libs/pipeline/testing/test_kinds.h"

namespace phoenix {
namespace {

using testing::HasSubstr;

std::string Page() {
  const auto docs = ConfigDocs::Parse(TestDescriptors()[0].bytes);
  return ReferencePage(TestKinds(), **docs);
}

TEST(ReferencePageTest, HasEveryKindUnderItsList) {
  const std::string page = Page();
  const size_t sources = page.find("## Sources");
  const size_t steps = page.find("## Steps");
  const size_t sinks = page.find("## Sinks");
  EXPECT_LT(sources, page.find("### `door` source\n"));
  EXPECT_LT(page.find("### `door` source\n"), steps);
  EXPECT_LT(steps, page.find("### `keep` step\n"));
  EXPECT_LT(page.find("### `keep` step\n"), sinks);
  EXPECT_LT(sinks, page.find("### `nowhere` sink\n"));
}

TEST(ReferencePageTest, SaysTypeDefaultAndBoundsOfEachOption) {
  const std::string page = Page();
  EXPECT_THAT(page,
              HasSubstr("| `port` | whole number | required | The port to "
                        "listen at. Expected: a whole number from 1 to "
                        "65535. Example: `8080`. |"));
  EXPECT_THAT(page, HasSubstr("| `format` | 'ndjson' or 'csv' | `ndjson` |"));
  EXPECT_THAT(page, HasSubstr("| `headers` | mapping to text |"));
  EXPECT_THAT(page, HasSubstr("| `skipped` | list of whole number |"));
  EXPECT_THAT(page, HasSubstr("| `set` | mapping of path to CEL expression |"));
  EXPECT_THAT(page, HasSubstr("| `token` | secret |"));
  EXPECT_THAT(page, HasSubstr("- `csv`: Comma-separated values."));
}

TEST(ReferencePageTest, SaysWhatMayBeWrittenShorter) {
  EXPECT_THAT(Page(), HasSubstr("May be written as just the value of "
                                "`condition`."));
}

TEST(ReferencePageTest, DescribesWhatStandsWithinOptions) {
  EXPECT_THAT(Page(), HasSubstr("#### `tls`: Tls\n\nEncryption; exactly"));
}

}  // namespace
}  // namespace phoenix
