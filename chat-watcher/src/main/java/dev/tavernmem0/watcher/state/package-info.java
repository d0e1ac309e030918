/** The watcher's state as Kafka Connect source offsets. */
@NullMarked
package dev.tavernmem0.watcher.state;

import org.jspecify.annotations.NullMarked;
