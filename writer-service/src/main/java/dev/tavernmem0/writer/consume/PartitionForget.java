package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.curation.Added;
import dev.tavernmem0.common.curation.Curation;
import dev.tavernmem0.common.curation.Edited;
import dev.tavernmem0.common.curation.Forgotten;
import dev.tavernmem0.common.curation.Pinned;
import dev.tavernmem0.common.curation.TurnsForgotten;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.identity.WrittenIds;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.writer.forget.Forget;
import dev.tavernmem0.writer.forget.ForgetPart;
import dev.tavernmem0.writer.forget.ForgetPart.Phase;
import dev.tavernmem0.writer.forget.SelectedTurns;
import dev.tavernmem0.writer.kafka.LogEraser;
import dev.tavernmem0.writer.mem0.StoredMemories;
import dev.tavernmem0.writer.scope.ScopeState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has something forgotten in one partition. First it is decided: what is forgotten is on a topic
 * before anything is deleted, and from then on nothing that the chats, the log or a replay say
 * brings it back. Then what mem0 holds of it is taken back, and last its records go from the log.
 * Each step can be done again, so whoever goes on after a crash begins with the step that was not
 * finished. Belongs to the session's thread.
 */
final class PartitionForget {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionForget.class);
  private static final Duration TRY_AGAIN_AFTER = Duration.ofSeconds(5);

  /** Longer than the brokers wait before they compact. */
  private static final Duration FIRST_LOOK_AFTER = Duration.ofMillis(1500);

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /** After so long it is said that mem0 still holds something, or the brokers do. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Turn ids of one record; it stays far below what a record can hold. */
  private static final int TURNS_PER_RECORD = 5000;

  private final Forget forget;
  private final AssignedPartition partition;
  private final Forgets forgets;
  private final Instant begunAt;
  private ForgetPart part;
  private ForgetPart told;
  private boolean away;

  /**
   * The scopes have been told of all that is decided, and decisions that keep a memory are gone.
   */
  private boolean heeded;

  private boolean erased;
  private Set<String> leftOver = Set.of();
  private Instant notBefore;
  private Duration wait = FIRST_LOOK_AFTER;

  PartitionForget(
      Forget forget,
      @Nullable ForgetPart known,
      AssignedPartition partition,
      Forgets forgets,
      Instant now) {
    this.forget = forget;
    this.partition = partition;
    this.forgets = forgets;
    this.begunAt = now;
    this.part = known == null ? ForgetPart.begun(now.toEpochMilli()) : known;
    this.told = part;
    this.notBefore = now;
  }

  String id() {
    return forget.id();
  }

  void step(Instant now) {
    if (away || now.isBefore(notBefore)) {
      return;
    }
    switch (part.phase()) {
      case SELECTING -> select();
      case TAKING_BACK -> takeBack(now);
      case ERASING -> erase(now);
      case DONE -> {}
    }
  }

  private void select() {
    int number = partition.number();
    long end = forget.end(number);
    SelectedTurns turns = new SelectedTurns(forget, end);
    for (ScopeState scope : partition.scopes()) {
      for (LedgerEntry entry : scope.entries()) {
        for (LedgerTurn turn : entry.turns()) {
          turns.known(scope.scope(), entry.chatOf(turn), turn.turnId(), turn.offset());
        }
      }
    }
    away(
        () -> {
          turns.read(reader -> forgets.reader().read(number, end, reader));
          return scopes(forgets.curation().scopes(number));
        },
        scopes -> {
          part =
              part.selected(
                  turns.chats(),
                  turns.size(),
                  memoriesOf(turns),
                  turns.records(),
                  turns.sharedKeys());
          boolean isNothing =
              turns.size() == 0 && (scopes.isEmpty() || !forget.selection().isOfWholeScopes());
          if (forget.dryRun() || isNothing) {
            end();
          } else {
            decide(turns);
          }
        });
  }

  /** Those that are meant, of what the partition has and of what was decided about. */
  private List<Scope> scopes(Collection<Scope> decidedAbout) {
    Set<Scope> scopes = new HashSet<>(decidedAbout);
    partition.scopes().forEach(scope -> scopes.add(scope.scope()));
    return scopes.stream().filter(forget.selection()::isOf).toList();
  }

  private int memoriesOf(SelectedTurns selected) {
    Set<String> memories = new HashSet<>();
    for (ScopeState scope : partition.scopes()) {
      Set<String> turns = selected.turns(scope.scope());
      for (LedgerEntry entry : scope.entries()) {
        if (ScopeState.isHeld(entry)
            && entry.turns().stream().anyMatch(turn -> turns.contains(turn.turnId()))) {
          memories.addAll(entry.memoryIds());
        }
      }
    }
    return memories.size();
  }

  /** From here on it is forgotten. */
  private void decide(SelectedTurns selected) {
    List<TurnsForgotten> decisions = new ArrayList<>();
    selected
        .turns()
        .forEach(
            (scope, chats) ->
                chats.forEach((chatId, turns) -> decisions.addAll(of(scope, chatId, turns))));
    away(
        () -> {
          forgets.log().decide(partition.number(), decisions);
          return true;
        },
        done -> at(Phase.TAKING_BACK));
  }

  private List<TurnsForgotten> of(Scope scope, String chatId, Set<String> turns) {
    List<String> ids = List.copyOf(turns);
    List<TurnsForgotten> decisions = new ArrayList<>();
    for (int from = 0; from < ids.size(); from += TURNS_PER_RECORD) {
      List<String> some = ids.subList(from, Math.min(ids.size(), from + TURNS_PER_RECORD));
      decisions.add(
          new TurnsForgotten(
              scope, chatId, forget.id(), decisions.size(), some, forget.createdMs()));
    }
    return decisions;
  }

  /** Waits for the scopes, which take back what is decided by themselves. */
  private void takeBack(Instant now) {
    int number = partition.number();
    if (!heeded) {
      away(
          () -> {
            List<Curation> decisions = decisionsAbout(scopes(forgets.curation().scopes(number)));
            deleteKept(decisions);
            return forgets.curation().ofTurns(number);
          },
          decided -> {
            forgets.session().heed(number, decided);
            heeded = true;
          });
      return;
    }
    boolean takenBack =
        partition.scopes().stream()
            .filter(scope -> forget.selection().isOf(scope.scope()))
            .allMatch(ScopeState::forgottenAreTakenBack);
    if (!takenBack) {
      if (begunAt.isBefore(now.minus(PATIENCE)) && part.error() == null) {
        part =
            part.failing(
                "mem0 still holds something of it: see whether it deletes, and whether the writer"
                    + " is paused");
        tell();
      }
      return;
    }
    away(
        () -> {
          List<Scope> scopes = scopes(forgets.curation().scopes(number));
          // Somebody may have pinned a memory of it meanwhile, which was not deleted then.
          deleteKept(decisionsAbout(scopes));
          return forget.selection().isOfWholeScopes() ? stored(scopes) : Map.<Scope, Stored>of();
        },
        stored -> deleteLeftOvers(stored, now));
  }

  /** What a user decided about memories that tell what is forgotten. */
  private List<Curation> decisionsAbout(List<Scope> scopes) {
    List<Curation> about = new ArrayList<>();
    for (Scope scope : scopes) {
      List<Curation> all = forgets.curation().all(partition.number(), scope);
      Set<String> forgotten = new HashSet<>();
      for (Curation decision : all) {
        if (decision instanceof TurnsForgotten it) {
          forgotten.addAll(it.turnIds());
        }
      }
      for (Curation decision : all) {
        if (isAbout(decision, forgotten)) {
          about.add(decision);
        }
      }
    }
    return about;
  }

  private boolean isAbout(Curation decision, Set<String> forgotten) {
    if (forget.selection().isOfWholeScopes() && decision.tsMs() <= forget.createdMs()) {
      return isOfMemory(decision);
    }
    if (decision instanceof Pinned it) {
      return it.turnIds().stream().anyMatch(forgotten::contains);
    } else if (decision instanceof Edited it) {
      return it.turnIds().stream().anyMatch(forgotten::contains);
    }
    // While one of its turns is there, what was forgotten of them must be known again.
    return decision instanceof Forgotten it
        && !it.turnIds().isEmpty()
        && forgotten.containsAll(it.turnIds());
  }

  private static boolean isOfMemory(Curation decision) {
    return decision instanceof Pinned
        || decision instanceof Edited
        || decision instanceof Added
        || decision instanceof Forgotten;
  }

  /** What was kept goes too, and so do the texts by which forgotten memories are known again. */
  private void deleteKept(List<Curation> decisions) {
    forgets
        .memories()
        .delete(
            decisions.stream()
                .filter(decision -> !(decision instanceof Forgotten))
                .map(Curation::id)
                .filter(id -> !WrittenIds.isOne(id))
                .toList());
    forgets.log().withdraw(partition.number(), decisions);
  }

  /** What mem0 has of a scope, and the ids of the memories that users want to keep by now. */
  private record Stored(List<Memory> memories, Set<String> wanted) {}

  private Map<Scope, Stored> stored(List<Scope> scopes) {
    Map<Scope, Stored> stored = new HashMap<>();
    for (Scope scope : scopes) {
      List<Memory> memories = forgets.memories().of(scope);
      Set<String> wanted = new HashSet<>();
      for (Curation decision : forgets.curation().all(partition.number(), scope)) {
        if (isOfMemory(decision) && !(decision instanceof Forgotten)) {
          wanted.add(decision.id());
        }
      }
      stored.put(scope, new Stored(memories, wanted));
    }
    return stored;
  }

  /** Of batches that the ledger does not know, or of none: whoever put them there. */
  private void deleteLeftOvers(Map<Scope, Stored> stored, Instant now) {
    Set<String> found = new HashSet<>();
    stored.forEach(
        (scope, its) -> {
          Set<String> known = Forgets.batches(partition, scope);
          for (Memory memory : its.memories()) {
            String batch = StoredMemories.batchOf(memory);
            boolean isKnown = batch != null && known.contains(batch);
            boolean isWanted =
                its.wanted().contains(memory.id())
                    || its.wanted().contains(WrittenIds.of(scope, memory.text()));
            if (wasThere(memory) && !isKnown && !isWanted) {
              found.add(memory.id());
            }
          }
        });
    if (found.isEmpty()) {
      at(Phase.ERASING);
      return;
    }
    if (found.equals(leftOver)) {
      part = part.failing("mem0 lists memories that it does not delete");
      tell();
    }
    leftOver = found;
    notBefore = now.plus(FIRST_LOOK_AFTER);
    away(
        () -> {
          forgets.memories().delete(found);
          return true;
        },
        done -> {});
  }

  private boolean wasThere(Memory memory) {
    Instant createdAt = memory.createdAt();
    return createdAt == null || createdAt.toEpochMilli() <= forget.createdMs();
  }

  private void erase(Instant now) {
    LogEraser.Erased forgotten = Forgets.forgotten(partition);
    away(
        () -> {
          Collection<String> topics = forgets.erasable(forget);
          return topics == null ? null : erase(forgotten, topics);
        },
        left -> {
          notBefore = now.plus(wait);
          if (left != null) {
            heed(left, now);
          } else if (begunAt.isBefore(now.minus(PATIENCE)) && part.error() == null) {
            part =
                part.failing(
                    "a partition of the log has no writer that is running, so nobody knows whether"
                        + " the log can be compacted; start one");
            tell();
          }
        });
  }

  /**
   * What there is yet.
   *
   * @param decisions that are withdrawn and still in their topic
   */
  private record Left(LogEraser.Found log, int decisions) {
    boolean isAnything() {
      return log.records() > 0 || decisions > 0;
    }
  }

  private Left erase(LogEraser.Erased forgotten, Collection<String> topics) {
    int number = partition.number();
    LogEraser eraser = forgets.eraser();
    boolean canErase = !topics.isEmpty();
    if (canErase) {
      // Each time: others may have thought meanwhile that nothing is to be erased.
      forgets.compaction().soon();
    }
    LogEraser.Found log =
        erased || !canErase
            ? eraser.left(number, forgotten, topics)
            : eraser.erase(number, forgotten, topics);
    int decisions = canErase ? eraser.withdrawn(number) : 0;
    byte[] key = log.key();
    if (erased && key != null) {
      eraser.again(number, key);
    }
    if (decisions > 0) {
      // As above, so that the brokers close the segment of what is withdrawn.
      forgets.log().decide(number, ownDecisions());
    }
    return new Left(log, decisions);
  }

  private List<Curation> ownDecisions() {
    int number = partition.number();
    return scopes(forgets.curation().scopes(number)).stream()
        .flatMap(scope -> forgets.curation().all(number, scope).stream())
        .filter(
            decision -> decision instanceof TurnsForgotten it && it.forgetId().equals(forget.id()))
        .limit(1)
        .toList();
  }

  private void heed(Left left, Instant now) {
    if (!erased) {
      erased = true;
      part =
          part.erasing(
              Math.max(part.records(), left.log().records()),
              Math.max(part.notErasable(), left.log().notErasable()));
      tell();
    } else if (wait.compareTo(LONGEST_WAIT) < 0) {
      wait = wait.multipliedBy(3).dividedBy(2);
    }
    if (!left.isAnything()) {
      end();
    } else if (begunAt.isBefore(now.minus(PATIENCE)) && part.error() == null) {
      part =
          part.failing(
              "the brokers have not compacted the log yet, and "
                  + (left.log().records() + left.decisions())
                  + " records are still there; see that their log cleaner runs, and whether"
                  + " max.compaction.lag.ms of the topics was set by hand");
      tell();
    }
  }

  private void at(Phase phase) {
    part = part.at(phase);
    tell();
  }

  private void end() {
    part = part.ended(forgets.session().now().toEpochMilli());
    if (!forget.dryRun() && part.turns() > 0) {
      LOG.info(
          "forgotten in partition {}: {} turns of {} chats; {} records are erased, {} cannot be",
          partition.number(),
          part.turns(),
          part.chats(),
          part.records(),
          part.notErasable());
    }
    tell();
  }

  /** Says how far it is, if that is news. */
  private void tell() {
    if (!part.equals(told)) {
      told = part;
      forgets
          .session()
          .whenDurable(forgets.log().put(forget.id(), partition.number(), part), () -> {});
    }
  }

  /** Runs this away, and what follows on the session's thread; what fails is tried again. */
  private <T extends @Nullable Object> void away(Supplier<T> work, Consumer<T> then) {
    away = true;
    var unused =
        forgets
            .away(work)
            .whenComplete(
                (result, failure) ->
                    forgets
                        .session()
                        .enqueue(
                            () -> {
                              away = false;
                              if (!forgets.isCurrent(partition, this)) {
                                return;
                              }
                              if (failure == null) {
                                then.accept(result);
                              } else {
                                tryAgain(failure);
                              }
                            }));
  }

  private void tryAgain(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    notBefore = forgets.session().now().plus(TRY_AGAIN_AFTER);
    String error = why(cause);
    if (!error.equals(part.error())) {
      LOG.warn("{} does not go on in partition {}: {}", forget.id(), partition.number(), error);
      LOG.debug("cause", cause);
    }
    part = part.failing(error);
    tell();
  }

  /** Of what is neither Kafka's nor mem0's the type only: its words can be a chat's. */
  private static String why(@Nullable Throwable cause) {
    if (cause instanceof KafkaException) {
      return "Kafka: " + cause.getMessage();
    }
    if (cause instanceof Mem0Exception refused) {
      return "mem0 does not delete: " + refused.kind();
    }
    return "a fault of the writer: " + (cause == null ? "unknown" : cause.getClass().getName());
  }
}
