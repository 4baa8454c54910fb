// What a typical rule costs to parse, check and evaluate row by row.

#include <string_view>
#include <utility>

#include "benchmark/benchmark.h"
#include "libs/cel/cel.h"

namespace phoenix::cel {
namespace {

constexpr std::string_view kRule =
    "data.temperature > -80.0 && data.temperature < 200.0 && "
    "data.kind in ['indoor', 'outdoor'] && !data.name.startsWith('test')";

struct Fixture {
  Fixture() {
    environment.AddVariable("data", Type()).IgnoreError();
    data.Insert(Value::String("temperature"), Value::Double(21.5));
    data.Insert(Value::String("kind"), Value::String("outdoor"));
    data.Insert(Value::String("name"), Value::String("sensor-17"));
    activation.Set(*environment.FindVariable("data"), Value::Map(data));
  }

  Environment environment;
  HashedMap data;
  ValueActivation activation;
};

void BM_Parse(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Parse(kRule));
}
BENCHMARK(BM_Parse);

void BM_ParseAndCheck(benchmark::State& state) {
  const Fixture fixture;
  for (auto _ : state) {
    benchmark::DoNotOptimize(Check(*Parse(kRule), fixture.environment));
  }
}
BENCHMARK(BM_ParseAndCheck);

void BM_Evaluate(benchmark::State& state) {
  const Fixture fixture;
  auto program = Program::Create(*Check(*Parse(kRule), fixture.environment));
  Arena arena;
  for (auto _ : state) {
    arena.Reset();
    benchmark::DoNotOptimize((*program)->Evaluate(fixture.activation, arena));
  }
}
BENCHMARK(BM_Evaluate);

}  // namespace
}  // namespace phoenix::cel
