package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The mem0, the Kafka and the target that others run. The services bear it if they are away, so
 * this only watches for them and tells; what it may end {@code run} for is that something else
 * answers in their place. Once a part has come, it is the services' affair. Thread-safe.
 */
final class ExternalParts {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final List<Arrival> serving;
  private final List<Arrival> targets;
  private final AtomicReference<@Nullable UserErrorException> wrong = new AtomicReference<>();

  /**
   * @param serving what memories need
   * @param targets what they do not need
   */
  ExternalParts(List<Arrival> serving, List<Arrival> targets) {
    this.serving = List.copyOf(serving);
    this.targets = List.copyOf(targets);
  }

  /** Those that these options name. */
  static ExternalParts of(RunOptions options, Progress progress) {
    return new ExternalParts(
        arrivals(Stream.of(ExternalMem0.of(options), ExternalKafka.of(options)), progress),
        arrivals(Stream.of(ExternalMem0.targetOf(options)), progress));
  }

  private static List<Arrival> arrivals(
      Stream<? extends @Nullable ExternalPart> parts, Progress progress) {
    return parts
        .filter(Objects::nonNull)
        .map(part -> new Arrival(part, progress, FIRST_PAUSE))
        .toList();
  }

  private Stream<Arrival> all() {
    return Stream.concat(serving.stream(), targets.stream());
  }

  /**
   * Looks for the first time at each that memories need. A target is looked at beside everything
   * else: nothing waits for it.
   *
   * @throws UserErrorException if one is something else
   */
  void begin() {
    serving.forEach(Arrival::begin);
  }

  /**
   * Waits for what is missing, in threads of their own.
   *
   * @param stopping ends it
   * @param giveUp called when one turns out to be something else, which {@link #requireRight} tells
   */
  void awaitMissing(CountDownLatch stopping, Runnable giveUp) {
    for (Arrival arrival : all().toList()) {
      if (!arrival.isHere()) {
        Thread waiting = new Thread(() -> await(arrival, stopping, giveUp), "external-part");
        // A look takes seconds, and a stop does not wait for it.
        waiting.setDaemon(true);
        waiting.start();
      }
    }
  }

  private void await(Arrival arrival, CountDownLatch stopping, Runnable giveUp) {
    try {
      if (targets.contains(arrival)) {
        arrival.begin();
      }
      arrival.await(stopping);
    } catch (UserErrorException e) {
      // What is found while everything stops is no reason for the stop.
      if (stopping.getCount() > 0) {
        wrong.compareAndSet(null, e);
        giveUp.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether everything is there that memories need. */
  boolean allHere() {
    return serving.stream().allMatch(Arrival::isHere);
  }

  boolean targetsHere() {
    return targets.stream().allMatch(Arrival::isHere);
  }

  /**
   * Tells why it was given up, if it was.
   *
   * @throws UserErrorException which says what answers in place of a part
   */
  void requireRight() {
    UserErrorException found = wrong.get();
    if (found != null) {
      throw found;
    }
  }
}
