package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.batch.ChatState;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What operators decide about retractions that wait for them. Every method throws {@link
 * ChatAccess.UnavailableException} while that cannot be carried out. Thread-safe.
 */
public final class HoldOperations {
  private final ChatAccess access;

  public HoldOperations(ChatAccess access) {
    this.access = access;
  }

  /** Has the memories on hold deleted. Empty if there is no such hold; otherwise what it was. */
  public Optional<Hold> confirm(String holdId) {
    return decide(
        holdId,
        (held, place) -> {
          place.chat().confirmHold(held.now());
          held.apply(place.partition(), place.chat(), List.of());
        });
  }

  /** Keeps the memories on hold. Empty if there is no such hold; otherwise what it was. */
  public Optional<Hold> discard(String holdId) {
    return decide(
        holdId,
        (held, place) ->
            held.apply(place.partition(), place.chat(), place.chat().discardHold(held.now())));
  }

  private record Place(AssignedPartition partition, ChatState chat) {}

  private Optional<Hold> decide(
      String holdId, BiConsumer<TurnConsumer.PartitionAccess, Place> decision) {
    return access.ask(
        held -> {
          Optional<Place> found =
              held.partitions().stream()
                  .flatMap(
                      partition ->
                          partition.chats().stream()
                              .filter(chat -> Hold.names(holdId, chat))
                              .map(chat -> new Place(partition, chat)))
                  .findFirst();
          Optional<Hold> hold = found.map(place -> Hold.of(place.chat()));
          found.ifPresent(place -> decision.accept(held, place));
          return hold;
        });
  }
}
