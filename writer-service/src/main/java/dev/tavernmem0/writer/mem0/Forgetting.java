package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.writer.curation.ForgottenTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes of a batch that was written again what a user has forgotten meanwhile. */
final class Forgetting {
  private static final Logger LOG = LoggerFactory.getLogger(Forgetting.class);

  private Forgetting() {}

  /**
   * The memories that stay.
   *
   * @param ids of the batch's memories; those that do not exist stay in the list
   */
  static List<String> heed(TaskContext context, LedgerEntry batch, List<String> ids) {
    // What is said for the first time was said after whatever was forgotten.
    if (batch.generation() == 0 || ids.isEmpty()) {
      return ids;
    }
    ForgottenTexts forgotten = context.curation().forgotten(context.partition(), batch.scope());
    if (forgotten.isEmpty()) {
      return ids;
    }
    List<String> stay = new ArrayList<>();
    for (String id : ids) {
      Optional<Memory> memory = context.mem0().get(id);
      if (memory.isPresent() && forgotten.hold(memory.get().text())) {
        context.mem0().delete(id);
        LOG.info("memory {} of batch {} was forgotten by its user", id, batch.batchId());
      } else {
        stay.add(id);
      }
    }
    return stay;
  }
}
