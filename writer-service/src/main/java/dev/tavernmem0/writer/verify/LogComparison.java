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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One partition of the log, compared with what ledger and chats say of its turns. Holds no text.
 * Not thread-safe.
 */
public final class LogComparison implements LogReader {
  private final Map<String, Known> known;
  private final Map<String, LoggedChat> chats = new LinkedHashMap<>();

  /** A turn as the ledger has it. */
  private record Known(Scope scope, String chatId, String hash, long offset) {}

  private LogComparison(Map<String, Known> known) {
    this.known = known;
  }

  /** Of what these scopes know by now; the log is to be read to where they have read it. */
  public static LogComparison with(Collection<ScopeState> scopes) {
    Map<String, Known> known = new HashMap<>();
    for (ScopeState scope : scopes) {
      for (TurnFate fate : scope.fates()) {
        if (!fate.gone()) {
          known.put(
              fate.turnId(),
              new Known(scope.scope(), fate.chatId(), fate.hash(), fate.offset()));
        }
      }
    }
    return new LogComparison(known);
  }

  @Override
  public void record(long offset, byte @Nullable [] key, byte @Nullable [] value) {
    TurnEvent event = LoggedEvents.of(value);
    if (event != null) {
      chats
          .computeIfAbsent(event.source().chatId(), id -> new LoggedChat())
          .fold(event, offset);
    }
  }

  /** How many turns the log has in the end. */
  public int turns() {
    return chats.values().stream().mapToInt(chat -> chat.turns().size()).sum();
  }

  /** How many chats the log has turns of in the end. */
  public int chats() {
    return (int) chats.values().stream().filter(chat -> !chat.turns().isEmpty()).count();
  }

  /** What they disagree about, now that the log is read. */
  public List<Difference> differences() {
    Map<String, Known> left = new HashMap<>(known);
    List<Difference> differences = new ArrayList<>();
    for (LoggedChat chat : chats.values()) {
      for (LoggedVersion logged : chat.turns()) {
        Known its = left.remove(logged.turnId());
        Difference.Kind kind = compare(logged, its);
        if (kind != null) {
          differences.add(
              difference(
                  kind, its == null ? logged.scope() : its.scope(), logged.chatId(), logged.turnId()));
        }
      }
    }
    left.forEach(
        (turnId, its) ->
            differences.add(
                difference(Difference.Kind.GONE, its.scope(), its.chatId(), turnId)));
    return differences;
  }

  private static Difference.@Nullable Kind compare(LoggedVersion logged, @Nullable Known its) {
    if (its == null) {
      return Difference.Kind.WITHOUT_FATE;
    }
    if (!its.scope().equals(logged.scope())) {
      return Difference.Kind.WRONG_SCOPE;
    }
    boolean isStale = !its.hash().equals(logged.hash()) && logged.offset() > its.offset();
    return isStale ? Difference.Kind.STALE : null;
  }

  private static Difference difference(
      Difference.Kind kind, Scope scope, String chatId, String turnId) {
    return new Difference(kind, scope.userId(), scope.agentId(), chatId, turnId);
  }
}
