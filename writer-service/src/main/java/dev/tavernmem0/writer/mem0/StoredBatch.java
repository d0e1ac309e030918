package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.common.mem0.SearchRequest;
import dev.tavernmem0.writer.sweep.StoredMemory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the memories of a batch by the batch id in their metadata. */
final class StoredBatch {
  private static final Logger LOG = LoggerFactory.getLogger(StoredBatch.class);

  private static final int MOST = 1000;
  private static final int MOST_OF_A_BATCH = 200;

  private StoredBatch() {}

  /**
   * The batch's memories. A search, because only it filters by metadata, however many the scope
   * has; and a look at the scope's list, because an approximate index may miss what it filters.
   * Where mem0 does not list, what the search has found is enough.
   */
  static List<Memory> find(LaneCalls mem0, LedgerEntry batch, String query) {
    List<Memory> hits =
        mem0.search(
            new SearchRequest(
                query,
                batch.scope().userId(),
                batch.scope().agentId(),
                MOST_OF_A_BATCH,
                0.0,
                Map.of(BatchRequest.BATCH_ID, batch.batchId())));
    Map<String, Memory> found = new LinkedHashMap<>();
    ofBatch(hits, batch).forEach(memory -> found.put(memory.id(), memory));
    try {
      ofBatch(mem0.list(batch.scope(), MOST), batch)
          .forEach(memory -> found.putIfAbsent(memory.id(), memory));
    } catch (Mem0Exception e) {
      if (found.isEmpty() || e instanceof Mem0Exception.Auth) {
        throw e;
      }
      LOG.debug("mem0 does not list a scope", e);
    }
    return List.copyOf(found.values());
  }

  /** A memory with the batch and the turns that it bears the ids of. */
  static StoredMemory memory(Memory memory) {
    Object batchId = memory.metadata().get(BatchRequest.BATCH_ID);
    return new StoredMemory(
        memory.id(),
        memory.text(),
        batchId == null ? null : batchId.toString(),
        memory.metadata().get(BatchRequest.TURN_IDS) instanceof List<?> ids
            ? ids.stream().map(String::valueOf).toList()
            : List.of());
  }

  private static List<Memory> ofBatch(List<Memory> memories, LedgerEntry batch) {
    return memories.stream()
        .filter(memory -> batch.batchId().equals(memory.metadata().get(BatchRequest.BATCH_ID)))
        .toList();
  }
}
