package dev.tavernmem0.watcher.connect;

import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a reader of the log makes of it: each chat's turns in order. What is said of a turn goes for
 * it, however often it is said; the end of a chat's snapshot drops the turns that it did not name.
 */
public final class FoldedChats {
  private final Map<String, List<Turn>> chats = new LinkedHashMap<>();
  private final Map<String, Set<String>> named = new HashMap<>();

  /** Of a whole log. */
  public FoldedChats(List<TurnEvent> events) {
    events.forEach(this::apply);
  }

  public List<String> texts(String chatId) {
    return chats.getOrDefault(chatId, List.of()).stream().map(Turn::text).toList();
  }

  /** Texts by chat, of chats that have turns. */
  public Map<String, List<String>> all() {
    Map<String, List<String>> all = new LinkedHashMap<>();
    chats.forEach(
        (chat, turns) -> {
          if (!turns.isEmpty()) {
            all.put(chat, turns.stream().map(turn -> turn.turnId() + " " + turn.text()).toList());
          }
        });
    return all;
  }

  /** Turns by chat, of chats that have turns. */
  public Map<String, List<Turn>> turns() {
    Map<String, List<Turn>> turns = new LinkedHashMap<>();
    chats.forEach(
        (chat, its) -> {
          if (!its.isEmpty()) {
            turns.put(chat, List.copyOf(its));
          }
        });
    return turns;
  }

  private void apply(TurnEvent event) {
    List<Turn> turns = chats.computeIfAbsent(event.source().chatId(), chat -> new ArrayList<>());
    if (event.op() == Op.READ) {
      read(event, turns);
      return;
    }
    named.remove(event.source().chatId());
    turns.removeIf(turn -> turn.turnId().equals(event.turnId()));
    Turn after = event.after();
    if (event.op() != Op.DELETE && after != null) {
      turns.add(Math.min(after.position(), turns.size()), after);
    }
  }

  private void read(TurnEvent event, List<Turn> turns) {
    String chat = event.source().chatId();
    Turn turn = event.after();
    boolean first = turn == null || turn.position() == 0;
    if (first) {
      named.put(chat, new HashSet<>());
    }
    if (turn != null) {
      turns.removeIf(known -> known.turnId().equals(turn.turnId()));
      turns.add(Math.min(turn.position(), turns.size()), turn);
      Set<String> ids = named.get(chat);
      if (ids != null) {
        ids.add(turn.turnId());
      }
    }
    Set<String> whole = event.source().snapshot().endsChat() ? named.remove(chat) : null;
    if (whole != null) {
      turns.removeIf(known -> !whole.contains(known.turnId()));
    }
  }
}
