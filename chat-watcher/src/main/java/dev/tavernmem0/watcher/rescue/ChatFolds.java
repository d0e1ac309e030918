package dev.tavernmem0.watcher.rescue;

import dev.tavernmem0.common.event.TurnEvent;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One chat in all scopes that it was in, and of all SillyTaverns that have it: what one says of it
 * and what another says come in any order, so each is folded by itself. Not thread-safe.
 */
public final class ChatFolds<T> {
  private final Map<Place, ChatFold<T>> folds = new LinkedHashMap<>();
  private final Supplier<ChatFold<T>> empty;

  private record Place(String tavern, String scope) {}

  /**
   * A chat of which nothing is known.
   *
   * @param empty makes what one scope says of it
   */
  public ChatFolds(Supplier<ChatFold<T>> empty) {
    this.empty = empty;
  }

  /** Takes in an event of it. */
  public void apply(TurnEvent event) {
    folds
        .computeIfAbsent(
            new Place(String.valueOf(event.source().name()), event.source().scope()),
            place -> empty.get())
        .apply(event);
  }

  /** What each scope of each SillyTavern says of it. */
  public Collection<ChatFold<T>> all() {
    return folds.values();
  }

  /**
   * Where the chat was saved last, and of two such places where it is still; empty if it was
   * nowhere yet. One that says that it is there may have been switched off long ago.
   */
  Optional<ChatFold<T>> current() {
    return folds.values().stream()
        .filter(ChatFold::isKnown)
        .max(
            Comparator.comparing((ChatFold<T> fold) -> fold.savedMs())
                .thenComparing(fold -> fold.deletedMs() == null));
  }

  /** Since when it is known; milliseconds since the epoch. */
  long firstMs() {
    return folds.values().stream().mapToLong(ChatFold::firstMs).min().orElse(Long.MAX_VALUE);
  }
}
