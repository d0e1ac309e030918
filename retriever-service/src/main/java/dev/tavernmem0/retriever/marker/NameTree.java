package dev.tavernmem0.retriever.marker;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names of the list, to be found in a text in one walk. A space in a name stands for a space,
 * {@code _} or {@code -}. Not changed after the list is read.
 */
final class NameTree {
  /** What a name is. */
  enum Kind {
    ANGLE_TOKEN,
    SQUARE_TOKEN,
    LABEL,
    HEADING
  }

  /**
   * A name found in a text.
   *
   * @param end where it ends, exclusive
   */
  record Match(int end, Set<Kind> kinds) {
    boolean is(Kind kind) {
      return kinds.contains(kind);
    }

    boolean namesARole() {
      return is(Kind.LABEL) || is(Kind.HEADING);
    }
  }

  private static final class Node {
    private final Map<Integer, Node> next = new HashMap<>();
    private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    private boolean digitsFollow;
  }

  private final Node root = new Node();

  /**
   * Adds a name.
   *
   * @param digitsFollow whether digits belong to it
   * @return false if it was there
   */
  boolean add(FoldedText name, boolean digitsFollow, Kind kind) {
    Node node = root;
    for (int i = 0; i < name.length(); i++) {
      node = node.next.computeIfAbsent(key(name.at(i)), c -> new Node());
    }
    node.digitsFollow |= digitsFollow;
    return node.kinds.add(kind);
  }

  /** The longest name that starts here and does not end amid a word. */
  @Nullable Match match(FoldedText text, int from) {
    Match longest = null;
    @Nullable Node node = root.next.get(key(text.at(from)));
    for (int i = from + 1; node != null; i++) {
      if (!node.kinds.isEmpty()) {
        int end = node.digitsFollow ? endOfDigits(text, i) : i;
        if (!Signs.isWord(text.at(end))) {
          longest = new Match(end, node.kinds);
        }
      }
      node = node.next.get(key(text.at(i)));
    }
    return longest;
  }

  private static int endOfDigits(FoldedText text, int from) {
    int end = from;
    while (Character.isDigit(text.at(end))) {
      end++;
    }
    return end;
  }

  private static int key(int c) {
    return Signs.isSpace(c) || c == '_' || c == '-' ? ' ' : c;
  }
}
