#ifndef LIBS_EVENT_SAMPLE_LINES_H_
#define LIBS_EVENT_SAMPLE_LINES_H_

#include <cstdint>
#include <string>

namespace phoenix {

// `count` lines of JSON like those of a web service's log, about 330 bytes
// each, the same for the same seed: what benchmarks and tests decode.
std::string SampleLogLines(uint32_t count, uint64_t seed);

}  // namespace phoenix

#endif  // LIBS_EVENT_SAMPLE_LINES_H_
