#ifndef LIBS_FLOW_BATCH_HANDLER_H_
#define LIBS_FLOW_BATCH_HANDLER_H_

#include "libs/event/outcome.h"
#include "libs/event/selection.h"

namespace phoenix::flow {

// What a stage does with the batches that it receives.
class BatchHandler {
 public:
  virtual ~BatchHandler() = default;

  // Takes over a batch. `settle` must be called exactly once, now or later, on
  // any thread, with an outcome of `view.batch->size()` rows (those that are
  // not in `view.rows` mean nothing); dropping it uncalled means: retry all.
  //
  // Batches of one stream come one after the other in their order; those of
  // several streams come at the same time unless the streams share a lane. The
  // handler may work right here when the caller is a lane; called by a network
  // transport it must not block.
  virtual void Handle(BatchView view, SettleCallback settle) = 0;
};

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_BATCH_HANDLER_H_
