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
            progress -> alone(() -> compare(MOST_TOLD, progress)),
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
    return alone(() -> compare(most, new TaskProgress()));
  }

  /**
   * Compares once more, and takes back what the ledger has and the log has not, as if it were
   * deleted by now: what an operator has to decide waits for one.
   *
   * @param kinds {@link Difference.Kind#GONE}, for which an operator always has to decide, {@link
   *     Difference.Kind#WRONG_SCOPE}, or both
   * @param chatIds only of these chats; of all if there are none
   */
  public TakenBack takeBack(Set<Difference.Kind> kinds, Set<String> chatIds) {
    return alone(
        () -> {
          Set<String> chats = new HashSet<>();
          int turns = 0;
          for (Compared compared : compareAll(new TaskProgress())) {
            List<Difference> wrong =
                compared.differences().stream()
                    .filter(difference -> kinds.contains(difference.kind()))
                    .filter(it -> chatIds.isEmpty() || chatIds.contains(it.chatId()))
                    .toList();
            List<Difference> taken = access.ask(held -> takeBack(held, compared, wrong));
            taken.forEach(difference -> chats.add(difference.chatId()));
            turns += taken.size();
          }
          return new TakenBack(chats.size(), turns);
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
      TurnConsumer.PartitionAccess held, Compared compared, List<Difference> wrong) {
    List<Difference> taken = new ArrayList<>();
    for (AssignedPartition partition : held.partitions()) {
      for (ScopeState scope : partition.scopes()) {
        for (Difference difference : wrong) {
          if (partition.number() == compared.partition() && difference.isOf(scope.scope())) {
            scope
                .takeBack(
                    difference.chatId(),
                    difference.turnId(),
                    difference.kind() == Difference.Kind.WRONG_SCOPE,
                    compared.end(),
                    held.now())
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

  private Differences compare(int most, TaskProgress progress) {
    Map<Difference.Kind, Integer> counts = new EnumMap<>(Difference.Kind.class);
    List<Difference> told = new ArrayList<>();
    int chats = 0;
    int turns = 0;
    List<Compared> all = compareAll(progress);
    for (Compared compared : all) {
      chats += compared.chats();
      turns += compared.turns();
      for (Difference difference : compared.differences()) {
        if (counts.merge(difference.kind(), 1, Integer::sum) <= most) {
          told.add(difference);
        }
      }
    }
    return new Differences(all.size(), chats, turns, counts, told);
  }

  /**
   * What was found in a partition, without the turns themselves.
   *
   * @param end up to where the log was read
   */
  private record Compared(
      int partition, long end, int chats, int turns, List<Difference> differences) {

    private static Compared of(Begun begun) {
      LogComparison comparison = begun.comparison();
      return new Compared(
          begun.partition(),
          begun.end(),
          comparison.chats(),
          comparison.turns(),
          comparison.differences());
    }

    /** What the log has elsewhere is not gone, but under another character. */
    private Compared with(Set<String> elsewhere) {
      return new Compared(
          partition,
          end,
          chats,
          turns,
          differences.stream()
              .map(
                  it ->
                      it.kind() == Difference.Kind.GONE && elsewhere.contains(it.turnId())
                          ? it.inWrongScope()
                          : it)
              .toList());
    }
  }

  private List<Compared> compareAll(TaskProgress progress) {
    List<Compared> all = new ArrayList<>();
    forEach(progress, begun -> all.add(Compared.of(begun)));
    Set<String> gone = new HashSet<>();
    for (Compared compared : all) {
      compared.differences().stream()
          .filter(difference -> difference.kind() == Difference.Kind.GONE)
          .forEach(difference -> gone.add(difference.turnId()));
    }
    if (gone.isEmpty() || all.size() == 1) {
      return all;
    }
    // Another character's turns are mostly in another partition. To keep the ids of all would take
    // the memory of all partitions, so they are read once more, and only if something is gone.
    Set<String> elsewhere = new HashSet<>();
    forEach(progress, begun -> elsewhere.addAll(begun.comparison().has(gone)));
    return all.stream().map(compared -> compared.with(elsewhere)).toList();
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

  private void forEach(TaskProgress progress, Consumer<Begun> compared) {
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
