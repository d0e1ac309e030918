package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.identity.TurnIds;
import dev.tavernmem0.common.identity.UtteranceKeys;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.common.ledger.Merge;
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
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The chats of a scope, their log, a ledger, a mem0 and a writer that may crash between any two
 * steps. Steps are chosen by numbers, so that a property can explore them.
 */
final class Simulation {
  static final Scope SCOPE = new Scope("default-user", "Seraphina");

  static final BatchRules RULES =
      new BatchRules(
          6,
          8,
          Duration.ofSeconds(90),
          Duration.ofSeconds(180),
          Duration.ofMinutes(10),
          Duration.ofSeconds(5),
          4,
          10,
          Duration.ofSeconds(30));

  static final int MOST_TOKENS = 400;

  private static final Set<Fate> REPLAYED = Set.of(Fate.WRITTEN, Fate.EMPTY, Fate.DEAD);

  /** A token for each character. */
  static final Eligibility ELIGIBILITY =
      new Eligibility(
          false,
          turn ->
              new Eligibility.Text(turn.text().isBlank() ? "empty" : null, turn.text().length()));

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
  private final Map<String, Memory> mem0 = new LinkedHashMap<>();
  private final List<LedgerEntry> posts = new ArrayList<>();
  private final Map<String, ChatLog> chats = new LinkedHashMap<>();
  private final Deque<Turn> bin = new ArrayDeque<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private ScopeState writer = new ScopeState(SCOPE, RULES, () -> MOST_TOKENS, ELIGIBILITY);
  private OpenOffsets offsets = new OpenOffsets();
  private final Deque<Task> hanging = new ArrayDeque<>();
  private final Deque<Effect> notDurable = new ArrayDeque<>();
  private int position;
  private long committed;
  private int memories;
  private int acts;
  private Set<String> ignored = Set.of();
  private Map<String, String> forgotten = Map.of();
  private boolean everCaughtUp = true;

  private boolean merges;
  private final Map<String, LedgerEntry> answers = new HashMap<>();
  private boolean keepsAnswers;
  private @Nullable Planned planned;
  private Predicate<String> refused = text -> false;

  private record Planned(Merge.Change change, String text) {}

  /** A memory, with the batch that its metadata tell of, and what it says. */
  private record Memory(LedgerEntry batch, List<LedgerTurn> says) {}

  private record LedgerRecord(String key, @Nullable LedgerEntry entry) {}

  /** mem0 answers a second post of a batch as the first from now on. */
  Simulation keepingAnswers() {
    keepsAnswers = true;
    return this;
  }

  /** mem0 changes and deletes memories of earlier batches from now on, as mem0 1.x does. */
  Simulation merging() {
    merges = true;
    return this;
  }

  /** mem0 never takes a batch that holds this. */
  void refuse(String text) {
    refused = text::equals;
  }

  /** mem0 never takes a batch that holds one of some texts. */
  Simulation refusingSome() {
    refused = text -> Math.floorMod(text.hashCode(), 6) == 0;
    return this;
  }

  /** What mem0 does with the next batch: this, to the memory that says the text. */
  void nextTime(Merge.Change change, String text) {
    planned = new Planned(change, text);
  }

  /** The user does not want these chats remembered, and all others. */
  void ignore(String... chatIds) {
    ignored = Set.of(chatIds);
    perform(writer.ignore(ignored));
  }

  /** The user has these turns forgotten too. */
  void forget(Turn... turns) {
    Map<String, String> all = new HashMap<>(forgotten);
    List.of(turns).forEach(turn -> all.put(turn.turnId(), chatOf(turn.turnId())));
    forgotten = Map.copyOf(all);
    perform(writer.forget(forgotten, now));
  }

  /**
   * Somebody has seen that the log does not have these turns here.
   *
   * @return how many of them are taken back
   */
  int lose(int before, Turn... turns) {
    return lose(true, before, turns);
  }

  /** As {@link #lose(int, Turn...)}, but the log has them nowhere. */
  int loseForGood(int before, Turn... turns) {
    return lose(false, before, turns);
  }

  private int lose(boolean isElsewhere, int before, Turn... turns) {
    int lost = 0;
    for (Turn turn : turns) {
      var effects = writer.takeBack(chatOf(turn.turnId()), turn.turnId(), isElsewhere, before, now);
      effects.ifPresent(this::perform);
      lost += effects.isPresent() ? 1 : 0;
    }
    return lost;
  }

  /** Where the log ends. */
  int end() {
    return log.size();
  }

  /** What is asked for when the first event of a turn is found as one that was missed. */
  List<Effect> foldMissed(Turn turn) {
    for (int offset = 0; offset < log.size(); offset++) {
      if (turn.turnId().equals(log.get(offset).turnId())) {
        return writer.foldMissed(log.get(offset), offset, now);
      }
    }
    throw new AssertionError("it was never said");
  }

  /** The user has any turn forgotten that was ever said, whether its chat still has it or not. */
  void forgetAny(int which) {
    List<Turn> said = log.stream().map(TurnEvent::after).filter(Objects::nonNull).toList();
    if (!said.isEmpty()) {
      forget(said.get(Math.floorMod(which * 7, said.size())));
    }
  }

  /** The chat that all scopes here have. */
  ChatLog chat() {
    return chat("chat");
  }

  ChatLog chat(String id) {
    return chats.computeIfAbsent(id, any -> new ChatLog(any, "Seraphina", log::add)).at(now);
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  Instant now() {
    return now;
  }

  ScopeState writer() {
    return writer;
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
      if (effect instanceof Effect.Owe owe) {
        offsets.owed(owe.offset());
      } else if (effect instanceof Effect.Close close) {
        offsets.closed(close.closes());
      } else {
        notDurable.add(effect);
      }
    }
  }

  /** What was sent to Kafka arrives there, and what it closes is committed. */
  void makeDurable() {
    for (Effect effect = notDurable.poll(); effect != null; effect = notDurable.poll()) {
      if (effect instanceof Effect.Append append) {
        ledger.add(new LedgerRecord(append.entry().key(), append.entry()));
      } else if (effect instanceof Effect.Forget forget) {
        ledger.add(new LedgerRecord(forget.key(), null));
      }
      offsets.closed(effect.closes());
    }
    committed = Math.max(committed, offsets.committable());
  }

  private boolean caughtUp() {
    boolean caughtUp = position == log.size();
    everCaughtUp |= caughtUp;
    return caughtUp;
  }

  /** One round of the loop, with at most one task. Returns whether there was any. */
  boolean work(Crash crash, boolean somethingToRemember) {
    boolean caughtUp = caughtUp();
    perform(writer.tick(now, caughtUp));
    if (!everCaughtUp) {
      return false;
    }
    Task task = writer.next(Lane.LIVE, now, caughtUp);
    if (task == null) {
      task = writer.next(Lane.BACKLOG, now, caughtUp);
    }
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
      if (keepsAnswers) {
        writer.repeatable(entry);
        return true;
      }
      List<String> found = memoriesOf(entry.batchId());
      if (found.isEmpty()) {
        perform(writer.notStored(entry, now));
        return true;
      }
      record(found(entry, found), crash);
      return true;
    }
    if (task instanceof Task.Retract) {
      if (crash == Crash.BEFORE_INTENT) {
        crash();
        return true;
      }
      LedgerEntry intent =
          entry.become(Fate.RETRACTING, entry.reason(), entry.turns(), now.toEpochMilli());
      ledger.add(new LedgerRecord(entry.key(), intent));
      if (crash == Crash.BEFORE_CALL) {
        crash();
        return true;
      }
      deleteMemoriesOf(entry);
      record(entry, crash);
      return true;
    }
    if (crash == Crash.BEFORE_INTENT) {
      crash();
      return true;
    }
    ledger.add(new LedgerRecord(entry.key(), entry));
    if (crash == Crash.BEFORE_CALL) {
      crash();
      return true;
    }
    posts.add(entry);
    if (refuses(entry, crash)) {
      return true;
    }
    record(answerTo(entry, somethingToRemember, crash == Crash.BEFORE_OUTCOME), crash);
    return true;
  }

  private LedgerEntry answerTo(LedgerEntry entry, boolean somethingToRemember, boolean isLost) {
    LedgerEntry first = keepsAnswers ? answers.get(entry.batchId()) : null;
    if (first != null) {
      return first;
    }
    LedgerEntry answer =
        somethingToRemember
            ? post(entry, isLost && !keepsAnswers)
            : entry.outcome(Fate.EMPTY, null, List.of(), 1, now.toEpochMilli());
    answers.put(entry.batchId(), answer);
    return answer;
  }

  private boolean refuses(LedgerEntry entry, Crash crash) {
    if (entry.turns().stream().noneMatch(turn -> refused.test(turnAt(turn.offset()).text()))) {
      return false;
    }
    if (entry.turns().size() > 1) {
      perform(writer.refused(entry, TryAgain.IN_PARTS, now));
    } else if (posts.size() % 3 == 0) {
      perform(writer.refused(entry, TryAgain.LATER, now));
    } else {
      record(entry.outcome(Fate.DEAD, "refused", List.of(), 1, now.toEpochMilli()), crash);
    }
    return true;
  }

  /**
   * mem0 takes a batch.
   *
   * @param answerIsLost what it deletes for the batch is then not known to anybody
   */
  private LedgerEntry post(LedgerEntry entry, boolean answerIsLost) {
    List<String> others = List.copyOf(mem0.keySet());
    String other = others.isEmpty() ? "" : others.get(Math.floorMod(17 * memories, others.size()));
    Merge.Change change = null;
    Planned plan = planned;
    if (plan != null) {
      other = others.stream().filter(one -> says(one, plan.text())).findFirst().orElseThrow();
      change = plan.change();
      planned = null;
    } else if (merges && !others.isEmpty()) {
      change = anyChange(answerIsLost);
    }
    String id = "memory-" + memories++;
    if (change == null) {
      mem0.put(id, new Memory(entry, entry.turns()));
      return outcome(entry, List.of(id), List.of());
    }
    List<Merge> done = List.of(new Merge(other, change));
    return switch (change) {
      case UPDATE -> {
        List<LedgerTurn> says = new ArrayList<>(Objects.requireNonNull(mem0.get(other)).says());
        says.addAll(entry.turns());
        mem0.put(other, new Memory(entry, says));
        yield outcome(entry, List.of(other), done);
      }
      case DELETE -> {
        mem0.remove(other);
        mem0.put(id, new Memory(entry, entry.turns()));
        yield outcome(entry, List.of(id), done);
      }
      case KEEP, UNKNOWN -> outcome(entry, List.of(), done);
    };
  }

  private Merge.@Nullable Change anyChange(boolean answerIsLost) {
    return switch (Math.floorMod(31 * acts + 7 * memories, 5)) {
      case 2 -> Merge.Change.UPDATE;
      case 3 -> answerIsLost ? null : Merge.Change.DELETE;
      case 4 -> Merge.Change.KEEP;
      default -> null;
    };
  }

  private boolean says(String memory, String text) {
    return Objects.requireNonNull(mem0.get(memory)).says().stream()
        .anyMatch(turn -> turnAt(turn.offset()).text().equals(text));
  }

  private LedgerEntry outcome(LedgerEntry entry, List<String> ids, List<Merge> done) {
    return entry
        .outcome(ids.isEmpty() ? Fate.EMPTY : Fate.WRITTEN, null, ids, 1, now.toEpochMilli())
        .holding(ids, done);
  }

  private void deleteMemoriesOf(LedgerEntry entry) {
    mem0.values().removeIf(memory -> memory.batch().batchId().equals(entry.batchId()));
  }

  /** mem0 refuses what is under way. */
  void refused(Task task, TryAgain again) {
    perform(writer.refused(task.entry(), again, now));
  }

  /** An operator has everything of a fate tried again. */
  void requeue(Fate fate) {
    List.copyOf(writer.entries()).stream()
        .filter(entry -> entry.fate() == fate)
        .forEach(entry -> writer.requeue(entry, Lane.LIVE, now));
  }

  /** A replay has one of the batches written again, whichever there are. */
  void replay(int which) {
    List<LedgerEntry> batches =
        writer.entries().stream()
            .filter(entry -> REPLAYED.contains(entry.fate()))
            .filter(entry -> !writer.isBusy(entry.batchId()))
            .toList();
    if (!batches.isEmpty()) {
      writer.rewrite(batches.get(Math.floorMod(which, batches.size())), Lane.BACKLOG, now);
    }
  }

  /** Begins a task that does not come to its end for now. */
  void hang(Lane lane) {
    caughtUp();
    Task task = everCaughtUp ? writer.next(lane, now, caughtUp()) : null;
    if (task != null) {
      makeDurable();
      hanging.add(task);
    }
  }

  /** Whether what is said now would be written if the last task that hangs were done. */
  boolean liveIsDue() {
    return writer.liveIsDue(hanging.getLast().entry().batchId(), now, caughtUp());
  }

  Waiting waiting() {
    return writer.waiting();
  }

  /** The oldest task that hangs makes way for others, if it can. */
  void putOff() {
    Task task = hanging.peek();
    if (task instanceof Task.Write write) {
      LedgerEntry entry = write.entry();
      hanging.remove();
      ledger.add(new LedgerRecord(entry.key(), entry));
      perform(writer.putOff(entry, now));
    } else if (task instanceof Task.Retract retract) {
      hanging.remove();
      perform(writer.putOff(retract.entry(), now));
    }
  }

  /** The oldest task that hangs comes to its end after all. */
  void goOn() {
    Task task = hanging.poll();
    if (task == null) {
      return;
    }
    LedgerEntry entry = task.entry();
    if (task instanceof Task.Retract) {
      deleteMemoriesOf(entry);
      record(entry, Crash.NEVER);
      return;
    }
    List<String> ids = memoriesOf(entry.batchId());
    if (task instanceof Task.Reconcile && keepsAnswers) {
      writer.repeatable(entry);
      return;
    }
    if (task instanceof Task.Reconcile && ids.isEmpty()) {
      perform(writer.notStored(entry, now));
      return;
    }
    if (ids.isEmpty()) {
      ledger.add(new LedgerRecord(entry.key(), entry));
      posts.add(entry);
      if (!refuses(entry, Crash.NEVER)) {
        record(answerTo(entry, true, false), Crash.NEVER);
      }
      return;
    }
    record(keepsAnswers ? answerTo(entry, true, false) : found(entry, ids), Crash.NEVER);
  }

  private void record(LedgerEntry outcome, Crash crash) {
    if (crash == Crash.BEFORE_OUTCOME) {
      crash();
      return;
    }
    ledger.add(new LedgerRecord(outcome.key(), outcome));
    if (crash == Crash.AFTER_OUTCOME) {
      crash();
      return;
    }
    perform(writer.completed(outcome, now));
  }

  /** What mem0 gave no answer about may be there in part, so it is not left at that. */
  private LedgerEntry found(LedgerEntry entry, List<String> ids) {
    String reason = entry.generation() < 3 ? LedgerEntry.IN_DOUBT : null;
    return entry.outcome(Fate.WRITTEN, reason, ids, 1, now.toEpochMilli());
  }

  private List<String> memoriesOf(String batchId) {
    return mem0.entrySet().stream()
        .filter(memory -> memory.getValue().batch().batchId().equals(batchId))
        .map(Map.Entry::getKey)
        .toList();
  }

  int held() {
    return writer.heldBatches().size();
  }

  void confirmHold() {
    writer.heldBatches().stream()
        .map(ScopeState::holdingChat)
        .distinct()
        .toList()
        .forEach(chat -> writer.confirmHold(chat, now));
  }

  void discardHold() {
    writer.heldBatches().stream()
        .map(ScopeState::holdingChat)
        .distinct()
        .toList()
        .forEach(chat -> perform(writer.discardHold(chat, now)));
  }

  /** The fates of the chat's turns, in its order. */
  List<String> fates() {
    return fates(chat());
  }

  /** The fates of a chat's turns, in its order. */
  List<String> fates(ChatLog of) {
    Map<String, TurnFate> fates = new HashMap<>();
    writer.fates().forEach(fate -> fates.put(fate.turnId(), fate));
    return of.turns().stream().map(turn -> fates.get(turn.turnId())).map(Simulation::word).toList();
  }

  private static String word(@Nullable TurnFate fate) {
    if (fate == null) {
      return "unknown";
    }
    return fate.fate().json() + (fate.fate() == Fate.SKIPPED ? " " + fate.reason() : "");
  }

  /** How many memories there are. */
  int remembered() {
    return mem0.size();
  }

  /** What the memories say, as the texts of the turns that they were made of; sorted. */
  List<String> rememberedTexts() {
    return mem0.values().stream()
        .flatMap(memory -> memory.says().stream())
        .map(turn -> turnAt(turn.offset()).name() + ": " + turnAt(turn.offset()).text())
        .sorted()
        .toList();
  }

  private Turn turnAt(long offset) {
    return Objects.requireNonNull(log.get(Math.toIntExact(offset)).after());
  }

  /** The ledger as the writer knows it, with texts for turns; sorted. */
  List<String> entries() {
    return writer.entries().stream()
        .map(
            entry ->
                entry.fate().json()
                    + (entry.reason() == null ? "" : " (" + entry.reason() + ")")
                    + entry.turns().stream().map(this::said).collect(Collectors.joining()))
        .sorted()
        .toList();
  }

  private String said(LedgerTurn turn) {
    Turn said =
        log.stream()
            .map(TurnEvent::after)
            .filter(Objects::nonNull)
            .filter(one -> one.turnId().equals(turn.turnId()) && one.hash().equals(turn.hash()))
            .findFirst()
            .orElseThrow();
    return ", " + said.text() + (turn.gone() ? " [gone]" : "");
  }

  /** The writer dies, and starts again from the ledger and the committed offset. */
  void crash() {
    notDurable.clear();
    hanging.clear();
    writer = new ScopeState(SCOPE, RULES, () -> MOST_TOKENS, ELIGIBILITY);
    offsets = new OpenOffsets();
    for (LedgerRecord record : acts % 2 == 0 ? compacted() : ledger) {
      if (record.entry() != null) {
        writer.restore(record.entry());
      } else {
        writer.restoreRemoval(record.key().substring(record.key().lastIndexOf('/') + 1));
      }
    }
    perform(writer.restored(now));
    perform(writer.ignore(ignored));
    perform(writer.forget(forgotten, now));
    position = Math.toIntExact(Math.max(0, committed));
    everCaughtUp = false;
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
      last.remove(record.key());
      last.put(record.key(), record);
    }
    return List.copyOf(last.values());
  }

  /** Lets the writer finish; an operator confirms every hold. */
  void drain() {
    for (int round = 0; round < 400; round++) {
      consume(Integer.MAX_VALUE);
      makeDurable();
      goOn();
      if (!work(Crash.NEVER, true)) {
        if (held() > 0) {
          confirmHold();
        } else if (!writer.active() && position == log.size()) {
          makeDurable();
          return;
        }
        pass(Duration.ofMinutes(4));
      }
    }
    throw new AssertionError("the writer does not come to rest: " + writer.fates());
  }

  /** Lets the writer do all that it does by itself in an hour; nobody decides on holds. */
  void anHour() {
    for (int minute = 0; minute < 60; minute++) {
      consume(Integer.MAX_VALUE);
      makeDurable();
      while (work(Crash.NEVER, true)) {
        makeDurable();
      }
      pass(Duration.ofMinutes(1));
    }
  }

  /** What must hold at rest, whatever happened. */
  void check() {
    Map<String, Turn> turns =
        chats.values().stream()
            .flatMap(chat -> chat.turns().stream())
            .filter(turn -> !forgotten.containsKey(turn.turnId()))
            .collect(Collectors.toMap(Turn::turnId, turn -> turn));
    Map<String, TurnFate> fates = new HashMap<>();
    for (TurnFate fate : writer.fates()) {
      assertThat(fates.put(fate.turnId(), fate)).as("two fates of %s", fate).isNull();
    }
    Map<String, List<Turn>> said =
        turns.values().stream().collect(Collectors.groupingBy(UtteranceKeys::of));
    for (Turn turn : turns.values()) {
      TurnFate fate = fates.get(turn.turnId());
      assertThat(fate).as("fate of turn %s", turn.turnId()).isNotNull();
      assertThat(fate.hash()).as("version of %s", fate).isEqualTo(turn.hash());
      assertThat(fate.gone()).as("gone: %s", fate).isFalse();
      if (turn.greeting() || turn.role() == Role.NARRATOR) {
        assertThat(fate.fate()).isEqualTo(Fate.SKIPPED);
      } else if (turn.hidden()) {
        Fate tried = refused.test(turn.text()) ? Fate.DEAD : Fate.WRITTEN;
        assertThat(fate.fate()).isIn(Fate.SKIPPED, tried, Fate.EMPTY);
      } else if (refused.test(turn.text())) {
        // Or mem0 found nothing to remember in a batch of it, before it could refuse it.
        assertThat(fate.fate()).as("%s", fate).isIn(Fate.DEAD, Fate.EMPTY);
      } else {
        assertThat(fate.fate()).as("%s", fate).isIn(Fate.WRITTEN, Fate.EMPTY);
      }
    }
    fates.values().stream()
        .filter(fate -> !turns.containsKey(fate.turnId()))
        .forEach(fate -> assertThat(fate.gone()).as("fate of a deleted turn: %s", fate).isTrue());
    Map<String, Integer> remembered = new HashMap<>();
    for (Memory memory : mem0.values()) {
      assertThat(memory.batch().turns().size()).as("size of %s", memory).isLessThanOrEqualTo(8);
      for (LedgerTurn turn : memory.says()) {
        remembered.merge(keyOf(turn.utterance()), 1, Integer::sum);
      }
    }
    remembered.forEach(
        (key, times) -> {
          assertThat(said).as("a memory cites what nobody says").containsKey(key);
          assertThat(times)
              .as("written more often than any chat says it: %s", said.get(key))
              .isLessThanOrEqualTo(most(said.get(key)));
        });
    if (merges) {
      checkMemories();
    } else {
      fates.values().stream()
          .filter(fate -> fate.fate() == Fate.WRITTEN && !fate.gone())
          .forEach(
              fate ->
                  assertThat(remembered).containsKey(UtteranceKeys.of(turns.get(fate.turnId()))));
    }
    assertThat(writer.forgottenAreTakenBack()).as("forgotten, and taken back").isTrue();
    forgotten
        .keySet()
        .forEach(
            turnId -> assertThat(fates.get(turnId).fate()).as(turnId).isEqualTo(Fate.FORGOTTEN));
    assertThat(committed).as("committed").isEqualTo(log.size());
    assertThat(offsets.size()).as("open offsets").isZero();
    checkLedger(turns);
    checkRestart();
  }

  /**
   * What a batch is told by is there, or mem0 put what a later batch says in its place, and that is
   * still true.
   */
  private void checkMemories() {
    Map<String, Set<String>> displacing = new HashMap<>();
    for (LedgerEntry entry : writer.entries()) {
      if (entry.fate() == Fate.WRITTEN || entry.fate() == Fate.EMPTY) {
        for (Merge merge : entry.merges()) {
          if (merge.displaces()) {
            displacing
                .computeIfAbsent(merge.memoryId(), id -> new HashSet<>())
                .add(entry.batchId());
          }
        }
      }
    }
    for (LedgerEntry entry : writer.entries()) {
      if (entry.fate() == Fate.WRITTEN || entry.fate() == Fate.EMPTY) {
        Set<String> toldBy = new HashSet<>(entry.memoryIds());
        for (Merge merge : entry.merges()) {
          if (!merge.displaces()) {
            toldBy.add(merge.memoryId());
          }
        }
        for (String id : toldBy) {
          Set<String> others = new HashSet<>(displacing.getOrDefault(id, Set.of()));
          others.remove(entry.batchId());
          assertThat(mem0.containsKey(id) || !others.isEmpty()).as("%s of %s", id, entry).isTrue();
        }
      }
    }
  }

  private void checkLedger(Map<String, Turn> turns) {
    Set<String> inBatches = new HashSet<>();
    for (LedgerEntry entry : writer.entries()) {
      boolean ofTurn = entry.fate() == Fate.SAID || entry.fate() == Fate.SKIPPED;
      for (LedgerTurn turn : entry.turns()) {
        if (turn.gone()) {
          continue;
        }
        assertThat(entry.fate()).as("waits: %s", entry).isNotEqualTo(Fate.RETRACTED);
        assertThat(turns).as("turns of %s", entry).containsKey(turn.turnId());
        assertThat(keyOf(turn.utterance()))
            .as("what %s says in %s", turn.turnId(), entry)
            .isEqualTo(UtteranceKeys.of(turns.get(turn.turnId())));
        assertThat(inBatches.add(ofTurn ? turn.turnId() : turn.utterance()))
            .as("in one batch only: %s of %s", turn, entry)
            .isTrue();
        assertThat(ofTurn || inBatches.add(turn.turnId()))
            .as("in a batch itself, and yet with an entry of its own: %s", turn)
            .isTrue();
      }
    }
    Map<String, LedgerEntry> durable = new HashMap<>();
    compacted().stream()
        .map(LedgerRecord::entry)
        .filter(Objects::nonNull)
        .forEach(entry -> durable.put(entry.batchId(), entry));
    assertThat(durable.values())
        .as("the ledger's topic says what the writer knows")
        .containsExactlyInAnyOrderElementsOf(writer.entries());
  }

  /** What the writer knows it knows after a restart, and has nothing to do then. */
  private void checkRestart() {
    List<TurnFate> fates = writer.fates();
    crash();
    // Events that change nothing leave no trace, so the offsets may be earlier ones.
    assertThat(writer.fates())
        .as("restored")
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("offset")
        .containsExactlyInAnyOrderElementsOf(fates);
    assertThat(writer.waiting()).as("restored").isEqualTo(Waiting.NOTHING);
    assertThat(writer.active()).as("restored, and active").isFalse();
  }

  private static String keyOf(String utterance) {
    int ordinal = utterance.indexOf('#');
    return ordinal < 0 ? utterance : utterance.substring(0, ordinal);
  }

  /** Of words that a chat says twice, chats may say one of them each, and different ones. */
  private int most(List<Turn> same) {
    if (same.get(0).text().equals("Yes.")) {
      return same.size();
    }
    Set<String> ids = same.stream().map(Turn::turnId).collect(Collectors.toSet());
    return chats.values().stream()
        .mapToInt(
            chat -> (int) chat.turns().stream().filter(turn -> ids.contains(turn.turnId())).count())
        .max()
        .orElse(0);
  }

  /** The turns of every batch that was posted, in the order of posting. */
  List<List<String>> posted() {
    return posts.stream()
        .map(batch -> batch.turns().stream().map(LedgerTurn::turnId).toList())
        .toList();
  }

  /** The texts of every batch that was posted, in the order of posting. */
  List<List<String>> postedTexts() {
    return posts.stream()
        .map(batch -> batch.turns().stream().map(turn -> turnAt(turn.offset()).text()).toList())
        .toList();
  }

  /** The chat of a turn. */
  String chatOf(String turnId) {
    return log.stream()
        .filter(event -> turnId.equals(event.turnId()))
        .map(event -> event.source().chatId())
        .findFirst()
        .orElse("none");
  }

  /** The watcher died amid what it published. */
  void loseRestOfLog() {
    log.subList(position, log.size()).clear();
  }

  /** One thing a user does, chosen by numbers. */
  void act(int what, int where) {
    acts++;
    ChatLog chat = chat(Math.floorMod(what, 3) == 0 ? "other" : "chat");
    List<Turn> turns = chat.turns();
    int any = turns.isEmpty() ? 0 : Math.floorMod(where, turns.size());
    int kind = turns.isEmpty() ? Math.floorMod(what, 2) : Math.floorMod(what, 17);
    switch (kind) {
      case 0, 1 -> chat.user(Math.floorMod(what, 5) == 0 ? "Yes." : "I say " + acts);
      case 2, 3 -> chat.reply("She says " + acts);
      case 4 -> chat.swipe(turns.size() - 1, "She rather says " + acts);
      case 5 -> chat.edit(any, "Edited " + acts);
      case 6 -> chat.hide(any, !turns.get(any).hidden());
      case 7 -> {
        bin.push(turns.get(any));
        chat.delete(any);
      }
      case 8 -> chat.insert(any, Role.USER, "Alex", "By the way " + acts, Op.CREATE, Cause.INSERT);
      case 9 -> chat.append(Role.NARRATOR, "", "It rains " + acts, Op.CREATE, Cause.APPEND);
      case 10 -> {
        ChatLog branch = chat("branch-" + Math.floorMod(what, 4));
        if (branch.turns().isEmpty()) {
          branch.copyOf(chat, any + 1);
        } else {
          branch.user("In the branch " + acts);
        }
      }
      case 11 -> chat("branch-" + Math.floorMod(what, 4)).deleteChat();
      case 12 -> chat.read();
      case 13 -> {
        // Of the chat that it was deleted from.
        Turn deleted = bin.poll();
        if (deleted != null && idsOf(chat).stream().noneMatch(deleted.turnId()::equals)) {
          restore(deleted);
        }
      }
      case 14 -> chat.speaker(any, "Beatriz");
      case 15 -> {
        chat.loseEventsOf(() -> chat.delete(any));
        chat.read();
      }
      default -> {
        chat("branch-" + Math.floorMod(what, 4)).read();
      }
    }
  }

  private void restore(Turn deleted) {
    for (ChatLog chat : chats.values()) {
      for (long ordinal = 0; ordinal < 300; ordinal++) {
        if (TurnIds.mint(chat.chatId(), ordinal).equals(deleted.turnId())) {
          chat(chat.chatId()).restore(chat.turns().size(), deleted);
          return;
        }
      }
    }
  }

  private static List<String> idsOf(ChatLog chat) {
    return chat.turns().stream().map(Turn::turnId).toList();
  }
}
