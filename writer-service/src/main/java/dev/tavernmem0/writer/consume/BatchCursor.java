package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.LedgerEntry;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place of a batch in a listing: what changed last comes first. It is a place also when the
 * batch has changed since or is no more, so that pages neither repeat nor leave out what stays.
 *
 * @param tsMs when the batch reached its state, milliseconds since the epoch
 * @param batchId the batch
 */
public record BatchCursor(long tsMs, String batchId) implements Comparable<BatchCursor> {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,18})-(.+)");
  private static final Comparator<BatchCursor> LAST_CHANGE_FIRST =
      Comparator.comparingLong(BatchCursor::tsMs).reversed().thenComparing(BatchCursor::batchId);

  static BatchCursor of(LedgerEntry entry) {
    return new BatchCursor(entry.tsMs(), entry.batchId());
  }

  /** Reads what {@link #toString} has written; empty if it is something else. */
  public static Optional<BatchCursor> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(new BatchCursor(Long.parseLong(matcher.group(1)), matcher.group(2)))
        : Optional.empty();
  }

  @Override
  public int compareTo(BatchCursor other) {
    return LAST_CHANGE_FIRST.compare(this, other);
  }

  @Override
  public String toString() {
    return tsMs + "-" + batchId;
  }
}
