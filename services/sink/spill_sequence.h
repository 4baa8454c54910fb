#ifndef SERVICES_SINK_SPILL_SEQUENCE_H_
#define SERVICES_SINK_SPILL_SEQUENCE_H_

#include <cstdint>
#include <map>

namespace phoenix {

// Counts the events of a queue's records through append and read: what was
// appended and is never read, because it was dropped or is damaged, shows as a
// gap in the numbers. Thread-compatible.
class SpillSequence {
 public:
  // Begins with what an earlier run has left: [first, next). Once, before all
  // else.
  void Restart(uint64_t first, uint64_t next);

  // The number of a record that is appended now.
  uint64_t Take(uint64_t events);

  // That record and all that were taken after it, excluded or not, are not
  // stored after all: their numbers are free again.
  void Rewind(uint64_t sequence);

  // The record is not among the unread: the sink has it already. It is still to
  // be passed.
  void Exclude(uint64_t sequence, uint64_t events);

  // A record was read. Returns how many events of those before it, not
  // excluded, were not.
  uint64_t Pass(uint64_t sequence, uint64_t events);

  // What comes before is not there any more: nothing of it will be passed.
  // Returns how many events of it are lost, as Pass does.
  uint64_t SkipTo(uint64_t sequence);

  // Whether every record has been passed.
  bool AllPassed() const { return passed_ >= next_; }

  // The number of the record that will be taken next.
  uint64_t next() const { return next_; }

  // Events that were appended, or are about to be, and not passed.
  uint64_t unread() const { return next_ - passed_ - excluded_events_; }

 private:
  using EventsByNumber = std::map<uint64_t, uint64_t>;

  void Erase(EventsByNumber::iterator excluded);

  uint64_t passed_ = 0;
  uint64_t next_ = 0;
  EventsByNumber excluded_;  // None passed.
  uint64_t excluded_events_ = 0;
};

}  // namespace phoenix

#endif  // SERVICES_SINK_SPILL_SEQUENCE_H_
