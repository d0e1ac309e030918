package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.writer.kafka.TurnLog;
import dev.tavernmem0.writer.kafka.WriterClients;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;

/**
 * The words of batches, read from the log on the caller's thread, by few callers at a time: the
 * writer keeps none. Throws {@link ChatAccess.UnavailableException} while that cannot be done.
 * Thread-safe.
 */
public final class WordQueries {
  private static final int MOST_AT_A_TIME = 4;

  private final ChatAccess access;
  private final WriterClients clients;
  private final Semaphore readers = new Semaphore(MOST_AT_A_TIME);

  public WordQueries(ChatAccess access, WriterClients clients) {
    this.access = access;
    this.clients = clients;
  }

  private record Place(int partition, LedgerEntry batch) {}

  /** What a batch was made of; empty if there is no batch of that id. */
  public Optional<BatchWords> ofBatch(String id) {
    Optional<Place> place =
        access.ask(
            held ->
                held.partitions().stream().flatMap(partition -> places(partition, id)).findFirst());
    return place.map(this::read);
  }

  private static Stream<Place> places(AssignedPartition partition, String id) {
    return partition.scopes().stream()
        .flatMap(scope -> scope.batch(id).stream())
        .filter(BatchSelection::isBatch)
        .map(batch -> new Place(partition.number(), batch));
  }

  private BatchWords read(Place place) {
    if (!readers.tryAcquire()) {
      throw new ChatAccess.UnavailableException("others are reading the log", null);
    }
    try (TurnLog log = new TurnLog(clients)) {
      return BatchWords.of(place.batch(), log.read(place.partition(), place.batch().turns()));
    } catch (KafkaException e) {
      throw new ChatAccess.UnavailableException("Kafka refuses it: " + e.getMessage(), e);
    } finally {
      readers.release();
    }
  }
}
