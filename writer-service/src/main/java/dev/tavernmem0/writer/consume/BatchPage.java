package dev.tavernmem0.writer.consume;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a listing of batches.
 *
 * @param batches those that changed last come first
 * @param next what {@code after} has to be for the next page; null on the last one
 */
public record BatchPage(List<Batch> batches, @Nullable String next) {
  public BatchPage {
    batches = List.copyOf(batches);
  }
}
