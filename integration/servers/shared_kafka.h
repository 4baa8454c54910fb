#ifndef INTEGRATION_SERVERS_SHARED_KAFKA_H_
#define INTEGRATION_SERVERS_SHARED_KAFKA_H_

#include "integration/servers/kafka_server.h"

namespace phoenix {

// The one broker of a test program, started when it is first asked for, and
// gone with the program. Ends the program when it can't be started. Not
// thread-safe.
KafkaServer& SharedKafka();

}  // namespace phoenix

#endif  // INTEGRATION_SERVERS_SHARED_KAFKA_H_
