package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.writer.scope.Lane;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The calls that the writer makes, timed: {@code tavern.writer.mem0.calls} with tags {@code
 * operation} and {@code outcome} ({@code ok} or {@link Mem0Exception#kind()}). No more than so many
 * at a time, see {@link Places}. Look-ups by id have as many places of their own: they cost mem0 no
 * model, and while one waits for them another can write. Thread-safe.
 */
public final class Mem0Calls implements AutoCloseable {
  private static final String CALLS = "tavern.writer.mem0.calls";

  /** The meter of ids that mem0 returned and that do not exist. */
  public static final String PHANTOMS = "tavern.writer.mem0.phantoms";

  private final Mem0Client mem0;
  private final MeterRegistry meters;
  private final LongTaskTimer running;
  private final Places places;
  private final ExecutorService lookUps;

  /**
   * The calls.
   *
   * @param concurrency most at a time, and most look-ups by id beside them
   */
  public Mem0Calls(Mem0Client mem0, int concurrency, MeterRegistry meters) {
    this.mem0 = mem0;
    this.meters = meters;
    this.running =
        LongTaskTimer.builder("tavern.writer.mem0.calls.running")
            .description("Calls that mem0 has not answered yet; a long one may hang")
            .register(meters);
    this.places = new Places(concurrency);
    this.lookUps =
        Executors.newFixedThreadPool(concurrency, work -> new Thread(work, "writer-look-up"));
    Gauge.builder(
            "tavern.writer.mem0.utilisation", places, used -> (double) used.taken() / concurrency)
        .description("Which part of the calls that are allowed at a time is under way")
        .register(meters);
  }

  /**
   * As a task of a lane makes them.
   *
   * @param kept takes the place that an earlier task has kept for it; false if there is none
   * @param paused whether no call is to be begun
   */
  LaneCalls of(Lane lane, BooleanSupplier kept, BooleanSupplier paused) {
    return new LaneCalls(this, places, mem0, lane, kept, paused);
  }

  /** How long an add took on average since the start; empty if there was none. */
  public Optional<Duration> meanAdd() {
    Timer adds = meters.timer(CALLS, "operation", "add", "outcome", "ok");
    return adds.count() == 0
        ? Optional.empty()
        : Optional.of(Duration.ofMillis((long) adds.mean(TimeUnit.MILLISECONDS)));
  }

  /** mem0 returned ids of so many memories that do not exist. */
  void phantoms(int count) {
    meters.counter(PHANTOMS).increment(count);
  }

  /** A place that was kept is not needed. */
  void giveBack() {
    places.give();
  }

  /** Those of the memories that exist, by their ids; they are looked up side by side. */
  Map<String, Memory> lookUp(List<String> ids) {
    List<Future<Optional<Memory>>> answers = new ArrayList<>(ids.size());
    for (String id : ids) {
      answers.add(lookUps.submit(() -> measured("get", () -> mem0.get(id))));
    }
    Map<String, Memory> found = new LinkedHashMap<>();
    try {
      for (int i = 0; i < ids.size(); i++) {
        String id = ids.get(i);
        answers.get(i).get().ifPresent(memory -> found.put(id, memory));
      }
      return found;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failed
          ? failed
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    } finally {
      answers.forEach(answer -> answer.cancel(true));
    }
  }

  /** Makes a call, which has to have its place. */
  <T> T measured(String operation, Supplier<T> call) {
    Timer.Sample sample = Timer.start(meters);
    LongTaskTimer.Sample unanswered = running.start();
    String outcome = "error";
    try {
      T result = call.get();
      outcome = "ok";
      return result;
    } catch (Mem0Exception e) {
      outcome = e.kind();
      throw e;
    } finally {
      unanswered.stop();
      sample.stop(meters.timer(CALLS, "operation", operation, "outcome", outcome));
    }
  }

  @Override
  public void close() {
    lookUps.shutdownNow();
  }
}
