#ifndef TOOLS_PHOENIX_TEMPLATES_SOURCE_SAMPLE_SOURCE_H_
#define TOOLS_PHOENIX_TEMPLATES_SOURCE_SAMPLE_SOURCE_H_

#include <memory>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/component/source.h"

namespace phoenix {

// Offers one batch of numbered events, again and again until it is taken, and
// has come to its end when every event has its outcome. Threads as Source.
class SampleSource : public Source {
 public:
  // `clock` outlives the source.
  SampleSource(int count, Clock& clock);

  absl::Status Start(Outlet& outlet) override;
  void StopAccepting() override { Stop(); }
  void Stop() override;
  bool Finished() const override;

 private:
  // Lives as long as a callback may come.
  class State;

  EventBatchPtr MakeEvents() const;

  const int count_;
  Clock& clock_;
  const std::shared_ptr<State> state_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_TEMPLATES_SOURCE_SAMPLE_SOURCE_H_
