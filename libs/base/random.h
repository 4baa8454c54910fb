#ifndef LIBS_BASE_RANDOM_H_
#define LIBS_BASE_RANDOM_H_

#include <cstdint>

namespace phoenix {

// A small seeded generator (splitmix64): the same seed gives the same sequence
// on every machine, which the simulation and the event generator promise.
// Not for secrets. Thread-compatible.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  // 64 uniform bits.
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  // Uniform in [0, bound); `bound` > 0.
  uint64_t Below(uint64_t bound) { return Next() % bound; }

  // Uniform in [0, 1).
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

  // True with the given probability.
  bool Chance(double probability) { return Uniform() < probability; }

 private:
  uint64_t state_;
};

}  // namespace phoenix

#endif  // LIBS_BASE_RANDOM_H_
