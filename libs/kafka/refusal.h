#ifndef LIBS_KAFKA_REFUSAL_H_
#define LIBS_KAFKA_REFUSAL_H_

#include "absl/status/status.h"
#include "libs/kafka/connection.h"

namespace phoenix {

// A request that fails because of a wrong password fails with the same
// UNAVAILABLE as one that nobody is there to answer: librdkafka tells refusals
// apart from requests. This connects once more, with a client of its own, and
// listens: UNAUTHENTICATED, with what was said, when user, password or
// certificate are refused, or the broker's own certificate is; otherwise
// `found`. At once for any `found` but UNAVAILABLE. Blocks until the brokers
// have been tried, at most 5 s.
absl::Status WhyUnavailable(absl::Status found,
                            const KafkaConnection& connection);

// `status` with the option before it that names brokers which do not answer,
// if it is UNAVAILABLE.
absl::Status WithBrokers(const absl::Status& status,
                         const KafkaConnection& connection);

}  // namespace phoenix

#endif  // LIBS_KAFKA_REFUSAL_H_
