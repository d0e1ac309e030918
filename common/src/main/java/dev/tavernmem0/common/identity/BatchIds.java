package dev.tavernmem0.common.identity;

import java.util.List;

/**
 * Ids of batches, made of what they hold: the same turns in the same versions are the same batch,
 * whenever and on whichever machine it is put together.
 */
public final class BatchIds {
  private static final String SKIPPED_PREFIX = "skipped-";

  private BatchIds() {}

  /**
   * The id of a batch.
   *
   * @param generation how often its turns were written before
   * @param turnsAndHashes turn id and hash of each turn, in turn
   * @return 16 lower-case hex digits
   */
  public static String of(String chatId, int generation, List<String> turnsAndHashes) {
    String[] fields = new String[turnsAndHashes.size() + 3];
    fields[0] = "batch";
    fields[1] = chatId;
    fields[2] = Integer.toString(generation);
    for (int i = 0; i < turnsAndHashes.size(); i++) {
      fields[i + 3] = turnsAndHashes.get(i);
    }
    return Digest.hex64(fields);
  }

  /** The id of the ledger entry of a turn that is not written. */
  public static String ofSkipped(String turnId) {
    return SKIPPED_PREFIX + turnId;
  }
}
