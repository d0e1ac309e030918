package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.kafka.PartitionReader;
import dev.tavernmem0.writer.kafka.WriterClients;
import dev.tavernmem0.writer.verify.Difference;
import dev.tavernmem0.writer.verify.LogComparison;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.apache.kafka.common.KafkaException;

/**
 * Compares the log with the ledger, on the caller's thread, one comparison at a time and one
 * partition after the other, so that it takes the memory of one. Throws {@link
 * ChatAccess.UnavailableException} while that cannot be done. Thread-safe.
 */
public final class DifferenceQueries {
  private final ChatAccess access;
  private final WriterClients clients;
  private final Semaphore one = new Semaphore(1);

  public DifferenceQueries(ChatAccess access, WriterClients clients) {
    this.access = access;
    this.clients = clients;
  }

  /** A partition whose log is to be read to where it was folded. */
  private record Begun(int partition, long end, LogComparison comparison) {}

  /**
   * Compares all that this instance has. Refuses while another comparison is under way, so that
   * those who ask do not wait in a row.
   *
   * @param most of each kind are told
   */
  public Differences compare(int most) {
    if (!one.tryAcquire()) {
      throw new ChatAccess.UnavailableException("another comparison is under way", null);
    }
    try {
      return compareAll(most);
    } finally {
      one.release();
    }
  }

  private Differences compareAll(int most) {
    Map<Difference.Kind, Integer> counts = new EnumMap<>(Difference.Kind.class);
    List<Difference> told = new ArrayList<>();
    int chats = 0;
    int turns = 0;
    List<Integer> partitions = access.ask(held -> held.numbers());
    try (PartitionReader reader = new PartitionReader(clients)) {
      for (int number : partitions) {
        Begun begun = access.ask(held -> begun(held, number));
        reader.read(number, begun.end(), begun.comparison());
        chats += begun.comparison().chats();
        turns += begun.comparison().turns();
        for (Difference difference : begun.comparison().differences()) {
          if (counts.merge(difference.kind(), 1, Integer::sum) <= most) {
            told.add(difference);
          }
        }
      }
    } catch (KafkaException e) {
      throw new ChatAccess.UnavailableException("Kafka refuses it: " + e.getMessage(), e);
    }
    return new Differences(partitions.size(), chats, turns, counts, told);
  }

  private static Begun begun(TurnConsumer.PartitionAccess held, int number) {
    return held.partitions().stream()
        .filter(partition -> partition.number() == number)
        .filter(AssignedPartition::everCaughtUp)
        .map(
            partition ->
                new Begun(number, held.position(number), LogComparison.with(partition.scopes())))
        .findFirst()
        .orElseThrow(
            () ->
                new ChatAccess.UnavailableException(
                    "partition " + number + " is still read, or another writer has it now", null));
  }
}
