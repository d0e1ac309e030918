package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.batch.TurnFate;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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
                .flatMap(partition -> partition.chats().stream())
                .map(ChatSummary::of)
                .sorted(Comparator.comparing(ChatSummary::chatId))
                .toList());
  }

  /** What became of the turns of a chat, in the order of the log; empty if it is not known. */
  public Optional<List<TurnFate>> turns(String chatId) {
    return access.ask(
        held ->
            held.partitions().stream()
                .map(partition -> partition.find(chatId))
                .filter(Objects::nonNull)
                .findFirst()
                .map(
                    chat ->
                        chat.fates().stream()
                            .sorted(Comparator.comparingLong(TurnFate::offset))
                            .toList()));
  }

  /** Chats whose retraction waits for an operator, longest waiting first. */
  public List<Hold> holds() {
    return access.ask(
        held ->
            held.partitions().stream()
                .flatMap(partition -> partition.chats().stream())
                .map(Hold::of)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(Hold::since))
                .toList());
  }
}
