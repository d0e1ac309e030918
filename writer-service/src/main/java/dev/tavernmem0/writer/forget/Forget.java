package dev.tavernmem0.writer.forget;

import java.util.Comparator;
import java.util.Map;

/**
 * What a user wants forgotten; a record on topic {@code tavern.ops.forgets}.
 *
 * @param version of this format, {@link #VERSION}
 * @param id its id
 * @param selection which turns
 * @param copies also the turns of other chats that say the same: branches, copies, imports
 * @param dryRun counts only
 * @param ends by partition, where the log ended when it was asked for: what was first said behind
 *     that is not meant
 * @param createdMs when it was asked for, milliseconds since the epoch
 */
public record Forget(
    int version,
    String id,
    ForgetSelection selection,
    boolean copies,
    boolean dryRun,
    Map<Integer, Long> ends,
    long createdMs) {
  public static final int VERSION = 1;

  /** Which is carried out first. */
  static final Comparator<Forget> FIRST_COME =
      Comparator.comparing((Forget forget) -> !forget.dryRun())
          .thenComparingLong(Forget::createdMs)
          .thenComparing(Forget::id);

  public Forget {
    ends = ends == null ? Map.of() : Map.copyOf(ends);
  }

  /** Where the log of a partition ended when it was asked for. */
  public long end(int partition) {
    return ends.getOrDefault(partition, 0L);
  }
}
