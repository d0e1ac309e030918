/** Hosts the connector in a Spring Boot application, with Debezium Engine. */
@NullMarked
package dev.tavernmem0.watcher.host;

import org.jspecify.annotations.NullMarked;
