package dev.tavernmem0.writer.sweep;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.common.ledger.Merge.Change;
import dev.tavernmem0.writer.curation.ScopeDecisions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger says of a scope, compared with what mem0 lists of it.
 *
 * @param unlisted memories that written batches are told by and that mem0 did not list, with a
 *     batch of each; whether they exist has to be looked up, for mem0 lists no more than so many
 * @param replaced memories that written batches are told by and that bear the id of a batch that is
 *     told by nothing any more: they say something else
 * @param leftOver memories to be deleted: of batches that were taken back, stored twice, or
 *     forgotten by their user
 * @param adoptions memories that batches are told by without the ledger's knowing
 * @param strangers memories of batches that the ledger does not know, from turns that it does not
 *     know either, or of so many that they are another installation's of the same chats
 */
public record Comparison(
    Map<String, String> unlisted,
    Map<String, String> replaced,
    List<String> leftOver,
    List<Adoption> adoptions,
    List<String> strangers) {

  /** Compares all entries of the scope with what was listed of it; nothing may be under way. */
  public static Comparison of(
      Collection<LedgerEntry> entries, Collection<StoredMemory> listed, ScopeDecisions decided) {
    return new Comparer(entries, decided).compare(listed);
  }

  private static final class Comparer {
    /** Few are stored late; more come from another ledger, which may be in use. */
    private static final int MOST_FORGOTTEN = 3;

    private static final int FORGOTTEN_OF_TOLD = 4;

    private final Map<String, LedgerEntry> batches = new HashMap<>();
    private final Map<String, String> told = new LinkedHashMap<>();
    private final Set<String> deletedByMem0 = new HashSet<>();
    private final Set<String> turns = new HashSet<>();
    private final ScopeDecisions decided;

    private final Map<String, String> replaced = new LinkedHashMap<>();
    private final Set<String> leftOver = new LinkedHashSet<>();
    private final List<Adoption> adoptions = new ArrayList<>();
    private final List<String> strangers = new ArrayList<>();
    private final List<String> ofForgottenBatches = new ArrayList<>();

    Comparer(Collection<LedgerEntry> entries, ScopeDecisions decided) {
      this.decided = decided;
      for (LedgerEntry entry : entries) {
        batches.put(entry.batchId(), entry);
        entry.turns().forEach(turn -> turns.add(turn.turnId()));
        if (isTold(entry)) {
          entry.memoryIds().forEach(id -> told.put(id, entry.batchId()));
          for (Merge merge : entry.merges()) {
            if (merge.change() == Change.DELETE) {
              deletedByMem0.add(merge.memoryId());
            }
          }
        }
      }
    }

    Comparison compare(Collection<StoredMemory> listed) {
      Map<String, StoredMemory> there = new LinkedHashMap<>();
      listed.forEach(memory -> there.put(memory.id(), memory));
      there.values().forEach(memory -> compare(memory, there));
      boolean few =
          ofForgottenBatches.size() <= Math.max(MOST_FORGOTTEN, told.size() / FORGOTTEN_OF_TOLD);
      (few ? leftOver : strangers).addAll(ofForgottenBatches);
      Map<String, String> unlisted = new LinkedHashMap<>();
      told.forEach(
          (id, batchId) -> {
            boolean explained = deletedByMem0.contains(id) || decided.forgottenIds().contains(id);
            if (!there.containsKey(id) && !explained) {
              unlisted.put(id, batchId);
            }
          });
      return new Comparison(unlisted, replaced, List.copyOf(leftOver), adoptions, strangers);
    }

    private void compare(StoredMemory memory, Map<String, StoredMemory> there) {
      String id = memory.id();
      String batchId = memory.batchId();
      if (decided.forgottenIds().contains(id)) {
        leftOver.add(id);
        return;
      }
      if (batchId == null) {
        return;
      }
      LedgerEntry batch = batches.get(batchId);
      String teller = told.get(id);
      if (batch == null && !isOfKnownTurns(memory)) {
        strangers.add(id);
      } else if (batch != null && isTold(batch)) {
        if (!batch.memoryIds().contains(id)) {
          unknownOf(batch, memory, teller, there);
        }
      } else if (batch == null || isDone(batch)) {
        if (teller != null) {
          replaced.put(id, teller);
        } else if (!decided.keptIds().contains(id)) {
          (batch == null ? ofForgottenBatches : leftOver).add(id);
        }
      }
    }

    /** The ledger forgets a batch that was taken back when all its turns are in others. */
    private boolean isOfKnownTurns(StoredMemory memory) {
      return !memory.turnIds().isEmpty() && turns.containsAll(memory.turnIds());
    }

    private void unknownOf(
        LedgerEntry batch,
        StoredMemory memory,
        @Nullable String teller,
        Map<String, StoredMemory> there) {
      boolean twin =
          teller == null
              && !decided.keptIds().contains(memory.id())
              && batch.memoryIds().stream()
                  .map(there::get)
                  .anyMatch(other -> other != null && other.text().equals(memory.text()));
      if (twin) {
        leftOver.add(memory.id());
      } else {
        adoptions.add(new Adoption(batch.batchId(), memory.id(), teller != null));
      }
    }

    /** Whether mem0 is to hold what the batch says. */
    private static boolean isTold(LedgerEntry entry) {
      return entry.fate() == Fate.WRITTEN
          || entry.fate() == Fate.EMPTY
          || entry.fate() == Fate.HELD;
    }

    /** Whether mem0 is to hold nothing of the batch. */
    private static boolean isDone(LedgerEntry entry) {
      return entry.fate() == Fate.RETRACTED || entry.fate() == Fate.DEAD;
    }
  }
}
