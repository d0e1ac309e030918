package dev.tavernmem0.writer.consume;

import dev.tavernmem0.writer.forget.Forget;
import dev.tavernmem0.writer.forget.ForgetRecords;
import dev.tavernmem0.writer.forget.ForgetSelection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has things forgotten on a user's word, by all writers of the group, and tells of it. Throws
 * {@link ChatAccess.UnavailableException} while that cannot be carried out. Thread-safe.
 */
public final class ForgetOperation {
  private static final Logger LOG = LoggerFactory.getLogger(ForgetOperation.class);

  /** How many are remembered after they are done. */
  private static final int KEPT = 50;

  private static final Duration DRY_RUN_PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final String LATE = "Kafka has not taken it yet, and may still do so";

  private final TurnConsumer consumer;
  private final InstantSource clock;

  public ForgetOperation(TurnConsumer consumer, InstantSource clock) {
    this.consumer = consumer;
    this.clock = clock;
  }

  /**
   * Begins to forget.
   *
   * @param copies also the turns of other chats that say the same
   */
  public ForgetStatus start(ForgetSelection selection, boolean copies) {
    Forget forget = forget(selection, copies, false);
    ask(forget);
    return status(forget);
  }

  /**
   * Counts what would be forgotten; waits for the writers of all partitions, for at most a minute.
   * Nothing of it is remembered.
   */
  public ForgetStatus dryRun(ForgetSelection selection, boolean copies) {
    Forget forget = forget(selection, copies, true);
    try {
      ask(forget);
      ForgetStatus status = status(forget);
      long giveUpAt = System.nanoTime() + DRY_RUN_PATIENCE.toNanos();
      while (status.state() != ForgetState.COMPLETED) {
        if (System.nanoTime() > giveUpAt) {
          throw new ChatAccess.UnavailableException(
              status.selectedPartitions()
                  + " of "
                  + status.partitions()
                  + " partitions were counted in a minute; the others have no writer that is"
                  + " running, or are still read",
              null);
        }
        Thread.sleep(LOOK_EVERY.toMillis());
        status = status(forget);
      }
      return status;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChatAccess.UnavailableException("interrupted", e);
    } finally {
      noMore(forget.id());
    }
  }

  /** If that cannot be done now, the next one does it. */
  private void noMore(String id) {
    try {
      var unused = watch().remove(id);
    } catch (ChatAccess.UnavailableException | KafkaException e) {
      LOG.debug("a dry run is not removed yet", e);
    }
  }

  private Forget forget(ForgetSelection selection, boolean copies, boolean dryRun) {
    String id = UUID.randomUUID().toString().substring(0, 8);
    try {
      return new Forget(
          Forget.VERSION, id, selection, copies, dryRun, watch().ends(), clock.millis());
    } catch (KafkaException e) {
      throw new ChatAccess.UnavailableException("Kafka refuses it: " + e.getMessage(), e);
    }
  }

  private void ask(Forget forget) {
    ForgetWatch watch = watch();
    ForgetRecords known = known();
    int partitions = watch.partitions();
    List<String> done =
        known.lastFirst().stream()
            .filter(other -> !other.dryRun())
            .filter(
                other -> ForgetStatus.of(other, known, partitions).state() == ForgetState.COMPLETED)
            .map(Forget::id)
            .skip(KEPT)
            .toList();
    CompletableFuture<Void> asked = watch.ask(forget, known, done);
    long old = forget.createdMs() - 2 * DRY_RUN_PATIENCE.toMillis();
    known.lastFirst().stream()
        .filter(other -> other.dryRun() && other.createdMs() < old)
        .forEach(other -> noMore(other.id()));
    ChatAccess.await(asked, LATE);
  }

  /** All that are remembered, the last asked for first. */
  public List<ForgetStatus> list() {
    ForgetRecords known = known();
    int partitions = watch().partitions();
    return known.lastFirst().stream()
        .filter(forget -> !forget.dryRun())
        .map(forget -> ForgetStatus.of(forget, known, partitions))
        .toList();
  }

  /** One of them; empty if there is none of that id. */
  public Optional<ForgetStatus> find(String id) {
    ForgetRecords known = known();
    return known.find(id).map(forget -> ForgetStatus.of(forget, known, watch().partitions()));
  }

  private ForgetStatus status(Forget forget) {
    return ForgetStatus.of(forget, known(), watch().partitions());
  }

  private ForgetRecords known() {
    try {
      return watch().now();
    } catch (KafkaException e) {
      throw new ChatAccess.UnavailableException("Kafka refuses it: " + e.getMessage(), e);
    }
  }

  private ForgetWatch watch() {
    try {
      return consumer.forgets();
    } catch (TurnConsumer.NotConnectedException e) {
      throw new ChatAccess.UnavailableException(String.valueOf(e.getMessage()), e);
    }
  }
}
