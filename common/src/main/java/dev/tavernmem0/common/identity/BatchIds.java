package dev.tavernmem0.common.identity;

import java.util.ArrayList;
import java.util.List;

/**
 * Ids of batches, made of what they hold: the same turns with the same words are the same batch,
 * whenever and on whichever machine it is put together.
 */
public final class BatchIds {
  private static final String TURN_PREFIX = "turn-";

  private BatchIds() {}

  /**
   * The id of a batch.
   *
   * @param scope where it is written; a chat that is moved to another character says the same there
   * @param generation how often its turns were written before
   * @param turnsAndWords turn id and utterance of each turn, in turn
   * @return 16 lower-case hex digits
   */
  public static String of(Scope scope, String chatId, int generation, List<String> turnsAndWords) {
    List<String> fields = new ArrayList<>(turnsAndWords.size() + 5);
    fields.addAll(
        List.of("batch", scope.userId(), scope.agentId(), chatId, Integer.toString(generation)));
    fields.addAll(turnsAndWords);
    return Digest.hex64(fields.toArray(String[]::new));
  }

  /** The id of the ledger entry of a turn that is in no batch itself. */
  public static String ofTurn(String turnId) {
    return TURN_PREFIX + turnId;
  }
}
