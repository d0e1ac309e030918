package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.common.mem0.SearchRequest;
import java.util.List;
import java.util.Map;

/** Finds the memories of a batch by the batch id in their metadata. */
final class StoredBatch {
  private static final int MOST = 1000;
  private static final int MOST_OF_A_BATCH = 200;

  private StoredBatch() {}

  /**
   * The batch's memories. A search, because only it filters by metadata; then, because an
   * approximate index may miss what it filters, a look at the scope's list.
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
    List<Memory> found = ofBatch(hits, batch);
    return found.isEmpty() ? ofBatch(mem0.list(batch.scope(), MOST), batch) : found;
  }

  private static List<Memory> ofBatch(List<Memory> memories, LedgerEntry batch) {
    return memories.stream()
        .filter(memory -> batch.batchId().equals(memory.metadata().get(BatchRequest.BATCH_ID)))
        .distinct()
        .toList();
  }
}
