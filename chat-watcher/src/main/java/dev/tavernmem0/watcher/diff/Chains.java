package dev.tavernmem0.watcher.diff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Longest chain of pairs (old index, new index) that rises on both sides: the longest common
 * subsequence when the pairs are all possible matches (Hunt and Szymanski), the turns that kept
 * their order when the pairs are final.
 *
 * <p>Among the longest chains it picks the one whose new indexes come first. That choice depends on
 * the chain alone and not on what lies between its pairs, which is why a diff that is redone from
 * an intermediate state finds the same remaining steps.
 */
final class Chains {
  /** A possible match. */
  record Pair(int old, int now) {}

  private Chains() {}

  /**
   * The longest chain.
   *
   * @param byNow pairs by rising new index
   * @param oldSize number of old turns
   */
  static List<Pair> longest(List<Pair> byNow, int oldSize) {
    int[] lengths = lengthsOfChainsFrom(byNow, oldSize);
    int missing = Arrays.stream(lengths).max().orElse(0);
    List<Pair> chain = new ArrayList<>(missing);
    int lastOld = -1;
    int at = 0;
    while (missing > 0) {
      int best = -1;
      int now = byNow.get(at).now();
      for (; at < byNow.size() && byNow.get(at).now() == now; at++) {
        Pair pair = byNow.get(at);
        if (lengths[at] == missing
            && pair.old() > lastOld
            && (best < 0 || pair.old() < byNow.get(best).old())) {
          best = at;
        }
      }
      if (best >= 0) {
        chain.add(byNow.get(best));
        lastOld = byNow.get(best).old();
        missing--;
      }
    }
    return chain;
  }

  /** For each pair, the length of the longest chain that begins with it. */
  private static int[] lengthsOfChainsFrom(List<Pair> byNow, int oldSize) {
    int[] lengths = new int[byNow.size()];
    MaxFromIndex best = new MaxFromIndex(oldSize);
    int end = byNow.size();
    while (end > 0) {
      int start = end - 1;
      int now = byNow.get(start).now();
      while (start > 0 && byNow.get(start - 1).now() == now) {
        start--;
      }
      for (int i = start; i < end; i++) {
        lengths[i] = 1 + best.maxAbove(byNow.get(i).old());
      }
      for (int i = start; i < end; i++) {
        best.put(byNow.get(i).old(), lengths[i]);
      }
      end = start;
    }
    return lengths;
  }

  /** Fenwick tree: largest value put at an index above a given one. */
  private static final class MaxFromIndex {
    private final int[] tree;

    MaxFromIndex(int size) {
      tree = new int[size + 1];
    }

    void put(int index, int value) {
      for (int i = tree.length - 1 - index; i < tree.length; i += i & -i) {
        tree[i] = Math.max(tree[i], value);
      }
    }

    int maxAbove(int index) {
      int max = 0;
      for (int i = tree.length - 2 - index; i > 0; i -= i & -i) {
        max = Math.max(max, tree[i]);
      }
      return max;
    }
  }
}
