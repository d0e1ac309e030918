package dev.tavernmem0.watcher.verify;

import dev.tavernmem0.watcher.chatfile.TurnContent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a chat's file says, beside what the log says, both in order. Turns that say the same in the
 * same order belong together; there is no difference if and only if those are all. What is between
 * them differs. In time n log n, however much that is.
 */
final class TurnComparison {
  private final List<TurnContent> file;
  private final List<LoggedTurn> log;
  private final List<Result> results = new ArrayList<>();

  /**
   * A turn that differs.
   *
   * @param turnId the log's; null if it has none there
   * @param position in the file; null if it has none there
   */
  record Result(Difference.Kind kind, @Nullable String turnId, @Nullable Integer position) {}

  private TurnComparison(List<TurnContent> file, List<LoggedTurn> log) {
    this.file = file;
    this.log = log;
  }

  static List<Result> of(List<TurnContent> file, List<LoggedTurn> log) {
    TurnComparison comparison = new TurnComparison(file, log);
    comparison.compare();
    return comparison.results;
  }

  private void compare() {
    int start = 0;
    while (start < Math.min(file.size(), log.size()) && same(start, start)) {
      start++;
    }
    int fileEnd = file.size();
    int logEnd = log.size();
    while (fileEnd > start && logEnd > start && same(fileEnd - 1, logEnd - 1)) {
      fileEnd--;
      logEnd--;
    }
    int[] partners = partners(start, fileEnd, logEnd);
    int fileFrom = start;
    int logFrom = start;
    for (int i = 0; i < partners.length; i++) {
      if (partners[i] >= 0) {
        between(fileFrom, start + i, logFrom, partners[i]);
        fileFrom = start + i + 1;
        logFrom = partners[i] + 1;
      }
    }
    between(fileFrom, fileEnd, logFrom, logEnd);
  }

  private boolean same(int position, int logged) {
    return file.get(position).textHash() == log.get(logged).hash();
  }

  /**
   * Which turn of the log each turn of the file belongs to, -1 for none: of those that say the same
   * (the first with the first, if several do) the most that are in the same order.
   */
  private int[] partners(int start, int fileEnd, int logEnd) {
    Map<Long, Deque<Integer>> byHash = new HashMap<>();
    for (int i = start; i < logEnd; i++) {
      byHash.computeIfAbsent(log.get(i).hash(), hash -> new ArrayDeque<>()).add(i);
    }
    int[] candidates = new int[fileEnd - start];
    for (int i = 0; i < candidates.length; i++) {
      Deque<Integer> equal = byHash.get(file.get(start + i).textHash());
      candidates[i] = equal == null || equal.isEmpty() ? -1 : equal.remove();
    }
    return longestRise(candidates);
  }

  /** The longest rising subsequence; what is not in it becomes -1. */
  private static int[] longestRise(int[] values) {
    int[] ends = new int[values.length];
    int[] before = new int[values.length];
    int length = 0;
    for (int i = 0; i < values.length; i++) {
      if (values[i] >= 0) {
        int at = place(ends, length, values, values[i]);
        before[i] = at == 0 ? -1 : ends[at - 1];
        ends[at] = i;
        length = Math.max(length, at + 1);
      }
    }
    int[] rise = new int[values.length];
    Arrays.fill(rise, -1);
    for (int i = length == 0 ? -1 : ends[length - 1]; i >= 0; i = before[i]) {
      rise[i] = values[i];
    }
    return rise;
  }

  /** The first end that is not below the value. */
  private static int place(int[] ends, int length, int[] values, int value) {
    int low = 0;
    int high = length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (values[ends[middle]] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void between(int fileFrom, int fileTo, int logFrom, int logTo) {
    boolean otherWords = fileTo - fileFrom == logTo - logFrom;
    for (int i = 0; otherWords && i < fileTo - fileFrom; i++) {
      otherWords = file.get(fileFrom + i).role() == log.get(logFrom + i).role();
    }
    if (otherWords) {
      for (int i = 0; i < fileTo - fileFrom; i++) {
        String turnId = log.get(logFrom + i).turnId();
        results.add(new Result(Difference.Kind.STALE, turnId, fileFrom + i));
      }
      return;
    }
    for (int i = fileFrom; i < fileTo; i++) {
      results.add(new Result(Difference.Kind.TURN_NOT_IN_LOG, null, i));
    }
    for (int i = logFrom; i < logTo; i++) {
      results.add(new Result(Difference.Kind.TURN_NOT_IN_FILE, log.get(i).turnId(), null));
    }
  }
}
