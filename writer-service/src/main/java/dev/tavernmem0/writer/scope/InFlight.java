package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.LedgerEntry;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Batches that calls to mem0 are under way for, or will be whatever comes. Not thread-safe. */
final class InFlight {
  private final Map<String, Task> tasks = new LinkedHashMap<>();
  private final Deque<LedgerEntry> openIntents = new ArrayDeque<>();
  private final Deque<LedgerEntry> notStored = new ArrayDeque<>();
  private final Deque<LedgerEntry> putOff = new ArrayDeque<>();
  private final Map<String, String> rewritten = new HashMap<>();
  private final Map<String, List<Long>> toldLater = new HashMap<>();
  private final Retractions retractions;

  InFlight(Retractions retractions) {
    this.retractions = retractions;
  }

  /** An earlier life of the writer left this intent open: whether it was stored is not known. */
  void found(LedgerEntry intent) {
    openIntents.add(intent);
  }

  /** The intent was not stored: it is to be written after all. */
  void writeAgain(LedgerEntry intent) {
    notStored.add(intent);
  }

  /** What is left over from intents, of a chat that nothing is under way for; null if nothing. */
  @Nullable Task leftOver() {
    Set<String> busy = chats();
    LedgerEntry intent = poll(openIntents, busy);
    if (intent != null) {
      return new Task.Reconcile(intent);
    }
    LedgerEntry again = poll(notStored, busy);
    return again == null ? null : new Task.Write(again);
  }

  /** The batch makes way for what is said now; it was not posted. */
  void putOff(LedgerEntry intent) {
    putOff.add(intent);
  }

  /** What was put off, of a chat that nothing is under way for; null if nothing. */
  @Nullable Task resumed() {
    LedgerEntry intent = poll(putOff, chats());
    return intent == null ? null : new Task.Write(intent);
  }

  /** What was put off waits like the rest of the backlog. */
  Waiting waiting() {
    Waiting waiting = Waiting.NOTHING;
    for (LedgerEntry intent : putOff) {
      Instant since = Instant.ofEpochMilli(intent.tsMs());
      for (int i = 0; i < intent.turns().size(); i++) {
        waiting = waiting.and(Waiting.ofBacklog(since));
      }
    }
    return waiting;
  }

  private static @Nullable LedgerEntry poll(Deque<LedgerEntry> entries, Set<String> busyChats) {
    for (LedgerEntry entry : entries) {
      if (!busyChats.contains(entry.chatId())) {
        entries.remove(entry);
        return entry;
      }
    }
    return null;
  }

  void start(Task task) {
    tasks.put(task.entry().batchId(), task);
  }

  /** What was under way for the batch; null if nothing was. */
  @Nullable Task finish(String batchId) {
    rewritten.remove(batchId);
    return tasks.remove(batchId);
  }

  @Nullable Task find(String batchId) {
    return tasks.get(batchId);
  }

  /** Batches that calls are under way for. */
  Set<String> batches() {
    return Collections.unmodifiableSet(tasks.keySet());
  }

  /** Chats that calls are under way for. */
  Set<String> chats() {
    return chatsBut("");
  }

  /** Chats that calls are under way for, of another batch than this. */
  Set<String> chatsBut(String batchId) {
    Set<String> chats = new HashSet<>();
    for (Task task : tasks.values()) {
      if (!task.entry().batchId().equals(batchId)) {
        chats.add(task.entry().chatId());
      }
    }
    return chats;
  }

  /** Whether calls for the batch are under way, or will be whatever comes. */
  boolean isBusy(String batchId) {
    return tasks.containsKey(batchId)
        || retractions.confirmed(batchId)
        || openIntents.stream().anyMatch(intent -> intent.batchId().equals(batchId))
        || notStored.stream().anyMatch(intent -> intent.batchId().equals(batchId))
        || putOff.stream().anyMatch(intent -> intent.batchId().equals(batchId));
  }

  /**
   * A turn is deleted that a batch under way names; others say the same, and the ledger names one
   * of them when the calls are done. Until then the deletion must be read again.
   *
   * @param open offset of the event that has to be
   */
  void toldLater(String batchId, long open) {
    toldLater.computeIfAbsent(batchId, id -> new ArrayList<>()).add(open);
  }

  /** The ledger tells of the batch as it is now. */
  void told(String batchId, Effects effects) {
    List<Long> open = toldLater.remove(batchId);
    if (open != null) {
      open.forEach(effects::close);
    }
  }

  /** A batch is to be written with what is written again of a retracted one. */
  void writes(String batchId, String retracted) {
    rewritten.put(batchId, retracted);
  }

  /** Whether something that is written again of a retracted batch is under way. */
  boolean writesAgain(String retracted) {
    return rewritten.containsValue(retracted);
  }

  boolean isEmpty() {
    return tasks.isEmpty() && openIntents.isEmpty() && notStored.isEmpty() && putOff.isEmpty();
  }
}
