/** Real Kafka brokers for tests: one shared in the JVM, and processes that can be killed. */
@NullMarked
package dev.tavernmem0.testkit.kafka;

import org.jspecify.annotations.NullMarked;
