package dev.tavernmem0.watcher.rescue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The turns of a chat in order, each with what is kept of it. Nearly all that happens to a chat
 * happens at its end, or at a place that the event tells: that costs no search. Not thread-safe.
 */
final class TurnList<T> {
  private final List<Entry<T>> turns = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();

  private record Entry<T>(String turnId, T kept) {}

  int size() {
    return turns.size();
  }

  List<T> all() {
    return turns.stream().map(Entry::kept).toList();
  }

  List<T> without(Set<String> turnIds) {
    return turns.stream()
        .filter(entry -> !turnIds.contains(entry.turnId()))
        .map(Entry::kept)
        .toList();
  }

  /** Puts a turn where it stands now, from wherever it stood before. */
  void put(String turnId, int position, T kept) {
    Entry<T> entry = new Entry<>(turnId, kept);
    if (ids.contains(turnId)) {
      if (isAt(position, turnId)) {
        turns.set(position, entry);
        return;
      }
      remove(turnId);
    }
    ids.add(turnId);
    turns.add(Math.min(position, turns.size()), entry);
  }

  void remove(String turnId) {
    if (ids.remove(turnId)) {
      int at = turns.size() - 1;
      while (!turns.get(at).turnId().equals(turnId)) {
        at--;
      }
      turns.remove(at);
    }
  }

  void removeIf(Predicate<String> turnIds) {
    turns.removeIf(entry -> turnIds.test(entry.turnId()));
    ids.removeIf(turnIds);
  }

  private boolean isAt(int position, String turnId) {
    return position < turns.size() && turns.get(position).turnId().equals(turnId);
  }
}
