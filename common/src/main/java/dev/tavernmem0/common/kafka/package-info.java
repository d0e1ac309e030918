/** Names and shapes of the Kafka topics, and their creation. */
@NullMarked
package dev.tavernmem0.common.kafka;

import org.jspecify.annotations.NullMarked;
