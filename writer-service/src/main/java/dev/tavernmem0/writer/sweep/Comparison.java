package dev.tavernmem0.writer.sweep;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.common.ledger.Merge.Change;
import dev.tavernmem0.writer.curation.ScopeDecisions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the ledger says of a scope, compared with what mem0 lists of it.
 *
 * @param unlisted memories that written batches are told by and that mem0 did not list, each with
 *     those batches; whether they exist has to be looked up, for mem0 lists no more than so many
 * @param replaced memories that written batches are told by and that bear the id of a batch that is
 *     told by nothing any more: they say something else; each with the batches that they told
 * @param leftOver memories to be deleted: of batches that were taken back, stored twice, or
 *     forgotten by their user
 * @param suspects memories to be deleted if they are found so again: of batches that the ledger
 *     does not know, from turns that it does; the writer that has the scope now may know them
 * @param adoptions memories that batches are told by without the ledger's knowing
 * @param strangers memories of batches that the ledger does not know, from turns that it does not
 *     know either, or of so many that they are another installation's of the same chats
 */
public record Comparison(
    Map<String, Set<String>> unlisted,
    Map<String, Set<String>> replaced,
    List<String> leftOver,
    List<String> suspects,
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

    private final KnownBatches batches;

    /** Batches by the memories that tell them: their own, and those put into other batches'. */
    private final Map<String, Set<String>> told = new LinkedHashMap<>();

    /** Batches by the memories in which mem0 found what they say. */
    private final Map<String, Set<String>> sufficient = new LinkedHashMap<>();

    private final Set<String> deletedByMem0 = new HashSet<>();
    private final ScopeDecisions decided;

    private final Map<String, Set<String>> replaced = new LinkedHashMap<>();
    private final Set<String> leftOver = new LinkedHashSet<>();
    private final List<Adoption> adoptions = new ArrayList<>();
    private final List<String> strangers = new ArrayList<>();
    private final List<String> ofForgottenBatches = new ArrayList<>();

    Comparer(Collection<LedgerEntry> entries, ScopeDecisions decided) {
      this.batches = new KnownBatches(entries);
      this.decided = decided;
      for (LedgerEntry entry : entries) {
        if (KnownBatches.isTold(entry)) {
          entry.memoryIds().forEach(id -> note(told, id, entry));
          for (Merge merge : entry.merges()) {
            if (merge.change() == Change.DELETE) {
              deletedByMem0.add(merge.memoryId());
            } else if (merge.change() == Change.KEEP) {
              note(sufficient, merge.memoryId(), entry);
            }
          }
        }
      }
    }

    private static void note(Map<String, Set<String>> batches, String memoryId, LedgerEntry entry) {
      batches.computeIfAbsent(memoryId, id -> new LinkedHashSet<>()).add(entry.batchId());
    }

    Comparison compare(Collection<StoredMemory> listed) {
      Map<String, StoredMemory> there = new LinkedHashMap<>();
      listed.forEach(memory -> there.put(memory.id(), memory));
      there.values().forEach(memory -> compare(memory, there));
      boolean few =
          ofForgottenBatches.size() <= Math.max(MOST_FORGOTTEN, told.size() / FORGOTTEN_OF_TOLD);
      if (!few) {
        strangers.addAll(ofForgottenBatches);
      }
      Map<String, Set<String>> unlisted = new LinkedHashMap<>();
      told.forEach((id, tellers) -> unlisted(id, tellers, there.keySet(), unlisted));
      sufficient.forEach((id, keepers) -> unlisted(id, keepers, there.keySet(), unlisted));
      return new Comparison(
          unlisted,
          replaced,
          List.copyOf(leftOver),
          few ? ofForgottenBatches : List.of(),
          adoptions,
          strangers);
    }

    private void unlisted(
        String id, Set<String> tells, Set<String> there, Map<String, Set<String>> unlisted) {
      boolean explained = deletedByMem0.contains(id) || decided.forgottenIds().contains(id);
      if (!there.contains(id) && !explained) {
        missed(id, tells, unlisted);
      }
    }

    /** A batch on hold is written again only if its operator keeps it, and is missed then. */
    private void missed(String id, Set<String> tells, Map<String, Set<String>> found) {
      for (String batchId : tells) {
        LedgerEntry batch = batches.find(batchId);
        if (batch != null && batch.fate() != Fate.HELD) {
          note(found, id, batch);
        }
      }
    }

    private void compare(StoredMemory memory, Map<String, StoredMemory> there) {
      String id = memory.id();
      String batchId = memory.batchId();
      if (decided.haveForgotten(id, memory.text())) {
        leftOver.add(id);
        return;
      }
      if (batchId == null) {
        return;
      }
      LedgerEntry batch = batches.find(batchId);
      if (batch == null && !batches.knowTurnsOf(memory)) {
        // One into which mem0 put what our batches say is ours too, whoever stored it.
        if (!told.containsKey(id) && !isNeeded(id)) {
          strangers.add(id);
        }
      } else if (batch != null && KnownBatches.isTold(batch)) {
        if (!batch.memoryIds().contains(id)) {
          unknownOf(batch, memory, there);
        }
      } else if (batch == null || KnownBatches.isDone(batch)) {
        if (told.containsKey(id)) {
          missed(id, told.get(id), replaced);
        } else if (!isNeeded(id)) {
          (batch == null ? ofForgottenBatches : leftOver).add(id);
        }
      }
    }

    /** Whether a user keeps it, or mem0 found in it what a batch says. */
    private boolean isNeeded(String id) {
      return decided.keptIds().contains(id) || sufficient.containsKey(id);
    }

    private void unknownOf(
        LedgerEntry batch, StoredMemory memory, Map<String, StoredMemory> there) {
      boolean merged = told.containsKey(memory.id());
      boolean twin =
          !merged
              && !isNeeded(memory.id())
              && batch.memoryIds().stream()
                  .map(there::get)
                  .anyMatch(other -> other != null && other.text().equals(memory.text()));
      if (twin) {
        leftOver.add(memory.id());
      } else {
        adoptions.add(new Adoption(batch.batchId(), memory.id(), merged));
      }
    }
  }
}
