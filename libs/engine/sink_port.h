#ifndef LIBS_ENGINE_SINK_PORT_H_
#define LIBS_ENGINE_SINK_PORT_H_

#include <string>

#include "libs/event/outcome.h"
#include "libs/event/selection.h"

namespace phoenix {

// The way to one sink, wherever it runs. Thread-safe.
class SinkPort {
 public:
  virtual ~SinkPort() = default;

  // The sink's name in the pipeline file.
  virtual const std::string& name() const = 0;

  // Hands a view over, waiting for room when there is none: for a lane, which
  // has nothing better to do then. `settle` is called once with the outcomes of
  // its rows; all kRetry when the sink is closed.
  virtual void Offer(BatchView view, SettleCallback settle) = 0;

  // The same without waiting: the view goes in as soon as there is room.
  virtual void OfferLater(BatchView view, SettleCallback settle) = 0;
};

}  // namespace phoenix

#endif  // LIBS_ENGINE_SINK_PORT_H_
