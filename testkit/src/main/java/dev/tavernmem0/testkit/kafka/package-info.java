/** Real Kafka brokers for tests: one shared by a JVM's tests, and some that can be killed. */
@NullMarked
package dev.tavernmem0.testkit.kafka;

import org.jspecify.annotations.NullMarked;
