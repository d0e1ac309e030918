/** A durable Kafka broker inside this process. */
@NullMarked
package dev.tavernmem0.embedded.kafka;

import org.jspecify.annotations.NullMarked;
