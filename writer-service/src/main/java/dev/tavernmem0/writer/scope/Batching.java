package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.event.Role;
import java.util.List;

/** Where to cut a batch off the waiting turns of a chat. */
final class Batching {
  /** What asks for a batch. */
  enum Trigger {
    /** Nothing: only a full batch is cut. */
    FULL,
    /** The chat is idle, or was left: what is there is all there will be for now. */
    IDLE,
    /** The oldest turn has waited long enough, come what may. */
    AGE
  }

  private Batching() {}

  /**
   * How many of the waiting turns make the next batch.
   *
   * <p>The batch ends before a user's turn wherever possible, so that the next one does not start
   * amid an exchange; only an exchange longer than a batch is cut in two.
   *
   * @param waiting turns in the order of the chat
   * @param settled how many of them, from the first on, are settled
   * @param mostTurns of a batch
   * @param mostTokens of a batch; one longer turn makes a batch of its own
   * @return 0 if it is better to wait
   */
  static int size(
      List<SaidTurn> waiting, int settled, Trigger trigger, int mostTurns, int mostTokens) {
    int size = 0;
    long tokens = 0;
    while (size < settled && size < mostTurns) {
      tokens += waiting.get(size).tokens();
      if (size > 0 && tokens > mostTokens) {
        break;
      }
      size++;
    }
    boolean full = size > 0 && (size < settled || size >= mostTurns || tokens >= mostTokens);
    if (size == 0 || (!full && trigger == Trigger.FULL)) {
      return 0;
    }
    if (size == waiting.size() && trigger != Trigger.FULL) {
      return size;
    }
    for (int end = size; end > 0; end--) {
      if (end < waiting.size() && waiting.get(end).role() == Role.USER) {
        return end;
      }
    }
    return full || trigger == Trigger.AGE ? size : 0;
  }
}
