package dev.tavernmem0.writer.consume;

import dev.tavernmem0.service.task.SharedTask;
import dev.tavernmem0.service.task.TaskProgress;
import dev.tavernmem0.writer.kafka.PartitionReader;
import dev.tavernmem0.writer.kafka.WriterClients;
import dev.tavernmem0.writer.scope.ScopeState;
import dev.tavernmem0.writer.verify.Difference;
import dev.tavernmem0.writer.verify.LogComparison;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;

/**
 * Compares the log with the ledger, one comparison at a time and one partition after the other, so
 * that it takes the memory of one: on the caller's thread, or, for those who do not wait, on one of
 * its own. Throws {@link ChatAccess.UnavailableException} while that cannot be done. Thread-safe.
 */
public final class DifferenceQueries implements AutoCloseable {
  /** Of each kind a comparison that nobody waits for tells so many. */
  private static final int MOST_TOLD = 500;

  private final ChatAccess access;
  private final WriterClients clients;
  private final Semaphore one = new Semaphore(1);
  private final SharedTask<Differences> comparison;

  public DifferenceQueries(ChatAccess access, WriterClients clients, InstantSource clock) {
    this.access = access;
    this.clients = clients;
    this.comparison =
        new SharedTask<>(
            "the comparison of log and ledger",
            progress -> alone(() -> compareAll(MOST_TOLD, progress)),
            DifferenceQueries::reason,
            clock);
  }

  /** In words; of a fault of ours only the class, since its words can be a chat's. */
  private static String reason(RuntimeException e) {
    return e instanceof ChatAccess.UnavailableException
        ? String.valueOf(e.getMessage())
        : "a fault of the writer: " + e.getClass().getName();
  }

  /** Begins to compare all that this instance has, or joins that; returns at once. */
  public ComparisonStatus begin() {
    return ComparisonStatus.of(comparison.begin());
  }

  /** How the comparison that was begun last stands. */
  public ComparisonStatus status() {
    return ComparisonStatus.of(comparison.status());
  }

  @Override
  public void close() {
    comparison.close();
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
    return alone(() -> compareAll(most, new TaskProgress()));
  }

  /**
   * Compares once more, and takes back what the ledger has and the log has not, as if it were
   * deleted by now: what an operator has to decide waits for one.
   *
   * @param kinds {@link Difference.Kind#GONE}, {@link Difference.Kind#WRONG_SCOPE}, or both
   * @param chatIds only of these chats; of all if there are none
   */
  public TakenBack takeBack(Set<Difference.Kind> kinds, Set<String> chatIds) {
    return alone(
        () -> {
          Set<String> chats = new HashSet<>();
          int[] turns = {0};
          forEach(
              new TaskProgress(),
              begun -> {
                List<Difference> wrong =
                    begun.comparison().differences().stream()
                        .filter(difference -> kinds.contains(difference.kind()))
                        .filter(it -> chatIds.isEmpty() || chatIds.contains(it.chatId()))
                        .toList();
                List<Difference> taken = access.ask(held -> takeBack(held, begun, wrong));
                taken.forEach(difference -> chats.add(difference.chatId()));
                turns[0] += taken.size();
              });
          return new TakenBack(chats.size(), turns[0]);
        });
  }

  /**
   * What was taken back.
   *
   * @param chats of so many chats
   * @param turns so many turns; their memories are deleted after the answer
   */
  public record TakenBack(int chats, int turns) {}

  /** What was folded since the comparison may say otherwise, and counts. */
  private static List<Difference> takeBack(
      TurnConsumer.PartitionAccess held, Begun begun, List<Difference> wrong) {
    List<Difference> taken = new ArrayList<>();
    for (AssignedPartition partition : held.partitions()) {
      for (ScopeState scope : partition.scopes()) {
        for (Difference difference : wrong) {
          if (partition.number() == begun.partition() && difference.isOf(scope.scope())) {
            scope
                .takeBack(difference.chatId(), difference.turnId(), begun.end(), held.now())
                .ifPresent(
                    effects -> {
                      held.apply(partition, scope, effects);
                      taken.add(difference);
                    });
          }
        }
      }
    }
    return taken;
  }

  private Differences compareAll(int most, TaskProgress progress) {
    Map<Difference.Kind, Integer> counts = new EnumMap<>(Difference.Kind.class);
    List<Difference> told = new ArrayList<>();
    int[] chatsAndTurns = {0, 0};
    int partitions =
        forEach(
            progress,
            begun -> {
              chatsAndTurns[0] += begun.comparison().chats();
              chatsAndTurns[1] += begun.comparison().turns();
              for (Difference difference : begun.comparison().differences()) {
                if (counts.merge(difference.kind(), 1, Integer::sum) <= most) {
                  told.add(difference);
                }
              }
            });
    return new Differences(partitions, chatsAndTurns[0], chatsAndTurns[1], counts, told);
  }

  private <T> T alone(Supplier<T> question) {
    if (!one.tryAcquire()) {
      throw new ChatAccess.UnavailableException("another comparison is under way", null);
    }
    try {
      return question.get();
    } finally {
      one.release();
    }
  }

  /** Returns how many partitions there are. */
  private int forEach(TaskProgress progress, Consumer<Begun> compared) {
    List<Integer> partitions = access.ask(held -> held.numbers());
    progress.expect(
        access.ask(held -> partitions.stream().mapToLong(number -> read(held, number)).sum()));
    try (PartitionReader reader = new PartitionReader(clients)) {
      for (int number : partitions) {
        Begun begun = access.ask(held -> begun(held, number));
        long[] told = {0};
        reader.read(
            number,
            begun.end(),
            (offset, key, value) -> {
              begun.comparison().record(offset, key, value);
              progress.advance(offset + 1 - told[0]);
              told[0] = offset + 1;
            });
        progress.advance(begun.end() - told[0]);
        compared.accept(begun);
      }
    } catch (KafkaException e) {
      throw new ChatAccess.UnavailableException("Kafka refuses it: " + e.getMessage(), e);
    }
    return partitions.size();
  }

  /** How far a partition was read; 0 of one that another writer has by now. */
  private static long read(TurnConsumer.PartitionAccess held, int number) {
    return held.numbers().contains(number) ? held.position(number) : 0;
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
