package dev.tavernmem0.writer.batch;

import dev.tavernmem0.common.event.Role;
import java.util.List;

/** Where to cut a batch off the fresh turns of a chat. */
final class Batching {
  /** What asks for a batch. */
  enum Trigger {
    /** Nothing: only a full batch is cut. */
    FULL,
    /** The chat is idle: what is there is all there will be for now. */
    IDLE,
    /** The oldest turn has waited long enough, come what may. */
    AGE
  }

  private Batching() {}

  /**
   * How many of the fresh turns make the next batch.
   *
   * <p>The batch ends before a user's turn wherever possible, so that the next one does not start
   * amid an exchange; only an exchange longer than a batch is cut in two.
   *
   * @param fresh turns in the order of the chat
   * @param settled how many of them, from the first on, are settled
   * @return 0 if it is better to wait
   */
  static int size(List<PendingTurn> fresh, int settled, Trigger trigger, BatchRules rules) {
    int size = 0;
    int chars = 0;
    while (size < settled && size < rules.maxTurns()) {
      chars += fresh.get(size).chars();
      if (size > 0 && chars > rules.maxChars()) {
        break;
      }
      size++;
    }
    boolean full =
        size > 0 && (size < settled || size >= rules.maxTurns() || chars >= rules.maxChars());
    if (size == 0 || (!full && trigger == Trigger.FULL)) {
      return 0;
    }
    if (size == fresh.size() && trigger != Trigger.FULL) {
      return size;
    }
    for (int end = size; end > 0; end--) {
      if (end < fresh.size() && fresh.get(end).role() == Role.USER) {
        return end;
      }
    }
    return full || trigger == Trigger.AGE ? size : 0;
  }
}
