package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.writer.sweep.Comparison;
import dev.tavernmem0.writer.sweep.MissingMemories;
import dev.tavernmem0.writer.sweep.StoredMemory;
import dev.tavernmem0.writer.sweep.SweepResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares a scope's ledger with mem0, while nothing else is done in the scope: deletes what is
 * left over, and reports the rest. Makes way between two calls for what is said now. What fails is
 * not tried again at once: the scope's turn comes again.
 */
final class SweepExecution implements TaskExecution {
  private static final Logger LOG = LoggerFactory.getLogger(SweepExecution.class);

  /** No server lists more, and none has pages. */
  private static final int MOST_LISTED = 1000;

  private static final int MOST_LOOKED_UP = 2000;
  private static final int AT_ONCE = 50;
  private static final int MOST_DELETED = 100;

  private final Scope scope;
  private final List<LedgerEntry> entries;
  private final TaskContext context;
  private boolean begun;
  private int deleted;

  SweepExecution(Scope scope, List<LedgerEntry> entries, TaskContext context) {
    this.scope = scope;
    this.entries = entries;
    this.context = context;
  }

  /** It has to make way. */
  private static final class InterruptedSweepException extends RuntimeException {}

  @Override
  public TaskResult attempt() {
    if (begun) {
      // Others may have written in the scope meanwhile, so the entries are not to be trusted.
      return new TaskResult.Swept(SweepResult.unfinished(scope, deleted, null));
    }
    begun = true;
    try {
      return new TaskResult.Swept(sweep());
    } catch (InterruptedSweepException | LaneCalls.PutOffException e) {
      return new TaskResult.Swept(SweepResult.unfinished(scope, deleted, null));
    } catch (Mem0Exception.Auth e) {
      throw e;
    } catch (Mem0Exception e) {
      return new TaskResult.Swept(SweepResult.unfinished(scope, deleted, e.getMessage()));
    }
  }

  private SweepResult sweep() {
    List<Memory> listed =
        context.mem0().list(scope, MOST_LISTED).stream().filter(this::isOfTheScope).toList();
    Comparison comparison =
        Comparison.of(
            entries,
            listed.stream().map(SweepExecution::stored).toList(),
            context.curation().decisions(context.partition(), scope));
    List<String> unlisted = new ArrayList<>(comparison.unlisted().keySet());
    // Others each time, of a scope with more than can be looked up.
    Collections.shuffle(unlisted);
    List<String> lookedUp = unlisted.subList(0, Math.min(unlisted.size(), MOST_LOOKED_UP));
    Map<String, List<String>> missing = new LinkedHashMap<>();
    for (int i = 0; i < lookedUp.size(); i += AT_ONCE) {
      List<String> some = lookedUp.subList(i, Math.min(i + AT_ONCE, lookedUp.size()));
      makeWay();
      Set<String> found = context.mem0().get(some).keySet();
      some.stream()
          .filter(id -> !found.contains(id))
          .forEach(id -> note(missing, Objects.requireNonNull(comparison.unlisted().get(id)), id));
    }
    comparison.replaced().forEach((id, batchId) -> note(missing, batchId, id));
    Map<String, StoredMemory> seen = new HashMap<>();
    listed.forEach(memory -> seen.put(memory.id(), stored(memory)));
    for (String id : comparison.leftOver()) {
      if (deleted == MOST_DELETED) {
        break;
      }
      delete(Objects.requireNonNull(seen.get(id)));
    }
    return new SweepResult(
        scope,
        true,
        listed.size(),
        unlisted.size() - lookedUp.size(),
        missing.entrySet().stream()
            .map(entry -> new MissingMemories(entry.getKey(), entry.getValue()))
            .toList(),
        comparison.strangers().size(),
        deleted,
        comparison.adoptions(),
        null);
  }

  /** A mem0 that has lost its filters lists what is others'. */
  private boolean isOfTheScope(Memory memory) {
    return (memory.userId() == null || memory.userId().equals(scope.userId()))
        && (memory.agentId() == null || memory.agentId().equals(scope.agentId()));
  }

  private static StoredMemory stored(Memory memory) {
    Object batchId = memory.metadata().get(BatchRequest.BATCH_ID);
    return new StoredMemory(
        memory.id(),
        memory.text(),
        batchId == null ? null : batchId.toString(),
        memory.metadata().get(BatchRequest.TURN_IDS) instanceof List<?> ids
            ? ids.stream().map(String::valueOf).toList()
            : List.of());
  }

  private static void note(Map<String, List<String>> missing, String batchId, String id) {
    missing.computeIfAbsent(batchId, batch -> new ArrayList<>()).add(id);
  }

  /** Unless it has changed: another writer may have taken the scope over meanwhile. */
  private void delete(StoredMemory leftOver) {
    makeWay();
    Memory now = context.mem0().get(List.of(leftOver.id())).get(leftOver.id());
    if (now != null && stored(now).equals(leftOver) && context.mem0().delete(leftOver.id())) {
      deleted++;
      LOG.info("memory {} was left over, and is deleted", leftOver.id());
    }
  }

  private void makeWay() {
    if (context.abandoned().getAsBoolean() || context.mem0().isToMakeWay()) {
      throw new InterruptedSweepException();
    }
  }

  @Override
  public boolean inDoubt() {
    return false;
  }
}
