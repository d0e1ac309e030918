package dev.tavernmem0.writer.replay;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All replays of a group of writers, as their topic tells. Immutable.
 *
 * @param replays by their ids
 * @param parts how far they are, by id and partition
 * @param batches the batches selected, by id, partition and number of the record
 */
public record ReplayRecords(
    Map<String, Replay> replays,
    Map<String, Map<Integer, ReplayPart>> parts,
    Map<String, Map<Integer, Map<Integer, List<String>>>> batches) {

  public static final ReplayRecords NONE = new ReplayRecords(Map.of(), Map.of(), Map.of());

  public ReplayRecords {
    replays = Map.copyOf(replays);
    parts = copy(parts);
    Map<String, Map<Integer, Map<Integer, List<String>>>> copy = new HashMap<>();
    batches.forEach((id, of) -> copy.put(id, copy(of)));
    batches = Map.copyOf(copy);
  }

  private static <K, L, V> Map<K, Map<L, V>> copy(Map<K, Map<L, V>> maps) {
    Map<K, Map<L, V>> copy = new HashMap<>();
    maps.forEach((key, map) -> copy.put(key, Map.copyOf(map)));
    return Map.copyOf(copy);
  }

  /** The replay of this id. */
  public Optional<Replay> find(String id) {
    return Optional.ofNullable(replays.get(id));
  }

  /** All of them, the last asked for first. */
  public List<Replay> lastFirst() {
    return replays.values().stream().sorted(Replay.FIRST_COME.reversed()).toList();
  }

  /** How far a replay is, by partition. */
  public Map<Integer, ReplayPart> parts(String id) {
    return parts.getOrDefault(id, Map.of());
  }

  /** How far a replay is in a partition; null if it has not begun there. */
  public @Nullable ReplayPart part(String id, int partition) {
    return parts(id).get(partition);
  }

  /** The batches that a replay selects in a partition, in their order. */
  public List<String> batches(String id, int partition) {
    return new TreeMap<>(records(id, partition)).values().stream().flatMap(List::stream).toList();
  }

  /** In how many records these are. */
  public Map<Integer, List<String>> records(String id, int partition) {
    return batches.getOrDefault(id, Map.of()).getOrDefault(partition, Map.of());
  }

  /** The replay to be carried out in a partition; null if there is none. Dry runs go first. */
  public @Nullable Replay due(int partition) {
    return replays.values().stream()
        .filter(replay -> replay.order() == Replay.Order.RUN)
        .filter(
            replay -> {
              ReplayPart part = part(replay.id(), partition);
              return part == null || !part.isDone();
            })
        .min(
            Comparator.comparing((Replay replay) -> !replay.dryRun())
                .thenComparing(Replay.FIRST_COME))
        .orElse(null);
  }
}
