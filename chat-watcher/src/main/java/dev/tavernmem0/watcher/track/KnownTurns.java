package dev.tavernmem0.watcher.track;

import dev.tavernmem0.watcher.diff.ChatSnapshot;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.state.StateStore;
import dev.tavernmem0.watcher.state.StoredTurns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The turns of chats: as published so far in this run, or as stored. Keeps those that were used
 * lately, and those whose state is not stored yet; the others are read again when they are needed.
 * Not thread-safe, except {@link #committed()}.
 */
final class KnownTurns {
  /** Some 15 MB. */
  private static final long MAX_TURNS = 100_000;

  private static final class Held {
    private final StoredTurns turns;
    private long size;
    private long changedIn;

    private Held(StoredTurns turns) {
      this.turns = turns;
    }
  }

  private final StateStore store;
  private final AtomicLong commits = new AtomicLong();
  private final Map<String, Held> byChat = new LinkedHashMap<>(16, 0.75f, true);
  private final long maxTurns;
  private long turns;

  KnownTurns(StateStore store) {
    this(store, MAX_TURNS);
  }

  KnownTurns(StateStore store, long maxTurns) {
    this.store = store;
    this.maxTurns = maxTurns;
  }

  /** The turns of a chat; changes of the snapshot must be told to {@link #changed}. */
  StoredTurns of(ChatEntry entry) {
    Held held = byChat.get(entry.chatId());
    if (held == null) {
      held = new Held(store.turns(entry.chatId(), entry.blocks()));
      held.changedIn = Long.MIN_VALUE;
      byChat.put(entry.chatId(), held);
      measure(held);
    }
    return held.turns;
  }

  /** A chat's snapshot moves on: its state is handed out with the next records. */
  void changed(String chatId, ChatSnapshot snapshot) {
    Held held = byChat.get(chatId);
    // What was lost is published in full: from then on all of it is known.
    if (held == null || held.turns.snapshot() != snapshot || !held.turns.whole()) {
      Held changed = new Held(new StoredTurns(snapshot, true));
      if (held != null) {
        turns -= held.size;
      }
      byChat.put(chatId, changed);
      held = changed;
    }
    held.changedIn = commits.get();
    measure(held);
  }

  /** What was handed out before the last commit is stored. */
  void committed() {
    commits.incrementAndGet();
  }

  /** Lets go of what was not used lately. */
  void trim() {
    if (turns <= maxTurns) {
      return;
    }
    List<String> dispensable = new ArrayList<>();
    long left = turns;
    for (Map.Entry<String, Held> entry : byChat.entrySet()) {
      if (left <= maxTurns) {
        break;
      }
      if (isStored(entry.getValue())) {
        dispensable.add(entry.getKey());
        left -= entry.getValue().size;
      }
    }
    dispensable.forEach(byChat::remove);
    turns = left;
  }

  int size() {
    return byChat.size();
  }

  /** A commit may have begun before the change; the one after that cannot have. */
  private boolean isStored(Held held) {
    return held.changedIn == Long.MIN_VALUE || commits.get() >= held.changedIn + 2;
  }

  private void measure(Held held) {
    turns -= held.size;
    held.size = 1L + held.turns.snapshot().turns().size() + held.turns.snapshot().gone().size();
    turns += held.size;
  }
}
