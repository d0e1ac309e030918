package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.writer.curation.ForgottenTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes of a batch that was written again what a user has forgotten meanwhile. */
final class Forgetting {
  private static final Logger LOG = LoggerFactory.getLogger(Forgetting.class);

  private Forgetting() {}

  /**
   * What became of a batch, after that.
   *
   * @param ids of the batch's memories
   * @param calls how many were made for it
   */
  static LedgerEntry heed(TaskContext context, LedgerEntry batch, List<String> ids, int calls) {
    List<String> stay = stay(context, batch, ids);
    String reason = stay.isEmpty() && !ids.isEmpty() ? ForgottenTexts.REASON : null;
    return batch.outcome(
        stay.isEmpty() ? Fate.EMPTY : Fate.WRITTEN, reason, stay, calls, context.nowMs());
  }

  private static List<String> stay(TaskContext context, LedgerEntry batch, List<String> ids) {
    // What is said for the first time was said after whatever was forgotten.
    if (batch.generation() == 0 || ids.isEmpty()) {
      return ids;
    }
    ForgottenTexts forgotten = context.curation().forgotten(context.partition(), batch.scope());
    if (forgotten.isEmpty()) {
      return ids;
    }
    Map<String, Memory> memories = context.mem0().get(ids);
    List<String> stay = new ArrayList<>();
    for (String id : ids) {
      Memory memory = memories.get(id);
      if (memory != null && forgotten.hold(memory.text())) {
        context.mem0().forget(id);
        LOG.info("memory {} of batch {} was forgotten by its user", id, batch.batchId());
      } else {
        stay.add(id);
      }
    }
    return stay;
  }
}
