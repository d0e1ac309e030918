package dev.tavernmem0.watcher.diff;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.watcher.chatfile.ChatFile;
import dev.tavernmem0.watcher.chatfile.TurnContent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which new message is which old turn. Common prefix and suffix first, then the longest common
 * subsequence by content, then what was moved, then what had vanished and is back, and then, in
 * this order, the rules for turns whose text changed: same date (edit), date among the swipes
 * (swipe), same text with another date, same place after the same predecessor (continue,
 * regenerate).
 */
final class Pairing {
  static final int NONE = -1;

  /** Equal turns (no date, same text) beyond this many combinations are paired in order. */
  private static final int MAX_COMBINATIONS = 4096;

  /** Why an old turn and a new message are one. */
  enum Match {
    SAME,
    EDIT,
    SWIPE,
    SAME_TEXT,
    SAME_PLACE
  }

  private record MessageKey(Role role, long date, long textHash) {}

  private record DateKey(boolean user, long date) {}

  private record TextKey(Role role, long textHash, int gap) {}

  private final List<TurnState> old;
  private final ChatFile now;
  private final int[] newOf;
  private final int[] oldOf;
  private final @Nullable Match[] matches;
  private final @Nullable TurnState[] returned;

  private Pairing(List<TurnState> old, ChatFile now) {
    this.old = old;
    this.now = now;
    this.returned = new TurnState[now.size()];
    this.newOf = new int[old.size()];
    this.oldOf = new int[now.size()];
    this.matches = new Match[now.size()];
    Arrays.fill(newOf, NONE);
    Arrays.fill(oldOf, NONE);
  }

  static Pairing of(ChatSnapshot old, ChatFile now) {
    Pairing pairing = new Pairing(old.turns(), now);
    pairing.pairEnds();
    if (pairing.bothHaveUnpaired()) {
      pairing.pairInOrder(Match.SAME, pairing::oldMessageKey, pairing::newMessageKey);
      pairing.pairMoved();
    }
    pairing.pairReturned(old.gone());
    if (pairing.bothHaveUnpaired()) {
      pairing.pairEdits();
      pairing.pairSwipes();
      pairing.pairSameTexts();
      pairing.pairSamePlaces();
    }
    return pairing;
  }

  /** The message that an old turn is now, or {@link #NONE}. */
  int newOf(int oldIndex) {
    return newOf[oldIndex];
  }

  /** The turn that a message was, or {@link #NONE}. */
  int oldOf(int newIndex) {
    return oldOf[newIndex];
  }

  /** The vanished turn that a message brings back; null if it does not. */
  @Nullable TurnState returned(int newIndex) {
    return returned[newIndex];
  }

  Match match(int newIndex) {
    Match match = matches[newIndex];
    if (match == null) {
      throw new IllegalArgumentException("message " + newIndex + " is new");
    }
    return match;
  }

  /** Whether all pairs are in the same order on both sides. */
  boolean isInOrder() {
    int last = NONE;
    for (int o : oldOf) {
      if (o != NONE && o < last) {
        return false;
      }
      last = o == NONE ? last : o;
    }
    return true;
  }

  /** The pairs that are in the same order on both sides, as many as possible. */
  List<Chains.Pair> inOrder() {
    List<Chains.Pair> pairs = new ArrayList<>();
    for (int n = 0; n < oldOf.length; n++) {
      if (oldOf[n] != NONE) {
        pairs.add(new Chains.Pair(oldOf[n], n));
      }
    }
    return Chains.longest(pairs, newOf.length);
  }

  private void pairEnds() {
    int shorter = Math.min(newOf.length, oldOf.length);
    int prefix = 0;
    while (prefix < shorter && same(prefix, prefix)) {
      pair(prefix, prefix, Match.SAME);
      prefix++;
    }
    for (int i = 1; i <= shorter - prefix && same(newOf.length - i, oldOf.length - i); i++) {
      pair(newOf.length - i, oldOf.length - i, Match.SAME);
    }
  }

  @SuppressWarnings("ReferenceEquality") // Most are the same object: that costs nothing to see.
  private boolean same(int o, int n) {
    TurnContent was = old.get(o).content();
    TurnContent is = now.content(n);
    return was == is || was.sameMessage(is);
  }

  /** Pairs the longest common subsequence of the unpaired, by key. A null key pairs with none. */
  private void pairInOrder(
      Match match, IntFunction<@Nullable Object> oldKey, IntFunction<@Nullable Object> newKey) {
    Map<Object, List<Integer>> oldByKey = unpaired(newOf.length, this::isUnpairedOld, oldKey);
    Map<Object, List<Integer>> newByKey = unpaired(oldOf.length, this::isNew, newKey);
    List<Chains.Pair> candidates = new ArrayList<>();
    newByKey.forEach(
        (key, news) -> {
          List<Integer> olds = oldByKey.getOrDefault(key, List.of());
          if ((long) olds.size() * news.size() <= MAX_COMBINATIONS) {
            news.forEach(n -> olds.forEach(o -> candidates.add(new Chains.Pair(o, n))));
          } else {
            for (int i = 0; i < Math.min(olds.size(), news.size()); i++) {
              candidates.add(new Chains.Pair(olds.get(i), news.get(i)));
            }
          }
        });
    candidates.sort((a, b) -> Integer.compare(a.now(), b.now()));
    Chains.longest(candidates, newOf.length).forEach(p -> pair(p.old(), p.now(), match));
  }

  private void pairMoved() {
    pairFirstCome(Match.SAME, this::oldMessageKey, this::newMessageKey);
  }

  /** The vanished turns with the same message, those minted first first. */
  private void pairReturned(Collection<GoneTurn> gone) {
    if (gone.isEmpty() || !hasNew()) {
      return;
    }
    Map<Object, Deque<TurnState>> goneByKey = new HashMap<>();
    for (GoneTurn turn : gone) {
      goneByKey
          .computeIfAbsent(messageKey(turn.turn().content()), key -> new ArrayDeque<>())
          .add(turn.turn());
    }
    for (int n = 0; n < oldOf.length; n++) {
      Deque<TurnState> same = isNew(n) ? goneByKey.get(newMessageKey(n)) : null;
      if (same != null) {
        returned[n] = same.poll();
      }
    }
  }

  private void pairEdits() {
    pairFirstCome(Match.EDIT, o -> dateKey(old.get(o).content()), n -> dateKey(now.content(n)));
  }

  /** Pairs the unpaired with equal keys in order, wherever they are. */
  private void pairFirstCome(
      Match match, IntFunction<@Nullable Object> oldKey, IntFunction<@Nullable Object> newKey) {
    Map<Object, Deque<Integer>> oldByKey = new HashMap<>();
    unpaired(newOf.length, this::isUnpairedOld, oldKey)
        .forEach((key, olds) -> oldByKey.put(key, new ArrayDeque<>(olds)));
    for (int n = 0; n < oldOf.length; n++) {
      Object key = isNew(n) ? newKey.apply(n) : null;
      Deque<Integer> olds = key == null ? null : oldByKey.get(key);
      if (olds != null && !olds.isEmpty()) {
        pair(olds.removeFirst(), n, match);
      }
    }
  }

  private void pairSwipes() {
    if (!bothHaveUnpaired()) {
      return;
    }
    Map<Long, List<Integer>> newBySwipeDate = new HashMap<>();
    for (int n = 0; n < oldOf.length; n++) {
      if (isNew(n) && now.content(n).role() != Role.USER) {
        for (long date : now.message(n).swipeDates()) {
          newBySwipeDate.computeIfAbsent(date, d -> new ArrayList<>()).add(n);
        }
      }
    }
    for (int o = 0; o < newOf.length; o++) {
      TurnContent was = old.get(o).content();
      if (newOf[o] == NONE && was.date() != 0) {
        for (int n : newBySwipeDate.getOrDefault(was.date(), List.of())) {
          if (isNew(n) && now.content(n).role() == was.role()) {
            pair(o, n, Match.SWIPE);
            break;
          }
        }
      }
    }
  }

  private void pairSameTexts() {
    if (!bothHaveUnpaired()) {
      return;
    }
    int[] gapOfOld = new int[newOf.length];
    int[] gapOfNew = new int[oldOf.length];
    int gap = 0;
    int o = 0;
    int n = 0;
    for (Chains.Pair anchor : inOrder()) {
      Arrays.fill(gapOfOld, o, anchor.old(), gap);
      Arrays.fill(gapOfNew, n, anchor.now(), gap);
      o = anchor.old();
      n = anchor.now();
      gap++;
    }
    Arrays.fill(gapOfOld, o, gapOfOld.length, gap);
    Arrays.fill(gapOfNew, n, gapOfNew.length, gap);
    pairInOrder(
        Match.SAME_TEXT,
        i -> textKey(old.get(i).content(), gapOfOld[i]),
        i -> textKey(now.content(i), gapOfNew[i]));
  }

  private void pairSamePlaces() {
    for (int o = 0; o < newOf.length; o++) {
      if (newOf[o] != NONE) {
        continue;
      }
      int predecessor = o == 0 ? NONE : newOf[o - 1];
      if (o > 0 && predecessor == NONE) {
        continue;
      }
      int n = predecessor + 1;
      if (n < oldOf.length
          && isNew(n)
          && old.get(o).content().role() == Role.ASSISTANT
          && now.content(n).role() == Role.ASSISTANT) {
        pair(o, n, Match.SAME_PLACE);
      }
    }
  }

  private void pair(int o, int n, Match match) {
    newOf[o] = n;
    oldOf[n] = o;
    matches[n] = match;
  }

  private boolean isUnpairedOld(int o) {
    return newOf[o] == NONE;
  }

  private boolean isNew(int n) {
    return oldOf[n] == NONE && returned[n] == null;
  }

  private boolean hasNew() {
    return IntStream.range(0, oldOf.length).anyMatch(this::isNew);
  }

  private boolean bothHaveUnpaired() {
    return hasNew() && IntStream.range(0, newOf.length).anyMatch(this::isUnpairedOld);
  }

  private static Map<Object, List<Integer>> unpaired(
      int size, IntPredicate isUnpaired, IntFunction<@Nullable Object> keyOf) {
    Map<Object, List<Integer>> byKey = new HashMap<>();
    for (int i = 0; i < size; i++) {
      Object key = isUnpaired.test(i) ? keyOf.apply(i) : null;
      if (key != null) {
        byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(i);
      }
    }
    return byKey;
  }

  private Object oldMessageKey(int o) {
    return messageKey(old.get(o).content());
  }

  private Object newMessageKey(int n) {
    return messageKey(now.content(n));
  }

  private static Object messageKey(TurnContent content) {
    return new MessageKey(content.role(), content.date(), content.textHash());
  }

  private static @Nullable Object dateKey(TurnContent content) {
    return content.date() == 0 ? null : new DateKey(content.role() == Role.USER, content.date());
  }

  private static Object textKey(TurnContent content, int gap) {
    return new TextKey(content.role(), content.textHash(), gap);
  }
}
