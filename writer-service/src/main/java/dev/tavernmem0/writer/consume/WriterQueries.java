package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.batch.ChatState;
import dev.tavernmem0.writer.batch.TurnFate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * What operators ask of the chats whose partitions this instance has. Answers wait for the
 * consumer's thread, for at most some seconds. Thread-safe.
 */
public final class WriterQueries {
  private static final long PATIENCE_SECONDS = 5;

  private final TurnConsumer consumer;

  public WriterQueries(TurnConsumer consumer) {
    this.consumer = consumer;
  }

  /** The consumer does not answer: it has no connection to Kafka, or is restoring the ledger. */
  public static final class UnavailableException extends RuntimeException {
    UnavailableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** All chats, by their ids. */
  public List<ChatSummary> chats() {
    return ask(
        access ->
            access.partitions().stream()
                .flatMap(partition -> partition.chats().stream())
                .map(ChatSummary::of)
                .sorted((a, b) -> a.chatId().compareTo(b.chatId()))
                .toList());
  }

  /** What became of the turns of a chat, in the order of the log; empty if it is not known. */
  public Optional<List<TurnFate>> turns(String chatId) {
    return ask(
        access ->
            access.partitions().stream()
                .map(partition -> partition.find(chatId))
                .filter(Objects::nonNull)
                .findFirst()
                .map(
                    chat ->
                        chat.fates().stream()
                            .sorted((a, b) -> Long.compare(a.offset(), b.offset()))
                            .toList()));
  }

  /** Chats whose retraction waits for an operator, longest waiting first. */
  public List<Hold> holds() {
    return ask(
        access ->
            access.partitions().stream()
                .flatMap(partition -> partition.chats().stream())
                .map(Hold::of)
                .filter(Objects::nonNull)
                .sorted((a, b) -> a.since().compareTo(b.since()))
                .toList());
  }

  /** Has the memories on hold deleted. Empty if there is no such hold; otherwise what it was. */
  public Optional<Hold> confirm(String holdId) {
    return decide(
        holdId,
        (access, place) -> {
          place.chat().confirmHold(access.now());
          access.apply(place.partition(), place.chat(), List.of());
        });
  }

  /** Keeps the memories on hold. Empty if there is no such hold; otherwise what it was. */
  public Optional<Hold> discard(String holdId) {
    return decide(
        holdId,
        (access, place) ->
            access.apply(place.partition(), place.chat(), place.chat().discardHold(access.now())));
  }

  private record Place(AssignedPartition partition, ChatState chat) {}

  private Optional<Hold> decide(
      String holdId, BiConsumer<TurnConsumer.PartitionAccess, Place> decision) {
    return ask(
        access -> {
          List<Place> places = new ArrayList<>();
          for (AssignedPartition partition : access.partitions()) {
            for (ChatState chat : partition.chats()) {
              if (Hold.names(holdId, chat)) {
                places.add(new Place(partition, chat));
              }
            }
          }
          if (places.isEmpty()) {
            return Optional.empty();
          }
          Optional<Hold> hold = Optional.ofNullable(Hold.of(places.get(0).chat()));
          decision.accept(access, places.get(0));
          return hold;
        });
  }

  private <T> T ask(Function<TurnConsumer.PartitionAccess, T> question) {
    try {
      return consumer.ask(question).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TurnConsumer.NotConnectedException notConnected) {
        throw new UnavailableException(String.valueOf(notConnected.getMessage()), notConnected);
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new UnavailableException("the writer is busy restoring its ledger", e);
    }
  }
}
