/**
 * Which turns are written together and when, and what a change of a chat means for what was written
 * of it. Plain Java: events in, tasks out; no Spring, Kafka or HTTP.
 */
@NullMarked
package dev.tavernmem0.writer.scope;

import org.jspecify.annotations.NullMarked;
