package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.mem0.Mem0Exception;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.core.functions.Either;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats attempts until they succeed or fail for good. Two breakers stand in front of mem0: one
 * opens when most calls fail, so that mem0 gets a rest; the other at the first refusal of the key,
 * because then every call is refused. While one is open nothing new is to be begun. Thread-safe.
 */
public final class Mem0Guard {
  private static final Logger LOG = LoggerFactory.getLogger(Mem0Guard.class);

  private final GuardOptions options;
  private final CircuitBreaker breaker;
  private final CircuitBreaker authBreaker;
  private final Retry retry;
  private final AtomicReference<@Nullable String> lastError = new AtomicReference<>();
  private final Refusals refusals = new Refusals();
  private final Empties empties;
  private final AtomicLong lastProbe = new AtomicLong(System.nanoTime());

  /** Why nothing new is begun. */
  public enum Blocked {
    /** mem0, or the model provider behind it, refuses the credentials. */
    AUTH,
    /** mem0 fails most calls. */
    UNAVAILABLE,
    /**
     * mem0, or the model provider behind it, refuses whatever it is given, or makes nothing of it.
     */
    PROVIDER
  }

  public Mem0Guard(GuardOptions options, CircuitBreakerRegistry breakers, RetryRegistry retries) {
    this.options = options;
    this.empties = new Empties(options.mostEmpty());
    this.breaker =
        breakers.circuitBreaker(
            "mem0",
            CircuitBreakerConfig.custom()
                .slidingWindow(10, 5, SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(60)
                .waitDurationInOpenState(options.breakerWait())
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .permittedNumberOfCallsInHalfOpenState(1)
                .recordException(Mem0Guard::saysMem0IsDown)
                .ignoreException(failure -> !saysMem0IsDown(failure))
                .build());
    this.authBreaker =
        breakers.circuitBreaker(
            "mem0-auth",
            CircuitBreakerConfig.custom()
                .slidingWindow(1, 1, SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(100)
                .waitDurationInOpenState(options.authRetry())
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .permittedNumberOfCallsInHalfOpenState(1)
                .recordException(Mem0Exception.Auth.class::isInstance)
                .ignoreException(failure -> !(failure instanceof Mem0Exception.Auth))
                .build());
    IntervalFunction backoff =
        IntervalFunction.ofExponentialRandomBackoff(
            options.initialBackoff(), 2.0, 0.5, options.maxBackoff());
    IntervalFunction refused = IntervalFunction.ofRandomized(options.breakerWait(), 0.5);
    this.retry =
        retries.retry(
            "mem0",
            RetryConfig.<Object>custom()
                .maxAttempts(Integer.MAX_VALUE)
                .retryOnException(Mem0Guard::worthAnotherAttempt)
                .intervalBiFunction((attempt, result) -> wait(backoff, refused, attempt, result))
                .build());
    retry.getEventPublisher().onRetry(event -> note(event.getLastThrowable()));
    // Before a breaker opens of it, which is told with the reason.
    breaker.getEventPublisher().onError(event -> keep(event.getThrowable()));
    authBreaker.getEventPublisher().onError(event -> keep(event.getThrowable()));
    authBreaker
        .getEventPublisher()
        .onStateTransition(
            event ->
                LOG.warn("mem0 credentials: {}; {}", event.getStateTransition(), lastError.get()));
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> LOG.warn("mem0: {}; {}", event.getStateTransition(), lastError.get()));
  }

  private static boolean saysMem0IsDown(Throwable failure) {
    return failure instanceof Mem0Exception.Transient || failure instanceof Mem0Exception.Ambiguous;
  }

  /**
   * Everything but an end that was asked for: tasks themselves settle what mem0 refuses for good,
   * so whatever else goes wrong, a fault of ours included, keeps its own chat waiting and no other.
   */
  private static boolean worthAnotherAttempt(Throwable failure) {
    return failure instanceof Exception && !(failure instanceof CancellationException);
  }

  private long wait(
      IntervalFunction backoff,
      IntervalFunction refusedWait,
      int attempt,
      Either<Throwable, Object> result) {
    Throwable failure = result.isLeft() ? result.getLeft() : null;
    if (failure instanceof RetryLaterException.Paused) {
      return options.initialBackoff().toMillis();
    }
    long usual = backoff.apply(attempt);
    if (failure instanceof RetryLaterException.InDoubt) {
      return options.inDoubtRetry().toMillis();
    }
    if (failure instanceof RetryLaterException.ScopeBusy) {
      return options.initialBackoff().toMillis();
    }
    if (failure instanceof Mem0Exception.Auth) {
      return options.authRetry().toMillis();
    }
    if (failure instanceof CallNotPermittedException refused) {
      boolean auth = refused.getCausingCircuitBreakerName().equals(authBreaker.getName());
      // In step with the breaker, a task that always fails could take each of its trial calls.
      return auth ? options.authRetry().toMillis() : refusedWait.apply(attempt);
    }
    return usual;
  }

  private void keep(@Nullable Throwable failure) {
    if (failure instanceof Mem0Exception) {
      lastError.set(failure.getMessage());
    }
  }

  private void note(@Nullable Throwable failure) {
    keep(failure);
    boolean expected =
        failure instanceof Mem0Exception
            || failure instanceof KafkaException
            || failure instanceof RetryLaterException
            || failure instanceof CallNotPermittedException;
    if (failure instanceof Mem0Exception.Permanent) {
      LOG.warn("will try again, though it looks hopeless: {}", failure.getMessage());
    } else if (failure != null && !expected) {
      // Its message may quote a chat.
      String type = failure.getClass().getName();
      lastError.set(told(failure));
      LOG.error("a fault of the writer keeps a chat waiting: {}{}", type, origin(failure));
    }
    LOG.debug("will try again", failure);
  }

  /** What may be said of a failure: that of others may quote a chat. */
  static @Nullable String told(Throwable failure) {
    boolean quotesNothing =
        failure instanceof Mem0Exception || failure instanceof CallNotPermittedException;
    return quotesNothing
        ? failure.getMessage()
        : "a fault of the writer: " + failure.getClass().getName();
  }

  private static String origin(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    return trace.length == 0 ? "" : " at " + trace[0];
  }

  /**
   * Makes attempts until one succeeds. Between attempts no thread waits.
   *
   * @param pool carries the attempts out
   * @param timer starts the next one
   * @return fails with what no further attempt can mend
   */
  <T> CompletionStage<T> run(Executor pool, ScheduledExecutorService timer, Supplier<T> attempt) {
    Supplier<T> guarded = guarded(attempt);
    return retry
        .executeCompletionStage(timer, () -> CompletableFuture.supplyAsync(guarded, pool))
        .thenApply(
            result -> {
              lastError.set(null);
              return result;
            });
  }

  /**
   * Makes one attempt, which counts for the breakers as those of {@link #run} do.
   *
   * @return fails with what it fails with
   */
  <T> CompletionStage<T> runOnce(Executor pool, Supplier<T> attempt) {
    return CompletableFuture.supplyAsync(guarded(attempt), pool)
        .whenComplete(
            (result, failure) -> {
              if (failure == null) {
                lastError.set(null);
              } else if (failure instanceof CompletionException wrapped
                  && !(wrapped.getCause() instanceof LaneCalls.PutOffException)
                  && !(wrapped.getCause() instanceof CancellationException)) {
                note(wrapped.getCause());
              }
            });
  }

  private <T> Supplier<T> guarded(Supplier<T> attempt) {
    return CircuitBreaker.decorateSupplier(
        authBreaker, CircuitBreaker.decorateSupplier(breaker, attempt));
  }

  /** Why nothing new is to be begun; null if nothing stands in the way. */
  public @Nullable Blocked blocked() {
    if (authBreaker.getState() == CircuitBreaker.State.OPEN
        || authBreaker.getState() == CircuitBreaker.State.HALF_OPEN) {
      return Blocked.AUTH;
    }
    if (breaker.getState() == CircuitBreaker.State.OPEN) {
      return Blocked.UNAVAILABLE;
    }
    return refusals.areTheProviders() || empties.areTheProviders() ? Blocked.PROVIDER : null;
  }

  /**
   * Whether it is time to begin something although {@link #blocked} says otherwise. A task under
   * way sees by its own next attempt whether the key is taken now; without any, one has to be begun
   * for that. Of a provider that refuses everything none under way can tell: what it refuses is
   * under way no more, and what fails otherwise may do so for ever.
   *
   * @param inFlight how many tasks are under way
   */
  public boolean wantsProbe(int inFlight) {
    return (authBreaker.getState() == CircuitBreaker.State.HALF_OPEN && inFlight == 0)
        || (blocked() == Blocked.PROVIDER
            && System.nanoTime() - lastProbe.get() >= options.authRetry().toNanos());
  }

  /** Something was begun for that. */
  public void probed() {
    lastProbe.set(System.nanoTime());
  }

  Refusals refusals() {
    return refusals;
  }

  Empties empties() {
    return empties;
  }

  /**
   * Batches that hold nothing by the provider's fault, which is mended now; each is told once.
   *
   * @return by scope, their ids
   */
  public Map<Scope, Set<String>> toBeTriedAgain() {
    Map<Scope, Set<String>> batches = new HashMap<>();
    for (Empties.Batch batch : empties.toBeTriedAgain()) {
      batches.computeIfAbsent(batch.scope(), scope -> new HashSet<>()).add(batch.batchId());
    }
    return batches;
  }

  /** What the last failed call said; null if something succeeded since. */
  public @Nullable String lastError() {
    if (refusals.areTheProviders()) {
      return refusals.message();
    }
    return empties.areTheProviders() ? empties.message() : lastError.get();
  }
}
