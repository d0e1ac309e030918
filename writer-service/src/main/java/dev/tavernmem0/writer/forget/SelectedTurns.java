package dev.tavernmem0.writer.forget;

import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.identity.UtteranceKeys;
import dev.tavernmem0.common.kafka.TurnKeys;
import dev.tavernmem0.writer.log.LogReader;
import dev.tavernmem0.writer.log.LoggedEvents;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The turns that are to be forgotten, as the log of one partition tells: whatever they ever said,
 * and whether their chats still have them or not. Holds no text. Not thread-safe.
 */
public final class SelectedTurns {
  private final Forget forget;
  private final Map<Scope, Map<String, Set<String>>> turns = new HashMap<>();
  private final Map<Scope, Set<String>> said = new HashMap<>();
  private final long end;
  private int records;
  private int sharedKeys;

  /**
   * None yet.
   *
   * @param end where the log ended when it was asked for
   */
  public SelectedTurns(Forget forget, long end) {
    this.forget = forget;
    this.end = end;
  }

  /** The log, from its beginning to that end. */
  public interface Log {
    /** Has all records read, in their order. */
    void forEach(LogReader reader);
  }

  /** Reads the log: once to select, if copies are wanted to find them, and once to count. */
  public SelectedTurns read(Log log) {
    log.forEach(
        (offset, key, value) -> {
          if (value != null && !TurnKeys.isUnique(key)) {
            sharedKeys++;
          }
          select(LoggedEvents.of(value));
        });
    if (forget.copies()) {
      log.forEach((offset, key, value) -> selectCopy(LoggedEvents.of(value)));
    }
    if (forget.dryRun()) {
      log.forEach((offset, key, value) -> count(LoggedEvents.of(value)));
    }
    return this;
  }

  /** A turn that the ledger knows, if it is selected: it may be in the log no more. */
  public void known(Scope scope, String chatId, String turnId, long offset) {
    if (offset < end && forget.selection().isOf(scope) && forget.selection().isOf(chatId, turnId)) {
      add(scope, chatId, turnId);
    }
  }

  private void select(@Nullable TurnEvent event) {
    String turnId = event == null ? null : event.turnId();
    if (event == null || turnId == null) {
      return;
    }
    Scope scope = Scope.of(event.source());
    String chatId = event.source().chatId();
    if (forget.selection().isOf(scope) && forget.selection().isOf(chatId, turnId)) {
      add(scope, chatId, turnId);
      Turn turn = event.after();
      if (forget.copies() && turn != null) {
        said.computeIfAbsent(scope, any -> new HashSet<>()).add(UtteranceKeys.of(turn));
      }
    }
  }

  private void selectCopy(@Nullable TurnEvent event) {
    Turn turn = event == null ? null : event.after();
    if (event != null && turn != null) {
      Scope scope = Scope.of(event.source());
      if (said.getOrDefault(scope, Set.of()).contains(UtteranceKeys.of(turn))) {
        add(scope, event.source().chatId(), turn.turnId());
      }
    }
  }

  private void count(@Nullable TurnEvent event) {
    String turnId = event == null ? null : event.turnId();
    if (event != null && turnId != null) {
      boolean isSelected =
          turns
              .getOrDefault(Scope.of(event.source()), Map.of())
              .getOrDefault(event.source().chatId(), Set.of())
              .contains(turnId);
      records += isSelected ? 1 : 0;
    }
  }

  private void add(Scope scope, String chatId, String turnId) {
    turns
        .computeIfAbsent(scope, any -> new HashMap<>())
        .computeIfAbsent(chatId, any -> new LinkedHashSet<>())
        .add(turnId);
  }

  /** By scope and chat. */
  public Map<Scope, Map<String, Set<String>>> turns() {
    return turns;
  }

  /** Of a scope. */
  public Set<String> turns(Scope scope) {
    Set<String> ids = new HashSet<>();
    turns.getOrDefault(scope, Map.of()).values().forEach(ids::addAll);
    return ids;
  }

  /** How many there are. */
  public int size() {
    return turns.values().stream()
        .flatMap(byChat -> byChat.values().stream())
        .mapToInt(Set::size)
        .sum();
  }

  /** In how many chats. */
  public int chats() {
    return turns.values().stream().mapToInt(Map::size).sum();
  }

  /** How many records of the log there are whose keys others may have too. */
  public int sharedKeys() {
    return sharedKeys;
  }

  /** How many records the log has of them; only a dry run counts. */
  public int records() {
    return records;
  }
}
