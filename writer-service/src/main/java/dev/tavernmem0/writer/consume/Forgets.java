package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.forget.Forget;
import dev.tavernmem0.writer.forget.ForgetPart;
import dev.tavernmem0.writer.forget.ForgetRecords;
import dev.tavernmem0.writer.kafka.CurationLog;
import dev.tavernmem0.writer.kafka.ForgetLog;
import dev.tavernmem0.writer.kafka.LogCompaction;
import dev.tavernmem0.writer.kafka.LogEraser;
import dev.tavernmem0.writer.kafka.PartitionReader;
import dev.tavernmem0.writer.mem0.StoredMemories;
import dev.tavernmem0.writer.scope.ScopeState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has forgotten what users want forgotten; in a partition nothing waits for another, because the
 * brokers can take long to erase. How far it is is on a topic, so that whoever has the partition
 * later goes on. Belongs to the session's thread; what waits for Kafka or mem0 is done on another.
 */
final class Forgets implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Forgets.class);

  private final ForgetLog log;
  private final CurationLog curation;
  private final StoredMemories memories;
  private final PartitionReader reader;
  private final LogEraser eraser;
  private final LogCompaction compaction;
  private final ConsumerSession session;
  private final Map<AssignedPartition, Map<String, PartitionForget>> running = new HashMap<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(work -> new Thread(work, "writer-forget"));
  private volatile ForgetRecords records = ForgetRecords.NONE;
  private boolean hurries = true;

  /**
   * Nothing, until there is something to {@link #heed}.
   *
   * @param reader closed with this, as is the eraser, on the thread that reads
   */
  Forgets(
      ForgetLog log,
      CurationLog curation,
      StoredMemories memories,
      PartitionReader reader,
      LogEraser eraser,
      LogCompaction compaction,
      ConsumerSession session) {
    this.log = log;
    this.curation = curation;
    this.memories = memories;
    this.reader = reader;
    this.eraser = eraser;
    this.compaction = compaction;
    this.session = session;
  }

  /** This is known by now. */
  void heed(ForgetRecords known) {
    records = known;
    if (known.erasing()) {
      hurries = true;
    } else if (hurries) {
      // Also at the first look: who erased last may have died before it came to this.
      hurries = false;
      var unused = away(this::asBefore);
    }
  }

  private boolean asBefore() {
    try {
      if (!records.erasing()) {
        compaction.asBefore();
      }
    } catch (KafkaException e) {
      LOG.warn("the log may be compacted more often than is needed: {}", e.getMessage());
    }
    return true;
  }

  /** Goes on with what is due. */
  void step(Collection<AssignedPartition> partitions, Instant now) {
    running.keySet().retainAll(partitions);
    for (AssignedPartition partition : partitions) {
      if (partition.everCaughtUp()) {
        step(partition, now);
      }
    }
  }

  private void step(AssignedPartition partition, Instant now) {
    List<Forget> due = records.due(partition.number());
    Map<String, PartitionForget> begun =
        running.computeIfAbsent(partition, any -> new LinkedHashMap<>());
    Set<String> ids = new HashSet<>();
    for (Forget forget : due) {
      ids.add(forget.id());
      begun
          .computeIfAbsent(
              forget.id(),
              id -> {
                ForgetPart known = records.parts(id).get(partition.number());
                return new PartitionForget(forget, known, partition, this, now);
              })
          .step(now);
    }
    begun.keySet().retainAll(ids);
  }

  /** What is to be forgotten and does not go on. */
  List<StoppedOperation> stopped() {
    List<StoppedOperation> stopped = new ArrayList<>();
    for (Forget forget : records.lastFirst()) {
      records.parts(forget.id()).values().stream()
          .map(ForgetPart::error)
          .filter(Objects::nonNull)
          .findFirst()
          .ifPresent(error -> stopped.add(new StoppedOperation("forget", forget.id(), error)));
    }
    return stopped;
  }

  /** Whether this is still what is done in its partition. */
  boolean isCurrent(AssignedPartition partition, PartitionForget forget) {
    return session.has(partition)
        && running.getOrDefault(partition, Map.of()).get(forget.id()) == forget;
  }

  /** All that is forgotten in a partition, by whatever was asked for, as the log has it. */
  static LogEraser.Erased forgotten(AssignedPartition partition) {
    Map<Scope, Set<String>> turns = new HashMap<>();
    Set<String> chats = new HashSet<>();
    // Also of scopes of which nothing is left but the decision.
    partition
        .decided()
        .byScope()
        .forEach(
            (scope, decided) -> {
              turns.put(scope, decided.forgottenTurns().keySet());
              chats.addAll(decided.forgottenTurns().values());
            });
    for (ScopeState scope : partition.scopes()) {
      chats.removeIf(chatId -> scope.says(chatId));
    }
    return new LogEraser.Erased() {
      @Override
      public boolean isOf(TurnEvent event) {
        String turnId = event.turnId();
        return turnId != null
            && turns.getOrDefault(Scope.of(event.source()), Set.of()).contains(turnId);
      }

      @Override
      public boolean isOf(String chatId) {
        return chats.contains(chatId);
      }
    };
  }

  /** The batches that the ledger knows of a scope. */
  static Set<String> batches(AssignedPartition partition, Scope scope) {
    Set<String> batches = new HashSet<>();
    partition.scopes().stream()
        .filter(state -> state.scope().equals(scope))
        .flatMap(state -> state.entries().stream())
        .map(LedgerEntry::batchId)
        .forEach(batches::add);
    return batches;
  }

  /**
   * In which topics single records can be erased; none if two records of the turns' log may have
   * one key, and null if that is not known yet.
   */
  @Nullable Collection<String> erasable(Forget forget) {
    Boolean unique = records.keysAreUnique(forget.id(), forget.ends().size());
    if (unique == null) {
      return null;
    }
    return unique ? compaction.possible() : List.of();
  }

  ForgetLog log() {
    return log;
  }

  CurationLog curation() {
    return curation;
  }

  StoredMemories memories() {
    return memories;
  }

  PartitionReader reader() {
    return reader;
  }

  LogEraser eraser() {
    return eraser;
  }

  LogCompaction compaction() {
    return compaction;
  }

  ConsumerSession session() {
    return session;
  }

  /** Runs this on the thread that may wait; what comes of it is for the session's. */
  <T extends @Nullable Object> CompletableFuture<T> away(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, thread);
  }

  @Override
  public void close() {
    reader.stop();
    eraser.stop();
    thread.execute(reader::close);
    thread.execute(eraser::close);
    thread.shutdown();
  }
}
