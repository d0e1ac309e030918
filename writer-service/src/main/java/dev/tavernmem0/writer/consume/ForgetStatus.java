package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.forget.Forget;
import dev.tavernmem0.writer.forget.ForgetPart;
import dev.tavernmem0.writer.forget.ForgetPart.Phase;
import dev.tavernmem0.writer.forget.ForgetRecords;
import dev.tavernmem0.writer.forget.ForgetSelection;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is to be forgotten and how far that is, in all partitions together.
 *
 * @param id its id
 * @param state what it is at, in the partition that is least far
 * @param selection which turns
 * @param copies also the turns of other chats that say the same
 * @param dryRun counts only
 * @param createdAt when it was asked for
 * @param endedAt when it was done; null before that
 * @param partitions of the log
 * @param selectedPartitions in how many of these it is known which turns it is about
 * @param chats that lose turns
 * @param turns that are forgotten
 * @param memories that tell of them, which are deleted; what else their batches say is remembered
 *     anew
 * @param records of the log that are erased, dead letters included
 * @param notErasable records of the log that cannot be erased by themselves, because an earlier
 *     version made the log
 * @param error why it does not go on, in one of its partitions; null if it does
 */
public record ForgetStatus(
    String id,
    ForgetState state,
    ForgetSelection selection,
    boolean copies,
    boolean dryRun,
    Instant createdAt,
    @Nullable Instant endedAt,
    int partitions,
    int selectedPartitions,
    long chats,
    long turns,
    long memories,
    long records,
    long notErasable,
    @Nullable String error) {

  /** As the records tell. */
  static ForgetStatus of(Forget forget, ForgetRecords records, int partitions) {
    Map<Integer, ForgetPart> byPartition = records.parts(forget.id());
    Collection<ForgetPart> parts = byPartition.values();
    ForgetState state = state(parts, partitions);
    return new ForgetStatus(
        forget.id(),
        state,
        forget.selection(),
        forget.copies(),
        forget.dryRun(),
        Instant.ofEpochMilli(forget.createdMs()),
        state == ForgetState.COMPLETED ? endedAt(parts) : null,
        partitions,
        (int) parts.stream().filter(part -> part.phase() != Phase.SELECTING).count(),
        sum(parts, ForgetPart::chats),
        sum(parts, ForgetPart::turns),
        sum(parts, ForgetPart::memories),
        sum(parts, ForgetPart::records),
        sum(parts, ForgetPart::notErasable),
        parts.stream().map(ForgetPart::error).filter(Objects::nonNull).findFirst().orElse(null));
  }

  private static ForgetState state(Collection<ForgetPart> parts, int partitions) {
    if (parts.isEmpty() || partitions == 0) {
      return ForgetState.WAITING;
    }
    if (parts.size() < partitions) {
      return ForgetState.SELECTING;
    }
    Phase least = parts.stream().map(ForgetPart::phase).min(Phase::compareTo).orElseThrow();
    return switch (least) {
      case SELECTING -> ForgetState.SELECTING;
      case TAKING_BACK -> ForgetState.TAKING_BACK;
      case ERASING -> ForgetState.ERASING;
      case DONE -> ForgetState.COMPLETED;
    };
  }

  private static @Nullable Instant endedAt(Collection<ForgetPart> parts) {
    return parts.stream()
        .map(ForgetPart::endedMs)
        .filter(Objects::nonNull)
        .max(Long::compare)
        .map(Instant::ofEpochMilli)
        .orElse(null);
  }

  private static long sum(Collection<ForgetPart> parts, ToLongFunction<ForgetPart> of) {
    return parts.stream().mapToLong(of).sum();
  }
}
