#ifndef LIBS_ENGINE_DEAD_LETTER_SENDER_H_
#define LIBS_ENGINE_DEAD_LETTER_SENDER_H_

#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/engine/dead_letters.h"
#include "libs/engine/sink_port.h"

namespace phoenix {

// Makes dead letters of events that failed and sends them to the pipeline's
// dead-letter sink. Thread-safe.
class DeadLetterSender : public DeadLetters {
 public:
  // `sink` and `clock` outlive the sender and all that it has sent.
  DeadLetterSender(std::string pipeline, std::string revision, SinkPort& sink,
                   Clock& clock);

  void Post(EventBatchPtr input, std::vector<DeadLetterRow> rows,
            SettleCallback settle) override;

 private:
  const std::string pipeline_;
  const std::string revision_;
  SinkPort& sink_;
  Clock& clock_;
};

}  // namespace phoenix

#endif  // LIBS_ENGINE_DEAD_LETTER_SENDER_H_
