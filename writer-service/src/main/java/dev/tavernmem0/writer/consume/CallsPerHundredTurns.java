package dev.tavernmem0.writer.consume;

import org.jspecify.annotations.Nullable;

/**
 * What writing costs: calls of mem0's model for 100 turns that it took, since the start of the
 * process, repeated calls included.
 *
 * @param live of what users said or changed, and of what an earlier life left half done; null
 *     before the first batch
 * @param backlog of what was there before the watcher looked; null before the first batch
 */
public record CallsPerHundredTurns(@Nullable Double live, @Nullable Double backlog) {
  static final CallsPerHundredTurns NONE = new CallsPerHundredTurns(null, null);
}
