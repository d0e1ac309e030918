package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.scope.ScopeState;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of the partitions that this instance has, batch by batch. Every method throws {@link
 * ChatAccess.UnavailableException} while that cannot be said. Thread-safe.
 */
public final class BatchQueries {
  private final ChatAccess access;

  public BatchQueries(ChatAccess access) {
    this.access = access;
  }

  private record Place(BatchCursor cursor, ScopeState scope, LedgerEntry entry) {
    Batch batch() {
      return Batch.of(scope, entry);
    }
  }

  /**
   * Batches of a selection.
   *
   * @param after behind this place; null from the beginning on
   * @param limit most at a time
   */
  public BatchPage page(BatchSelection selection, @Nullable BatchCursor after, int limit) {
    return access.ask(
        held -> {
          List<Place> found =
              scopes(held)
                  .flatMap(
                      scope ->
                          scope.entries().stream()
                              .filter(selection::selects)
                              .map(entry -> new Place(BatchCursor.of(entry), scope, entry)))
                  .filter(place -> after == null || place.cursor().compareTo(after) > 0)
                  .sorted(Comparator.comparing(Place::cursor))
                  .limit(limit + 1L)
                  .toList();
          List<Place> page = found.subList(0, Math.min(limit, found.size()));
          String next = found.size() > limit ? page.get(page.size() - 1).cursor().toString() : null;
          return new BatchPage(page.stream().map(Place::batch).toList(), next);
        });
  }

  /** A batch; empty if there is none of that id. */
  public Optional<Batch> batch(String id) {
    return access.ask(
        held ->
            scopes(held)
                .flatMap(
                    scope ->
                        scope.batch(id).filter(BatchSelection::isBatch).stream()
                            .map(entry -> Batch.of(scope, entry)))
                .findFirst());
  }

  private static Stream<ScopeState> scopes(TurnConsumer.PartitionAccess held) {
    return held.partitions().stream().flatMap(partition -> partition.scopes().stream());
  }
}
