package dev.tavernmem0.writer.log;

import org.jspecify.annotations.Nullable;

/** Takes the records of a partition of the log, in their order. */
@FunctionalInterface
public interface LogReader {
  void record(long offset, byte @Nullable [] key, byte @Nullable [] value);
}
