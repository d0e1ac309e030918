package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.event.InvalidTurnEventException;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.TurnKeys;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.curation.DecidedTurns;
import dev.tavernmem0.writer.curation.TurnDecisions;
import dev.tavernmem0.writer.kafka.LedgerReader;
import dev.tavernmem0.writer.kafka.OpenOffsets;
import dev.tavernmem0.writer.scope.BatchRules;
import dev.tavernmem0.writer.scope.Effect;
import dev.tavernmem0.writer.scope.Eligibility;
import dev.tavernmem0.writer.scope.ScopeState;
import dev.tavernmem0.writer.scope.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A partition of the turns that is ours: its scopes and what is open in it. Not thread-safe. */
final class AssignedPartition implements LedgerReader.Receiver {
  private final int number;
  private final BatchRules rules;
  private final IntSupplier mostTokens;
  private final Eligibility eligibility;
  private final Map<Scope, ScopeState> scopes = new HashMap<>();
  private final Set<ScopeState> active = new LinkedHashSet<>();
  private final OpenOffsets offsets = new OpenOffsets();
  private final UnendedSnapshots snapshots = new UnendedSnapshots();

  private DecidedTurns decided = DecidedTurns.NONE;

  private long highestLedgerOffset = -1;
  private int unreadableLedgerRecords;
  private boolean restored;
  private boolean caughtUp;
  private boolean everCaughtUp;

  AssignedPartition(int number, BatchRules rules, IntSupplier mostTokens, Eligibility eligibility) {
    this.number = number;
    this.rules = rules;
    this.mostTokens = mostTokens;
    this.eligibility = eligibility;
  }

  /** A record that is no turn event, or none that can be written. */
  static final class UnusableRecordException extends Exception {
    UnusableRecordException(String message) {
      super(message);
    }
  }

  int number() {
    return number;
  }

  @Override
  public void entry(LedgerEntry entry) {
    scope(entry.scope()).restore(entry);
    entry
        .turns()
        .forEach(turn -> highestLedgerOffset = Math.max(highestLedgerOffset, turn.offset()));
  }

  @Override
  public void removed(Scope scope, String batchId) {
    ScopeState state = scopes.get(scope);
    if (state != null) {
      state.restoreRemoval(batchId);
    }
  }

  /**
   * Users decided this about their turns, and nothing else.
   *
   * @return what follows from that; nothing before the restore, which heeds it too
   */
  List<Effect> heed(DecidedTurns newlyDecided, Instant now) {
    if (newlyDecided.position() < decided.position()) {
      // It was read before what is heeded already, and came late.
      return List.of();
    }
    decided = newlyDecided;
    return restored ? heedDecisions(now) : List.of();
  }

  /** What is heeded of what users decided about their turns. */
  DecidedTurns decided() {
    return decided;
  }

  private List<Effect> heedDecisions(Instant now) {
    List<Effect> effects = new ArrayList<>();
    for (ScopeState scope : scopes.values()) {
      effects.addAll(heedDecisions(scope, now));
      refresh(scope);
    }
    return effects;
  }

  private List<Effect> heedDecisions(ScopeState scope, Instant now) {
    TurnDecisions its = decided.of(scope.scope());
    List<Effect> effects = new ArrayList<>(scope.ignore(its.ignoredChats()));
    effects.addAll(scope.forget(its.forgottenTurns(), now));
    return effects;
  }

  /**
   * Ends the restore, in which so many records of the ledger were no entries.
   *
   * @return what an earlier owner did not come to record
   */
  List<Effect> restored(int unreadable, Instant now) {
    unreadableLedgerRecords = unreadable;
    List<Effect> effects = new ArrayList<>();
    for (ScopeState scope : scopes.values()) {
      effects.addAll(scope.restored(now));
      refresh(scope);
    }
    effects.addAll(heedDecisions(now));
    restored = true;
    return effects;
  }

  int unreadableLedgerRecords() {
    return unreadableLedgerRecords;
  }

  boolean isRestored() {
    return restored;
  }

  /** The highest offset of the turns' log that the ledger names; -1 if none. */
  long highestLedgerOffset() {
    return highestLedgerOffset;
  }

  /**
   * What folding a record asks for.
   *
   * @param known false for an operation that this version does not know
   * @param forgotten true for a turn that is forgotten: it is to be erased
   * @param effects what is to be made durable
   */
  record Taken(boolean known, boolean forgotten, List<Effect> effects) {
    private static Taken nothing(boolean known, long offset) {
      return new Taken(known, false, List.of(new Effect.Close(List.of(offset))));
    }
  }

  /**
   * Folds a record.
   *
   * @throws UnusableRecordException the record's offset is open then
   */
  Taken take(ConsumerRecord<byte[], byte[]> record, Instant now) throws UnusableRecordException {
    offsets.opened(record.offset());
    if (record.value() == null && TurnKeys.isUnique(record.key())) {
      // Erases another record.
      return Taken.nothing(true, record.offset());
    }
    try {
      TurnEvent event = TurnEventCodec.decode(record.value());
      if (event.op() == Op.UNKNOWN) {
        return Taken.nothing(false, record.offset());
      }
      snapshots.saw(event, record.offset(), now);
      ScopeState scope = scope(Scope.of(event.source()));
      List<Effect> effects = scope.fold(event, record.offset(), now);
      refresh(scope);
      String turnId = event.turnId();
      return new Taken(true, turnId != null && scope.forgotten().contains(turnId), effects);
    } catch (InvalidTurnEventException e) {
      throw new UnusableRecordException(String.valueOf(e.getMessage()));
    }
  }

  /** Leaves a record alone; its offset is open until it is closed. */
  void leave(ConsumerRecord<byte[], byte[]> record) {
    offsets.opened(record.offset());
  }

  /** A scope; known from now on. */
  ScopeState scope(Scope scope) {
    return scopes.computeIfAbsent(
        scope,
        id -> {
          ScopeState state = new ScopeState(id, rules, mostTokens, eligibility);
          // It knows no turn yet, so nothing follows.
          var unused = heedDecisions(state, Instant.EPOCH);
          return state;
        });
  }

  /** Call after anything happened to a scope. */
  void refresh(ScopeState scope) {
    if (scope.active()) {
      active.add(scope);
    } else {
      active.remove(scope);
    }
  }

  void close(List<Long> done) {
    offsets.closed(done);
  }

  OpenOffsets offsets() {
    return offsets;
  }

  UnendedSnapshots snapshots() {
    return snapshots;
  }

  /** Whether everything in the log so far has been folded. */
  boolean caughtUp() {
    return caughtUp;
  }

  /**
   * Whether everything in the log was folded once since the partition was assigned: before that,
   * what was read may have been taken back long ago.
   */
  boolean everCaughtUp() {
    return everCaughtUp;
  }

  void caughtUp(boolean value) {
    caughtUp = value;
    everCaughtUp |= value;
  }

  /** Scopes with something to do, longest active first. */
  List<ScopeState> active() {
    return List.copyOf(active);
  }

  Collection<ScopeState> scopes() {
    return scopes.values();
  }

  /** The scopes that know a chat: one, but for a chat that was moved to another character. */
  List<ScopeState> ofChat(String chatId) {
    return scopes.values().stream().filter(scope -> scope.chatIds().contains(chatId)).toList();
  }

  /** What waits to be written, in all scopes. */
  Waiting waiting() {
    return active.stream().map(ScopeState::waiting).reduce(Waiting.NOTHING, Waiting::and);
  }

  /** How many chats are known. */
  int chats() {
    return scopes.values().stream().mapToInt(scope -> scope.chatIds().size()).sum();
  }
}
