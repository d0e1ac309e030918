package dev.tavernmem0.writer.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.writer.ChatLog;
import dev.tavernmem0.writer.kafka.OpenOffsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One chat, its log, a ledger, a mem0 and a writer that may crash between any two steps. Steps are
 * chosen by numbers, so that a property can explore them.
 */
final class Simulation {
  static final BatchRules RULES =
      new BatchRules(
          6,
          400,
          Duration.ofSeconds(90),
          Duration.ofSeconds(60),
          Duration.ofMinutes(10),
          Duration.ofSeconds(5),
          4,
          false);

  /** Where a crash may strike. */
  enum Crash {
    NEVER,
    BEFORE_INTENT,
    BEFORE_CALL,
    BEFORE_OUTCOME,
    AFTER_OUTCOME
  }

  private final List<TurnEvent> log = new ArrayList<>();
  private final List<LedgerRecord> ledger = new ArrayList<>();
  private final Map<String, LedgerEntry> mem0 = new LinkedHashMap<>();
  private final List<LedgerEntry> posts = new ArrayList<>();
  private final ChatLog chat = new ChatLog("chat", "Seraphina", log::add);
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private ChatState writer = new ChatState("chat", RULES);
  private OpenOffsets offsets = new OpenOffsets();
  private final Deque<Effect> notDurable = new ArrayDeque<>();
  private int position;
  private long committed;
  private int memories;

  private record LedgerRecord(String batchId, @Nullable LedgerEntry entry) {}

  ChatLog chat() {
    return chat.at(now);
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  /** The watcher sends the last events again, having crashed before it remembered them. */
  void redeliver(int events) {
    log.addAll(List.copyOf(log.subList(Math.max(0, log.size() - events), log.size())));
  }

  void consume(int most) {
    for (int i = 0; i < most && position < log.size(); i++) {
      offsets.opened(position);
      perform(writer.fold(log.get(position), position, now));
      position++;
    }
  }

  private void perform(List<Effect> effects) {
    for (Effect effect : effects) {
      notDurable.add(effect);
    }
  }

  /** What was sent to Kafka arrives there, and what it closes is committed. */
  void makeDurable() {
    for (Effect effect = notDurable.poll(); effect != null; effect = notDurable.poll()) {
      if (effect instanceof Effect.Append append) {
        ledger.add(new LedgerRecord(append.entry().batchId(), append.entry()));
      } else if (effect instanceof Effect.Forget forget) {
        ledger.add(new LedgerRecord(forget.key().substring(forget.key().indexOf('/') + 1), null));
      }
      offsets.closed(effect.closes());
    }
    committed = Math.max(committed, offsets.committable());
  }

  /** One round of the loop, with at most one task. Returns whether there was any. */
  boolean work(Crash crash, boolean somethingToRemember) {
    boolean caughtUp = position == log.size();
    perform(writer.tick(now, caughtUp));
    Task task = writer.next(now, caughtUp);
    if (task == null) {
      return false;
    }
    makeDurable();
    LedgerEntry entry = task.entry();
    if (task instanceof Task.Reconcile) {
      if (crash == Crash.BEFORE_CALL) {
        crash();
        return true;
      }
      List<String> found = memoriesOf(entry.batchId());
      if (found.isEmpty()) {
        perform(writer.notStored(now));
        return true;
      }
      record(entry.outcome(Fate.WRITTEN, null, found, 1, now.toEpochMilli()), crash);
      return true;
    }
    if (task instanceof Task.Retract) {
      if (crash == Crash.BEFORE_INTENT) {
        crash();
        return true;
      }
      LedgerEntry intent =
          entry.become(Fate.RETRACTING, entry.reason(), entry.turns(), now.toEpochMilli());
      ledger.add(new LedgerRecord(entry.batchId(), intent));
      if (crash == Crash.BEFORE_CALL) {
        crash();
        return true;
      }
      mem0.values().removeIf(memory -> memory.batchId().equals(entry.batchId()));
      record(entry, crash);
      return true;
    }
    if (crash == Crash.BEFORE_INTENT) {
      crash();
      return true;
    }
    ledger.add(new LedgerRecord(entry.batchId(), entry));
    if (crash == Crash.BEFORE_CALL) {
      crash();
      return true;
    }
    posts.add(entry);
    List<String> ids = List.of();
    if (somethingToRemember) {
      String id = "memory-" + memories++;
      mem0.put(id, entry);
      ids = List.of(id);
    }
    Fate fate = ids.isEmpty() ? Fate.EMPTY : Fate.WRITTEN;
    record(entry.outcome(fate, null, ids, 1, now.toEpochMilli()), crash);
    return true;
  }

  private void record(LedgerEntry outcome, Crash crash) {
    if (crash == Crash.BEFORE_OUTCOME) {
      crash();
      return;
    }
    ledger.add(new LedgerRecord(outcome.batchId(), outcome));
    if (crash == Crash.AFTER_OUTCOME) {
      crash();
      return;
    }
    perform(writer.completed(outcome, now));
  }

  private List<String> memoriesOf(String batchId) {
    return mem0.entrySet().stream()
        .filter(memory -> memory.getValue().batchId().equals(batchId))
        .map(Map.Entry::getKey)
        .toList();
  }

  int held() {
    return writer.heldBatches();
  }

  void confirmHold() {
    writer.confirmHold(now);
  }

  /** The fates of the chat's turns, in its order; "gone" for those that left it. */
  List<String> fates() {
    Map<String, TurnFate> fates = new HashMap<>();
    writer.fates().forEach(fate -> fates.put(fate.turnId(), fate));
    return chat.turns().stream()
        .map(turn -> fates.get(turn.turnId()))
        .map(fate -> fate == null ? "unknown" : fate.fate().json())
        .toList();
  }

  /** What mem0 holds, as the numbers of the batches that were posted. */
  int remembered() {
    return mem0.size();
  }

  /** The writer dies, and starts again from the ledger and the committed offset. */
  void crash() {
    notDurable.clear();
    writer = new ChatState("chat", RULES);
    offsets = new OpenOffsets();
    for (LedgerRecord record : compacted()) {
      if (record.entry() != null) {
        writer.restore(record.entry());
      } else {
        writer.restoreRemoval(record.batchId());
      }
    }
    writer.restored(now);
    position = Math.toIntExact(Math.max(0, committed));
  }

  /** The group's offsets are lost: the writer starts again from the beginning of the log. */
  void forgetOffsets() {
    makeDurable();
    committed = 0;
    crash();
  }

  /** The ledger as compaction may leave it: only the last record of each key, in log order. */
  private List<LedgerRecord> compacted() {
    Map<String, LedgerRecord> last = new LinkedHashMap<>();
    for (LedgerRecord record : ledger) {
      last.remove(record.batchId());
      last.put(record.batchId(), record);
    }
    return List.copyOf(last.values());
  }

  /** Lets the writer finish; an operator confirms every hold. */
  void drain() {
    for (int round = 0; round < 200; round++) {
      consume(Integer.MAX_VALUE);
      makeDurable();
      if (!work(Crash.NEVER, true)) {
        if (writer.heldBatches() > 0) {
          writer.confirmHold(now);
        } else if (!writer.active() && position == log.size()) {
          makeDurable();
          return;
        }
        pass(Duration.ofMinutes(2));
      }
    }
    throw new AssertionError("the writer does not come to rest: " + writer.fates());
  }

  /** What must hold at rest, whatever happened. */
  void check() {
    Map<String, Turn> turns =
        chat.turns().stream().collect(Collectors.toMap(Turn::turnId, turn -> turn));
    Map<String, TurnFate> fates = new HashMap<>();
    for (TurnFate fate : writer.fates()) {
      assertThat(fates.put(fate.turnId(), fate)).as("two fates of %s", fate).isNull();
    }
    for (Turn turn : turns.values()) {
      TurnFate fate = fates.get(turn.turnId());
      assertThat(fate).as("fate of turn %s", turn.turnId()).isNotNull();
      assertThat(fate.hash()).as("version of %s", fate).isEqualTo(turn.hash());
      assertThat(fate.gone()).as("gone: %s", fate).isFalse();
      if (turn.hidden()) {
        assertThat(fate.fate()).isIn(Fate.SKIPPED, Fate.WRITTEN, Fate.EMPTY);
      } else if (turn.greeting() || turn.role() == Role.NARRATOR) {
        assertThat(fate.fate()).isEqualTo(Fate.SKIPPED);
      } else {
        assertThat(fate.fate()).as("%s", fate).isIn(Fate.WRITTEN, Fate.EMPTY);
      }
    }
    fates.values().stream()
        .filter(fate -> !turns.containsKey(fate.turnId()))
        .forEach(
            fate ->
                assertThat(fate.gone() || fate.fate() == Fate.RETRACTED)
                    .as("fate of a deleted turn: %s", fate)
                    .isTrue());
    Set<String> remembered = new HashSet<>();
    for (LedgerEntry memory : mem0.values()) {
      for (LedgerTurn turn : memory.turns()) {
        assertThat(turns).as("a memory cites a deleted turn").containsKey(turn.turnId());
        assertThat(turn.hash()).isEqualTo(turns.get(turn.turnId()).hash());
        assertThat(remembered.add(turn.turnId())).as("written twice: %s", turn).isTrue();
      }
    }
    fates.values().stream()
        .filter(fate -> fate.fate() == Fate.WRITTEN && !fate.gone())
        .forEach(fate -> assertThat(remembered).contains(fate.turnId()));
    assertThat(committed).as("committed").isEqualTo(log.size());
    assertThat(offsets.size()).as("open offsets").isZero();
  }

  /** Turns of every batch that was posted, in the order of posting. */
  List<List<String>> posted() {
    return posts.stream()
        .map(batch -> batch.turns().stream().map(LedgerTurn::turnId).toList())
        .toList();
  }

  List<String> order() {
    return chat.turns().stream().map(Turn::turnId).toList();
  }

  /** One thing a user does, chosen by numbers. */
  void act(int what, int where) {
    List<Turn> turns = chat().turns();
    int any = turns.isEmpty() ? 0 : Math.floorMod(where, turns.size());
    int kind = turns.isEmpty() ? Math.floorMod(what, 2) : Math.floorMod(what, 10);
    switch (kind) {
      case 0, 1 -> chat().user("I say " + what);
      case 2, 3 -> chat().reply("She says " + what);
      case 4 -> chat().swipe(turns.size() - 1, "She rather says " + what);
      case 5 -> chat().edit(any, "Edited " + what);
      case 6 -> chat().hide(any, !turns.get(any).hidden());
      case 7 -> chat().delete(any);
      case 8 ->
          chat().insert(any, Role.USER, "Alex", "By the way " + what, Op.CREATE, Cause.INSERT);
      default -> chat().append(Role.NARRATOR, "", "It rains " + what, Op.CREATE, Cause.APPEND);
    }
  }
}
