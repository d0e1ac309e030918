package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.writer.scope.TurnFate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What operators want to know of the chats whose partitions this instance has. Every method throws
 * {@link ChatAccess.UnavailableException} while that cannot be said. Thread-safe.
 */
public final class ChatQueries {
  private final ChatAccess access;

  public ChatQueries(ChatAccess access) {
    this.access = access;
  }

  /** All chats, by their ids. */
  public List<ChatSummary> chats() {
    return access.ask(
        held ->
            held.partitions().stream()
                .flatMap(partition -> partition.scopes().stream())
                .flatMap(scope -> ChatSummary.of(scope).stream())
                .sorted(Comparator.comparing(ChatSummary::chatId))
                .toList());
  }

  /** What became of the turns of a chat, in the order of the log; empty if it is not known. */
  public Optional<List<TurnFate>> turns(String chatId) {
    return access.ask(
        held ->
            held.partitions().stream()
                .flatMap(partition -> partition.ofChat(chatId).stream())
                .map(
                    scope ->
                        scope.fates().stream()
                            .filter(fate -> fate.chatId().equals(chatId))
                            .sorted(Comparator.comparingLong(TurnFate::offset))
                            .toList())
                .reduce((one, other) -> Stream.concat(one.stream(), other.stream()).toList()));
  }

  /** Batches that were given up, the last ones first. */
  public List<DeadBatch> dead() {
    return access.ask(
        held ->
            held.partitions().stream()
                .flatMap(partition -> partition.scopes().stream())
                .filter(scope -> scope.turns(Fate.DEAD) > 0)
                .flatMap(scope -> scope.entries().stream())
                .filter(entry -> entry.fate() == Fate.DEAD)
                .map(DeadBatch::of)
                .sorted(Comparator.comparing(DeadBatch::since).reversed())
                .toList());
  }

  /** Chats whose retraction waits for an operator, longest waiting first. */
  public List<Hold> holds() {
    return access.ask(
        held ->
            held.partitions().stream()
                .flatMap(partition -> partition.scopes().stream())
                .flatMap(scope -> Hold.of(scope).stream())
                .sorted(Comparator.comparing(Hold::since))
                .toList());
  }
}
