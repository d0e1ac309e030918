package dev.tavernmem0.writer.verify;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.writer.log.LogReader;
import dev.tavernmem0.writer.log.LoggedChat;
import dev.tavernmem0.writer.log.LoggedEvents;
import dev.tavernmem0.writer.log.LoggedVersion;
import dev.tavernmem0.writer.scope.ScopeState;
import dev.tavernmem0.writer.scope.TurnFate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One partition of the log, compared with what ledger and chats say of its turns. Holds no text.
 * Not thread-safe.
 */
public final class LogComparison implements LogReader {
  private final Map<Place, List<Known>> known;
  private final Map<Scope, Set<String>> forgotten;
  private final Map<String, LoggedChat> chats = new LinkedHashMap<>();

  /** A turn in a scope: what was moved to another character may be told in both. */
  private record Place(Scope scope, String turnId) {}

  /** A turn as the ledger has it. */
  private record Known(String chatId, String hash, long offset) {

    Difference difference(Difference.Kind kind, Place place) {
      return new Difference(
          kind, place.scope().userId(), place.scope().agentId(), chatId, place.turnId());
    }
  }

  private LogComparison(Map<Place, List<Known>> known, Map<Scope, Set<String>> forgotten) {
    this.known = known;
    this.forgotten = forgotten;
  }

  /** Of what these scopes know by now; the log is to be read to where they have read it. */
  public static LogComparison with(Collection<ScopeState> scopes) {
    Map<Place, List<Known>> known = new HashMap<>();
    for (ScopeState scope : scopes) {
      for (TurnFate fate : scope.fates()) {
        if (!fate.gone()) {
          Known its = new Known(fate.chatId(), fate.hash(), fate.offset());
          known.merge(new Place(scope.scope(), fate.turnId()), List.of(its), LogComparison::both);
        }
      }
    }
    Map<Scope, Set<String>> forgotten = new HashMap<>();
    scopes.forEach(scope -> forgotten.put(scope.scope(), scope.forgotten()));
    return new LogComparison(known, forgotten);
  }

  @Override
  public void record(long offset, byte @Nullable [] key, byte @Nullable [] value) {
    TurnEvent event = LoggedEvents.of(value);
    if (event != null && !isForgotten(event)) {
      chats.computeIfAbsent(event.source().chatId(), id -> new LoggedChat()).fold(event, offset);
    }
  }

  private boolean isForgotten(TurnEvent event) {
    String turnId = event.turnId();
    return turnId != null
        && forgotten.getOrDefault(Scope.of(event.source()), Set.of()).contains(turnId);
  }

  /** How many turns the log has in the end. */
  public int turns() {
    return chats.values().stream().mapToInt(chat -> chat.turns().size()).sum();
  }

  /** How many chats the log has turns of in the end. */
  public int chats() {
    return (int) chats.values().stream().filter(chat -> !chat.turns().isEmpty()).count();
  }

  private static List<Known> both(List<Known> some, List<Known> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /** Which of these turns the log has in the end, under whatever character. */
  public Set<String> has(Set<String> turnIds) {
    Set<String> there = new HashSet<>();
    for (LoggedChat chat : chats.values()) {
      for (LoggedVersion logged : chat.turns()) {
        if (turnIds.contains(logged.turnId())) {
          there.add(logged.turnId());
        }
      }
    }
    return there;
  }

  /** What they disagree about, now that the log is read. */
  public List<Difference> differences() {
    Map<Place, List<Known>> left = new HashMap<>(known);
    Set<String> said = new HashSet<>();
    List<Difference> differences = new ArrayList<>();
    for (LoggedChat chat : chats.values()) {
      for (LoggedVersion logged : chat.turns()) {
        said.add(logged.turnId());
        Place place = new Place(logged.scope(), logged.turnId());
        List<Known> its = left.remove(place);
        if (its == null) {
          differences.add(
              new Difference(
                  Difference.Kind.WITHOUT_FATE,
                  logged.scope().userId(),
                  logged.scope().agentId(),
                  logged.chatId(),
                  logged.turnId()));
        } else {
          its.stream()
              .filter(each -> isStale(each, logged))
              .forEach(each -> differences.add(each.difference(Difference.Kind.STALE, place)));
        }
      }
    }
    left.forEach(
        (place, its) -> {
          Difference.Kind kind =
              said.contains(place.turnId()) ? Difference.Kind.WRONG_SCOPE : Difference.Kind.GONE;
          its.forEach(each -> differences.add(each.difference(kind, place)));
        });
    return differences;
  }

  private static boolean isStale(Known its, LoggedVersion logged) {
    return !its.hash().equals(logged.hash()) && logged.offset() > its.offset();
  }
}
