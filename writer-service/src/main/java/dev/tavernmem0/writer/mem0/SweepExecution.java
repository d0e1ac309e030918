package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.writer.sweep.Comparison;
import dev.tavernmem0.writer.sweep.MissingMemories;
import dev.tavernmem0.writer.sweep.StoredMemory;
import dev.tavernmem0.writer.sweep.SweepOrder;
import dev.tavernmem0.writer.sweep.SweepResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares a scope's ledger with mem0, while nothing else is done in the scope: deletes what is
 * left over, unless it is a dry run, and reports the rest. Makes way between two calls for what is
 * said now. There is one attempt: others may write in the scope after it, and the entries are not
 * to be trusted then.
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
  private final SweepOrder order;
  private final TaskContext context;

  /** The comparison of a scope. */
  SweepExecution(Scope scope, List<LedgerEntry> entries, SweepOrder order, TaskContext context) {
    this.scope = scope;
    this.entries = entries;
    this.order = order;
    this.context = context;
  }

  /**
   * {@inheritDoc}
   *
   * @throws LaneCalls.PutOffException if it has made way before all was compared
   */
  @Override
  public TaskResult attempt() {
    List<Memory> listed =
        context.mem0().list(scope, MOST_LISTED).stream().filter(this::isOfTheScope).toList();
    Comparison comparison =
        Comparison.of(
            entries,
            listed.stream().map(StoredBatch::memory).toList(),
            context.curation().decisions(context.partition(), scope));
    List<String> unlisted = new ArrayList<>(comparison.unlisted().keySet());
    // Others each time, of a scope with more than can be looked up.
    Collections.shuffle(unlisted);
    List<String> lookedUp = unlisted.subList(0, Math.min(unlisted.size(), MOST_LOOKED_UP));
    Map<String, List<String>> missing = new LinkedHashMap<>();
    for (int i = 0; i < lookedUp.size(); i += AT_ONCE) {
      List<String> some = lookedUp.subList(i, Math.min(i + AT_ONCE, lookedUp.size()));
      if (isToMakeWay()) {
        throw new LaneCalls.PutOffException();
      }
      Set<String> found = context.mem0().get(some).keySet();
      some.stream()
          .filter(id -> !found.contains(id))
          .forEach(id -> note(missing, Objects.requireNonNull(comparison.unlisted().get(id)), id));
    }
    comparison.replaced().forEach((id, batchIds) -> note(missing, batchIds, id));
    Deletions deletions = new Deletions();
    if (!order.dryRun()) {
      deletions.make(toBeDeleted(comparison, listed));
    }
    Set<String> strangers = new HashSet<>(comparison.strangers());
    strangers.removeAll(deletions.made);
    return new TaskResult.Swept(
        new SweepResult(
            scope,
            true,
            listed.size(),
            unlisted.size() - lookedUp.size(),
            missing.entrySet().stream()
                .map(entry -> new MissingMemories(entry.getKey(), entry.getValue()))
                .toList(),
            order.dryRun(),
            strangers,
            leftOver(comparison, deletions),
            deletions.made.size(),
            deletions.left,
            Set.copyOf(comparison.suspects()),
            comparison.adoptions(),
            deletions.refusal));
  }

  private int leftOver(Comparison comparison, Deletions deletions) {
    Set<String> ids = new HashSet<>(comparison.leftOver());
    ids.addAll(comparison.suspects());
    ids.removeAll(deletions.made);
    return ids.size();
  }

  private List<StoredMemory> toBeDeleted(Comparison comparison, List<Memory> listed) {
    Set<String> ids = new LinkedHashSet<>(comparison.leftOver());
    comparison.suspects().stream().filter(order.suspectedBefore()::contains).forEach(ids::add);
    comparison.strangers().stream().filter(order.unwanted()::contains).forEach(ids::add);
    return listed.stream()
        .filter(memory -> ids.contains(memory.id()))
        .map(StoredBatch::memory)
        .toList();
  }

  /** A mem0 that has lost its filters lists what is others'. */
  private boolean isOfTheScope(Memory memory) {
    return (memory.userId() == null || memory.userId().equals(scope.userId()))
        && (memory.agentId() == null || memory.agentId().equals(scope.agentId()));
  }

  private static void note(Map<String, List<String>> missing, Set<String> batchIds, String id) {
    batchIds.forEach(
        batchId -> missing.computeIfAbsent(batchId, batch -> new ArrayList<>()).add(id));
  }

  private boolean isToMakeWay() {
    return context.abandoned().getAsBoolean() || context.mem0().isToMakeWay();
  }

  /** What is left over is deleted as far as that can be; what was found is told in any case. */
  private final class Deletions {
    private final Set<String> made = new HashSet<>();
    private int left;
    private @Nullable String refusal;

    void make(List<StoredMemory> leftOver) {
      left = leftOver.size();
      for (StoredMemory memory : leftOver.subList(0, Math.min(left, MOST_DELETED))) {
        if (isToMakeWay()) {
          return;
        }
        try {
          delete(memory);
          left--;
        } catch (LaneCalls.PutOffException | RetryLaterException.Paused e) {
          return;
        } catch (Mem0Exception.Auth e) {
          throw e;
        } catch (Mem0Exception e) {
          LOG.warn("memory {} is left over, and stays: {}", memory.id(), e.getMessage());
          refusal = e.getMessage();
          if (!(e instanceof Mem0Exception.Permanent)) {
            return;
          }
        }
      }
    }

    /** Unless it has changed: another writer may have taken the scope over meanwhile. */
    private void delete(StoredMemory leftOver) {
      Memory now = context.mem0().get(List.of(leftOver.id())).get(leftOver.id());
      boolean isKept =
          context
              .curation()
              .decisions(context.partition(), scope)
              .keptIds()
              .contains(leftOver.id());
      if (now != null
          && !isKept
          && StoredBatch.memory(now).equals(leftOver)
          && context.mem0().delete(leftOver.id())) {
        made.add(leftOver.id());
        LOG.info("memory {} was left over, and is deleted", leftOver.id());
      }
    }
  }

  @Override
  public boolean inDoubt() {
    return false;
  }
}
