package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.writer.kafka.LoggedTurn;
import dev.tavernmem0.writer.kafka.ReplayLog;
import dev.tavernmem0.writer.log.LoggedEvents;
import dev.tavernmem0.writer.log.LoggedVersion;
import dev.tavernmem0.writer.replay.KnownTurns;
import dev.tavernmem0.writer.replay.LogSelection;
import dev.tavernmem0.writer.replay.Replay;
import dev.tavernmem0.writer.replay.ReplayPart;
import dev.tavernmem0.writer.scope.Lane;
import dev.tavernmem0.writer.scope.ScopeState;
import dev.tavernmem0.writer.tokens.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replay in one partition: selects, records what is selected, and has it written, a few batches
 * at a time and one of a scope. Belongs to the session's thread.
 */
final class PartitionReplay {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionReplay.class);
  private static final Duration TELL_EVERY = Duration.ofSeconds(1);
  private static final Duration TRY_AGAIN_AFTER = Duration.ofSeconds(5);

  /** So many batches in a row that are empty now and were not are taken for the model's fault. */
  private static final int MOST_EMPTIED = 5;

  private final Replay replay;
  private final AssignedPartition partition;
  private final Replays replays;
  private final Map<ScopeState, Deque<ReplayItem>> waiting = new LinkedHashMap<>();
  private final Set<String> selected = new HashSet<>();
  private final List<Begun> begun = new ArrayList<>();

  private State state = State.TO_BEGIN;
  private ReplayPart part;
  private ReplayPart told;
  private boolean resumed;
  private int recorded;
  private int emptied;
  private Instant notBefore = Instant.MIN;
  private Instant nextBatch = Instant.MIN;
  private Instant lastTold = Instant.MIN;

  private enum State {
    TO_BEGIN,
    SELECTING,
    WRITING,
    ENDED
  }

  /** What was begun; it cannot be done before it is folded. */
  private static final class Begun {
    private final ReplayItem item;
    private boolean folded;

    Begun(ReplayItem item, boolean folded) {
      this.item = item;
      this.folded = folded;
    }
  }

  PartitionReplay(Replay replay, AssignedPartition partition, Replays replays, Instant now) {
    this.replay = replay;
    this.partition = partition;
    this.replays = replays;
    ReplayPart known = replays.part(replay, partition.number());
    this.part = known == null ? ReplayPart.begun(now.toEpochMilli()) : known;
    this.told = part;
  }

  String id() {
    return replay.id();
  }

  /** How many batches are begun and not done. */
  int begun() {
    return begun.size();
  }

  void step(boolean writing, Instant now) {
    if (state == State.TO_BEGIN && !now.isBefore(notBefore)) {
      begin();
    }
    if (state == State.WRITING) {
      finish();
    }
    if (state == State.WRITING) {
      if (writing) {
        beginMore(now);
      }
      if (waiting.isEmpty() && begun.isEmpty()) {
        end(now);
      } else if (!lastTold.isAfter(now.minus(TELL_EVERY))) {
        lastTold = now;
        tell();
      }
    }
  }

  private void begin() {
    state = State.SELECTING;
    List<ScopeState> scopes =
        partition.scopes().stream()
            .filter(scope -> replay.selection().isOf(scope.scope()))
            .toList();
    resumed = part.phase() == ReplayPart.Phase.WRITING;
    List<ReplayItem.Rewritten> batches = resumed ? recorded(scopes) : selected(scopes);
    boolean reads = resumed ? replay.looksForUnrecorded() : replay.needsLog();
    if (reads) {
      read(scopes, batches);
    } else {
      selected(batches, new LogSelection.Selected(Set.of(), List.of(), 0));
    }
  }

  /** Oldest first, as the ledger has them. */
  private List<ReplayItem.Rewritten> selected(List<ScopeState> scopes) {
    List<ReplayItem.Rewritten> batches = new ArrayList<>();
    for (ScopeState scope : scopes) {
      for (LedgerEntry entry : scope.entries()) {
        ReplayItem.Rewritten batch = new ReplayItem.Rewritten(scope, entry);
        if (replay.selection().selects(entry) && batch.turns() > 0) {
          batches.add(batch);
        }
      }
    }
    return batches;
  }

  /** What was selected before, as far as it is not done. */
  private List<ReplayItem.Rewritten> recorded(List<ScopeState> scopes) {
    List<ReplayItem.Rewritten> batches = new ArrayList<>();
    for (String batchId : replays.records().batches(replay.id(), partition.number())) {
      for (ScopeState scope : scopes) {
        scope
            .batch(batchId)
            .map(entry -> new ReplayItem.Rewritten(scope, entry))
            .filter(batch -> batch.toBeTakenBack().isPresent() || !batch.isDone())
            .ifPresent(batches::add);
      }
    }
    return batches;
  }

  private void read(List<ScopeState> scopes, List<ReplayItem.Rewritten> batches) {
    Set<Long> offsets = new HashSet<>();
    for (ReplayItem.Rewritten batch : batches) {
      for (LedgerTurn turn : batch.entry().turns()) {
        if (!turn.gone()) {
          offsets.add(turn.offset());
        }
      }
    }
    LogSelection selection =
        new LogSelection(replay, KnownTurns.of(scopes), offsets, Tokens::count);
    long end = replays.session().position(partition.number());
    var unused =
        replays
            .away(
                () ->
                    selection.read(
                        reader -> replays.reader().read(partition.number(), end, reader)))
            .whenComplete(
                (found, failure) ->
                    replays
                        .session()
                        .enqueue(
                            () -> {
                              if (state == State.SELECTING && isOurs()) {
                                guarded(() -> read(batches, found, failure));
                              }
                            }));
  }

  private void read(
      List<ReplayItem.Rewritten> batches,
      LogSelection.@Nullable Selected found,
      @Nullable Throwable failure) {
    if (failure == null && found != null) {
      selected(batches, found);
    } else {
      tryAgain(failure);
    }
  }

  /** The partition is still this writer's, and so is the replay in it. */
  private boolean isOurs() {
    return replays.session().has(partition);
  }

  /** Whatever is wrong with a replay, what users do goes on. */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | StackOverflowError e) {
      fault(e);
    }
  }

  private void selected(List<ReplayItem.Rewritten> batches, LogSelection.Selected inTheLog) {
    part = part.failing(null);
    List<ReplayItem.Rewritten> saidThen =
        replay.selection().hasDates() && !resumed
            ? batches.stream()
                .filter(
                    batch ->
                        batch.entry().turns().stream()
                            .anyMatch(turn -> inTheLog.saidThen().contains(turn.offset())))
                .toList()
            : batches;
    List<ReplayItem.Missed> missed = missed(inTheLog.missed());
    List<ReplayItem> items = new ArrayList<>(missed);
    items.addAll(saidThen);
    saidThen.forEach(batch -> selected.add(batch.entry().batchId()));
    int turns = items.stream().mapToInt(ReplayItem::turns).sum();
    if (resumed) {
      part =
          part.advanced(
              part.batches() - part.doneBatches() - items.size(),
              part.turns() - part.doneTurns() - turns,
              0,
              0,
              0);
      items.forEach(this::add);
      state = State.WRITING;
      return;
    }
    Set<String> chats = new HashSet<>();
    for (ReplayItem.Rewritten batch : saidThen) {
      batch.entry().turns().forEach(turn -> chats.add(batch.entry().chatOf(turn)));
    }
    inTheLog.missed().forEach(version -> chats.add(version.chatId()));
    part = part.selected(chats.size(), items.size(), turns, items.size(), inTheLog.tokens());
    if (replay.dryRun()) {
      state = State.WRITING;
      return;
    }
    items.forEach(this::add);
    record(saidThen.stream().map(batch -> batch.entry().batchId()).toList());
  }

  private void add(ReplayItem item) {
    waiting.computeIfAbsent(item.scope(), scope -> new ArrayDeque<>()).add(item);
  }

  /** By chat, as many turns at a time as a batch of the backlog has. */
  private List<ReplayItem.Missed> missed(List<LoggedVersion> versions) {
    Map<String, List<LoggedVersion>> byChat =
        versions.stream()
            .collect(
                Collectors.groupingBy(
                    LoggedVersion::chatId, LinkedHashMap::new, Collectors.toList()));
    int most = replays.session().backlogTurns();
    List<ReplayItem.Missed> items = new ArrayList<>();
    for (List<LoggedVersion> ofChat : byChat.values()) {
      ScopeState scope = partition.scope(ofChat.get(0).scope());
      for (int from = 0; from < ofChat.size(); from += most) {
        int to = Math.min(ofChat.size(), from + most);
        items.add(new ReplayItem.Missed(scope, List.copyOf(ofChat.subList(from, to))));
      }
    }
    return items;
  }

  /** Before anything is written, so that whoever goes on with it knows what was selected. */
  private void record(List<String> batchIds) {
    int number = partition.number();
    recorded = ReplayLog.recordsFor(batchIds);
    told = part;
    replays
        .session()
        .whenDurable(
            replays
                .log()
                .putBatches(
                    replay.id(),
                    number,
                    batchIds,
                    replays.records().records(replay.id(), number).size())
                .thenCompose(done -> replays.log().put(replay.id(), number, part)),
            () -> {
              if (state == State.SELECTING) {
                state = State.WRITING;
              }
            });
  }

  private void finish() {
    for (Iterator<Begun> all = begun.iterator(); all.hasNext(); ) {
      Begun one = all.next();
      if (one.folded && one.item.isDone()) {
        all.remove();
        done(one.item);
      }
    }
  }

  private void done(ReplayItem item) {
    int empty = item.turnsOf(Fate.EMPTY);
    part = part.advanced(1, item.turns(), item.turnsOf(Fate.DEAD), empty, item.turnsOf(Fate.HELD));
    if (item instanceof ReplayItem.Rewritten batch) {
      // What mem0 has merged into the new batch is taken along with it, and was selected.
      selected.addAll(batch.batchesNow());
      boolean isEmptied = batch.entry().fate() == Fate.WRITTEN && empty > 0;
      emptied = isEmptied ? emptied + 1 : 0;
    }
    if (emptied == MOST_EMPTIED) {
      emptied = 0;
      part =
          part.failing(
              "mem0's model found nothing any more in "
                  + MOST_EMPTIED
                  + " batches in a row that it remembered before; the replay is paused: see whether"
                  + " the model answers as it should, then resume it");
      tell();
      LOG.error("replay {} is paused: {}", replay.id(), part.error());
      replays
          .session()
          .whenDurable(replays.log().put(replay.ordered(Replay.Order.PAUSE)), () -> {});
      state = State.ENDED;
    }
  }

  private void beginMore(Instant now) {
    Set<ScopeState> busy = new HashSet<>();
    begun.forEach(one -> busy.add(one.item.scope()));
    for (Iterator<Map.Entry<ScopeState, Deque<ReplayItem>>> all = waiting.entrySet().iterator();
        all.hasNext(); ) {
      if (now.isBefore(nextBatch) || !replays.hasRoom(replay)) {
        return;
      }
      Map.Entry<ScopeState, Deque<ReplayItem>> ofScope = all.next();
      if (!busy.contains(ofScope.getKey())) {
        begin(ofScope.getValue().remove(), now);
      }
      if (ofScope.getValue().isEmpty()) {
        all.remove();
      }
    }
  }

  private void begin(ReplayItem item, Instant now) {
    if (replay.rate() != null) {
      long share = Duration.ofMinutes(1).toMillis() * replays.partitionsAtWork(replay);
      nextBatch = now.plusMillis(share / replay.rate());
    }
    if (item instanceof ReplayItem.Rewritten batch) {
      takeBack(batch, now);
    } else if (item instanceof ReplayItem.Missed missed) {
      fold(missed);
    }
  }

  private void takeBack(ReplayItem.Rewritten batch, Instant now) {
    batch
        .toBeTakenBack()
        .ifPresent(
            entry -> {
              if (selected.containsAll(batch.scope().takenAlong(entry.batchId()))) {
                batch.scope().rewrite(entry, Lane.BACKLOG, now);
              } else {
                batch.scope().requeue(entry, Lane.BACKLOG, now);
              }
              replays.session().sweeps().mended(batch.scope().scope());
              partition.refresh(batch.scope());
            });
    begun.add(new Begun(batch, true));
  }

  private void fold(ReplayItem.Missed missed) {
    Begun one = new Begun(missed, false);
    begun.add(one);
    var unused =
        replays
            .away(() -> replays.turns().read(partition.number(), missed.toRead()))
            .whenComplete(
                (read, failure) ->
                    replays
                        .session()
                        .enqueue(
                            () -> {
                              if (begun.contains(one) && isOurs()) {
                                guarded(() -> fold(one, missed, read, failure));
                              }
                            }));
  }

  private void fold(
      Begun one,
      ReplayItem.Missed missed,
      @Nullable List<LoggedTurn> read,
      @Nullable Throwable failure) {
    if (read == null) {
      begun.remove(one);
      waiting.computeIfAbsent(missed.scope(), scope -> new ArrayDeque<>()).addFirst(missed);
      nextBatch = replays.session().now().plus(TRY_AGAIN_AFTER);
      whyNot(failure);
      return;
    }
    part = part.failing(null);
    for (LoggedTurn logged : read) {
      TurnEvent event = LoggedEvents.of(logged.record().value());
      if (event != null) {
        fold(missed.scope(), event, logged.record().offset());
      }
    }
    partition.refresh(missed.scope());
    one.folded = true;
  }

  /** One on which the writer fails is a dead letter already, and keeps no other from its turn. */
  private void fold(ScopeState scope, TurnEvent event, long offset) {
    try {
      replays.session().apply(partition, scope.foldMissed(event, offset, replays.session().now()));
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error(
          "replay {} cannot fold offset {} of partition {}",
          replay.id(),
          offset,
          partition.number());
      LOG.debug("cause", e);
      part = part.advanced(0, 0, 1, 0, 0);
    }
  }

  private void tryAgain(@Nullable Throwable failure) {
    state = State.TO_BEGIN;
    notBefore = replays.session().now().plus(TRY_AGAIN_AFTER);
    whyNot(failure);
  }

  /** Says why the log was not read; what is Kafka's is tried again. */
  private void whyNot(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof KafkaException)) {
      fault(cause);
      return;
    }
    String error = "the log cannot be read: " + cause.getMessage();
    if (!error.equals(part.error())) {
      LOG.warn("replay {}: {}", replay.id(), error);
    }
    part = part.failing(error);
    tell();
  }

  /** It does not go on here until the writer is started again, or somebody resumes it. */
  void fault(@Nullable Throwable cause) {
    state = State.ENDED;
    String type = cause == null ? "unknown" : cause.getClass().getName();
    part =
        part.failing(
            "a fault of the writer: " + type + "; pause the replay and resume it to try again");
    LOG.error("replay {} does not go on in partition {}: {}", id(), partition.number(), type);
    // Its words can be a chat's.
    LOG.debug("cause", cause);
    tell();
  }

  private void end(Instant now) {
    state = State.ENDED;
    part = part.ended(now.toEpochMilli());
    int number = partition.number();
    int records = Math.max(recorded, replays.records().records(replay.id(), number).size());
    replays
        .session()
        .whenDurable(
            replays
                .log()
                .put(replay.id(), number, part)
                .thenCompose(done -> replays.log().removeBatches(replay.id(), number, records)),
            () ->
                LOG.info(
                    "replay {} is done in partition {}: {} batches, {} turns of which {} failed",
                    replay.id(),
                    number,
                    part.doneBatches(),
                    part.doneTurns(),
                    part.failedTurns()));
  }

  /** Says how far it is, if that is news. */
  private void tell() {
    if (!part.equals(told)) {
      told = part;
      replays
          .session()
          .whenDurable(replays.log().put(replay.id(), partition.number(), part), () -> {});
    }
  }

  /** The partition is another writer's, who tells how far it is. */
  void drop() {
    state = State.ENDED;
    begun.clear();
    waiting.clear();
  }

  /** Somebody else goes on with it, later, or nobody. What is begun comes to its end. */
  void leave() {
    if (state == State.WRITING) {
      finish();
      tell();
    }
    state = State.ENDED;
  }
}
