package dev.tavernmem0.common.identity;

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
   * @param generation how often its turns were written before
   * @param turnsAndWords turn id and utterance of each turn, in turn
   * @return 16 lower-case hex digits
   */
  public static String of(String chatId, int generation, List<String> turnsAndWords) {
    String[] fields = new String[turnsAndWords.size() + 3];
    fields[0] = "batch";
    fields[1] = chatId;
    fields[2] = Integer.toString(generation);
    for (int i = 0; i < turnsAndWords.size(); i++) {
      fields[i + 3] = turnsAndWords.get(i);
    }
    return Digest.hex64(fields);
  }

  /** The id of the ledger entry of a turn that is in no batch itself. */
  public static String ofTurn(String turnId) {
    return TURN_PREFIX + turnId;
  }
}
