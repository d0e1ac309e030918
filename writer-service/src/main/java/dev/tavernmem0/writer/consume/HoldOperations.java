package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.scope.Effect;
import dev.tavernmem0.writer.scope.ScopeState;
import java.util.List;
import java.util.Optional;

/**
 * What operators decide about retractions that wait for them. Every method throws {@link
 * ChatAccess.UnavailableException} while that cannot be carried out. Thread-safe.
 */
public final class HoldOperations {
  private final ChatAccess access;

  public HoldOperations(ChatAccess access) {
    this.access = access;
  }

  private interface Decision {
    List<Effect> carryOut(ScopeState scope, String chatId);
  }

  /** Has the memories on hold deleted. Empty if there is no such hold; otherwise what it was. */
  public Optional<Hold> confirm(String holdId) {
    return access.ask(
        held ->
            decide(
                held,
                holdId,
                (scope, chatId) -> {
                  scope.confirmHold(chatId, held.now());
                  return List.of();
                }));
  }

  /** Keeps the memories on hold. Empty if there is no such hold; otherwise what it was. */
  public Optional<Hold> discard(String holdId) {
    return access.ask(
        held -> decide(held, holdId, (scope, chatId) -> scope.discardHold(chatId, held.now())));
  }

  private static Optional<Hold> decide(
      TurnConsumer.PartitionAccess held, String holdId, Decision decision) {
    for (AssignedPartition partition : held.partitions()) {
      for (ScopeState scope : partition.scopes()) {
        for (LedgerEntry entry : scope.heldBatches()) {
          if (entry.batchId().equals(holdId)) {
            String chatId = ScopeState.holdingChat(entry);
            Optional<Hold> hold =
                Hold.of(scope).stream().filter(one -> one.chatId().equals(chatId)).findFirst();
            held.apply(partition, scope, decision.carryOut(scope, chatId));
            return hold;
          }
        }
      }
    }
    return Optional.empty();
  }
}
