package dev.tavernmem0.writer.forget;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that is to be forgotten, as its topic tells. Immutable.
 *
 * @param forgets by their ids
 * @param parts how far they are, by id and partition
 */
public record ForgetRecords(
    Map<String, Forget> forgets, Map<String, Map<Integer, ForgetPart>> parts) {
  public static final ForgetRecords NONE = new ForgetRecords(Map.of(), Map.of());

  public ForgetRecords {
    forgets = Map.copyOf(forgets);
    Map<String, Map<Integer, ForgetPart>> copy = new HashMap<>();
    parts.forEach((id, of) -> copy.put(id, Map.copyOf(of)));
    parts = Map.copyOf(copy);
  }

  /** The one of this id. */
  public Optional<Forget> find(String id) {
    return Optional.ofNullable(forgets.get(id));
  }

  /** All of them, the last asked for first. */
  public List<Forget> lastFirst() {
    return forgets.values().stream().sorted(Forget.FIRST_COME.reversed()).toList();
  }

  /** How far one is, by partition. */
  public Map<Integer, ForgetPart> parts(String id) {
    return parts.getOrDefault(id, Map.of());
  }

  /** What is to be carried out in a partition, dry runs first. */
  public List<Forget> due(int partition) {
    return forgets.values().stream()
        .filter(
            forget -> {
              ForgetPart part = parts(forget.id()).get(partition);
              return part == null || part.phase() != ForgetPart.Phase.DONE;
            })
        .sorted(Forget.FIRST_COME)
        .toList();
  }

  /**
   * Whether the log can be compacted: it is known of each of so many partitions that no two records
   * of it have one key. Null if that is not known yet.
   */
  public @Nullable Boolean keysAreUnique(String id, int partitions) {
    Collection<ForgetPart> known =
        parts(id).values().stream()
            .filter(part -> part.phase() != ForgetPart.Phase.SELECTING)
            .toList();
    if (known.stream().anyMatch(part -> part.sharedKeys() > 0)) {
      return false;
    }
    return known.size() < partitions ? null : Boolean.TRUE;
  }

  /** Whether the log is being erased anywhere. */
  public boolean erasing() {
    return parts.values().stream()
        .flatMap(byPartition -> byPartition.values().stream())
        .anyMatch(part -> part.phase() == ForgetPart.Phase.ERASING);
  }
}
