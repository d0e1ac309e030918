package dev.tavernmem0.common.ledger;

import dev.tavernmem0.common.identity.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The latest state of one batch; value of topic {@code tavern.memory.ledger}, which is compacted.
 * Written twice per batch: as {@link Fate#PENDING} before mem0 is called (the intent) and with its
 * outcome after it. A turn that is in no batch itself, being skipped or saying what another turn
 * said already ({@link Fate#SAID}), is an entry of its own, with a batch id made of the turn's. Of
 * several entries that name a turn, the one with the highest offset is the turn as it is now.
 *
 * <p>A {@link Fate#RETRACTED} entry names its turns as they are now: those that are not gone are to
 * be written again, in a later batch of the next generation.
 *
 * @param version of this format, {@link #VERSION}
 * @param batchId identifies the batch; also in the memories' metadata
 * @param generation 0 for turns written the first time, one more for each time they are rewritten
 * @param chatId the chat that it was made of
 * @param chatFile file name of the chat when the batch was made; the chat's id where that is not
 *     known
 * @param scope the mem0 ids that the memories are under; decides the partition
 * @param groupMembers mem0 agent ids of the group's members; empty for solo chats
 * @param fate what became of it
 * @param reason why it was skipped, held, retracted, refused, or is to be written again; null
 *     otherwise
 * @param turns the turns it holds, in the order of the chat
 * @param memoryIds ids of the memories that hold it, as mem0 returned them
 * @param merges what mem0 did to memories of earlier batches for it; those that it updated are in
 *     {@code memoryIds} too
 * @param attempts how many calls were made
 * @param tsMs when this state was reached, milliseconds since the epoch
 */
public record LedgerEntry(
    int version,
    String batchId,
    int generation,
    String chatId,
    String chatFile,
    Scope scope,
    List<String> groupMembers,
    Fate fate,
    @Nullable String reason,
    List<LedgerTurn> turns,
    List<String> memoryIds,
    List<Merge> merges,
    int attempts,
    long tsMs) {

  /**
   * Reason of a written batch that mem0 gave no answer about: what was found of it may be a part.
   * It is taken back and written again.
   */
  public static final String IN_DOUBT = "in doubt";

  /** Entries of other versions are not understood: the first one held the turns of one chat. */
  public static final int VERSION = 2;

  public LedgerEntry {
    chatFile = chatFile == null ? chatId : chatFile;
    groupMembers = groupMembers == null ? List.of() : List.copyOf(groupMembers);
    turns = turns == null ? List.of() : List.copyOf(turns);
    memoryIds = memoryIds == null ? List.of() : List.copyOf(memoryIds);
    merges = merges == null ? List.of() : List.copyOf(merges);
  }

  /** An entry of this version, of a batch that mem0 merged nothing for. */
  public LedgerEntry(
      String batchId,
      int generation,
      String chatId,
      String chatFile,
      Scope scope,
      List<String> groupMembers,
      Fate fate,
      @Nullable String reason,
      List<LedgerTurn> turns,
      List<String> memoryIds,
      int attempts,
      long tsMs) {
    this(
        VERSION,
        batchId,
        generation,
        chatId,
        chatFile,
        scope,
        groupMembers,
        fate,
        reason,
        turns,
        memoryIds,
        List.of(),
        attempts,
        tsMs);
  }

  /** The same batch in another state. */
  public LedgerEntry become(
      Fate newFate, @Nullable String newReason, List<LedgerTurn> newTurns, long nowMs) {
    return new LedgerEntry(
        VERSION,
        batchId,
        generation,
        chatId,
        chatFile,
        scope,
        groupMembers,
        newFate,
        newReason,
        newTurns,
        memoryIds,
        merges,
        attempts,
        nowMs);
  }

  /** The same batch with what mem0 made of it. */
  public LedgerEntry outcome(
      Fate newFate, @Nullable String newReason, List<String> newMemoryIds, int calls, long nowMs) {
    return new LedgerEntry(
        batchId,
        generation,
        chatId,
        chatFile,
        scope,
        groupMembers,
        newFate,
        newReason,
        turns,
        newMemoryIds,
        calls,
        nowMs);
  }

  /** The same batch with these of its memories, and what was merged for it. */
  public LedgerEntry holding(List<String> newMemoryIds, List<Merge> newMerges) {
    return new LedgerEntry(
        VERSION,
        batchId,
        generation,
        chatId,
        chatFile,
        scope,
        groupMembers,
        fate,
        reason,
        turns,
        newMemoryIds,
        newMerges,
        attempts,
        tsMs);
  }

  /** Whether it may be stored in part only. */
  public boolean inDoubt() {
    return fate == Fate.WRITTEN && IN_DOUBT.equals(reason);
  }

  /** The record's key: compaction keeps the latest state of each batch. */
  public String key() {
    return scope.userId() + "/" + scope.agentId() + "/" + batchId;
  }

  /** The chat of a turn of it. */
  public String chatOf(LedgerTurn turn) {
    String chat = turn.chatId();
    return chat == null ? chatId : chat;
  }
}
