#ifndef LIBS_ENGINE_DEAD_LETTER_SENDER_H_
#define LIBS_ENGINE_DEAD_LETTER_SENDER_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/engine/dead_letters.h"
#include "libs/engine/sink_port.h"
#include "libs/telemetry/log.h"

namespace phoenix {

// Makes dead letters of events that failed and sends them to the pipeline's
// dead-letter sink. The log hears of it, with the first error of a batch: at
// most one line a component in kLogRepeatInterval. Thread-safe.
//
// An event whose letter the sink can never take is lost if it is let go: it
// settles as kRetry, and the log says so as an error.
class DeadLetterSender : public DeadLetters {
 public:
  // `sink` and `clock` outlive the sender and all that it has sent.
  DeadLetterSender(std::string pipeline, std::string revision, SinkPort& sink,
                   Clock& clock, Logger log = Logger::Process());

  void Post(EventBatchPtr input, std::vector<DeadLetterRow> rows,
            SettleCallback settle) override;

 private:
  void LogOneLineAComponent(const std::vector<DeadLetterRow>& rows);
  void LogLine(const DeadLetterRow& first, size_t events);

  const std::string pipeline_;
  const std::string revision_;
  SinkPort& sink_;
  Clock& clock_;
  const Logger log_;
  const Logger refusals_;  // Of the sink.
  Mutex mutex_;

  // By component: each has its own rate of lines. As many as the pipeline has
  // components.
  std::map<std::string, Logger, std::less<>> logs_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix

#endif  // LIBS_ENGINE_DEAD_LETTER_SENDER_H_
