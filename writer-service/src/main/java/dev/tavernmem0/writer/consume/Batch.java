package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.common.ledger.Merge;
import dev.tavernmem0.writer.scope.ScopeState;
import dev.tavernmem0.writer.scope.TurnFate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch as the ledger has it.
 *
 * @param id its id; its memories have it in their metadata
 * @param userId mem0 user id of its memories
 * @param agentId mem0 agent id of its memories
 * @param chatId the chat that it was made of
 * @param chatFile that chat's file when it was made
 * @param groupMembers mem0 agent ids of the group's members; empty for solo chats
 * @param generation 0 if its turns were written the first time, one more for each time after that
 * @param fate what became of it
 * @param reason why it was held, retracted, refused, or is to be written again; null otherwise
 * @param attempts how many calls were made for it
 * @param since when it reached this state
 * @param turns what it holds, in the order of the chat; of a retracted batch what no other has
 * @param memoryIds the memories that it is told by, as mem0 returned them
 * @param merges what mem0 did to memories of earlier batches for it
 */
public record Batch(
    String id,
    String userId,
    String agentId,
    String chatId,
    String chatFile,
    List<String> groupMembers,
    int generation,
    Fate fate,
    @Nullable String reason,
    int attempts,
    Instant since,
    List<HeldTurn> turns,
    List<String> memoryIds,
    List<Merge> merges) {

  /**
   * A turn of a batch.
   *
   * @param turnId the turn
   * @param chatId its chat
   * @param gone no chat says any more what the batch has of it
   * @param fate what became of it by now, with other words perhaps
   * @param batchId the batch that it is in now; null if it is in none
   */
  public record HeldTurn(
      String turnId, String chatId, boolean gone, Fate fate, @Nullable String batchId) {}

  static Batch of(ScopeState scope, LedgerEntry entry) {
    return new Batch(
        entry.batchId(),
        entry.scope().userId(),
        entry.scope().agentId(),
        entry.chatId(),
        entry.chatFile(),
        entry.groupMembers(),
        entry.generation(),
        entry.fate(),
        entry.reason(),
        entry.attempts(),
        Instant.ofEpochMilli(entry.tsMs()),
        entry.turns().stream().map(turn -> turn(scope.fate(entry, turn), turn)).toList(),
        entry.memoryIds(),
        entry.merges());
  }

  private static HeldTurn turn(TurnFate now, LedgerTurn turn) {
    return new HeldTurn(turn.turnId(), now.chatId(), turn.gone(), now.fate(), now.batchId());
  }
}
