/**
 * The Kafka Connect source connector. Uses Connect's API only, so that it runs in Debezium Engine
 * and on a Kafka Connect cluster alike.
 */
@NullMarked
package dev.tavernmem0.watcher.connect;

import org.jspecify.annotations.NullMarked;
