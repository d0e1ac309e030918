package dev.tavernmem0.retriever.guard;

import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.bulkhead.ThreadPoolBulkhead;
import io.github.resilience4j.bulkhead.ThreadPoolBulkheadConfig;
import io.github.resilience4j.bulkhead.ThreadPoolBulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedThreadPoolBulkheadMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Stands between a request and a remote service that may be down, slow or stuck: blocking calls run
 * on threads of their own, so a request can stop waiting; there are only so many of them; and while
 * most calls fail none is made. Thread-safe.
 */
public final class Guard implements AutoCloseable {
  /** How many calls may try whether the service is back. */
  private static final int CALLS_IN_HALF_OPEN = 3;

  private final ThreadPoolBulkheadRegistry bulkheads = ThreadPoolBulkheadRegistry.ofDefaults();
  private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
  private final ThreadPoolBulkhead bulkhead;
  private final CircuitBreaker breaker;
  private final Predicate<Throwable> transientFailure;

  /**
   * Makes a guard.
   *
   * @param name of the service, in metrics and thread names
   * @param transientFailure whether a failure says that the service is unwell: those count for the
   *     breaker and may be tried again
   */
  public Guard(String name, GuardOptions options, Predicate<Throwable> transientFailure) {
    this.transientFailure = transientFailure;
    this.bulkhead =
        bulkheads.bulkhead(
            name,
            ThreadPoolBulkheadConfig.custom()
                .maxThreadPoolSize(options.maxConcurrency())
                .coreThreadPoolSize(options.maxConcurrency())
                .queueCapacity(options.queueCapacity())
                .writableStackTraceEnabled(false)
                .build());
    this.breaker =
        breakers.circuitBreaker(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindowSize(options.slidingWindow())
                .minimumNumberOfCalls(options.minimumCalls())
                .failureRateThreshold(options.failureRatePercent())
                .waitDurationInOpenState(options.openFor())
                .permittedNumberOfCallsInHalfOpenState(CALLS_IN_HALF_OPEN)
                .recordException(transientFailure)
                .writableStackTraceEnabled(false)
                .build());
  }

  /**
   * Carries out a call on another thread.
   *
   * @param retries how often a transient failure is tried again
   * @param deadline after it no attempt is started
   * @return completes exceptionally with the call's own exception, {@code
   *     CallNotPermittedException}, {@code BulkheadFullException} or {@link ExpiredException}
   */
  public <T> CompletableFuture<T> submit(Supplier<T> call, int retries, Deadline deadline) {
    try {
      return bulkhead.executeSupplier(() -> attempt(call, retries, deadline)).toCompletableFuture();
    } catch (BulkheadFullException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <T> T attempt(Supplier<T> call, int retries, Deadline deadline) {
    for (int left = retries; ; left--) {
      if (deadline.isOver()) {
        throw new ExpiredException();
      }
      try {
        return breaker.executeSupplier(call);
      } catch (RuntimeException e) {
        if (left <= 0 || deadline.isOver() || !transientFailure.test(e)) {
          throw e;
        }
      }
    }
  }

  /** What really failed, out of what futures wrap around it. */
  public static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  public CircuitBreaker breaker() {
    return breaker;
  }

  /** Publishes the breaker's and the bulkhead's metrics under Resilience4j's names. */
  public void bindTo(MeterRegistry meters) {
    TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers).bindTo(meters);
    TaggedThreadPoolBulkheadMetrics.ofThreadPoolBulkheadRegistry(bulkheads).bindTo(meters);
  }

  /** Takes no more calls; those under way get a few seconds. */
  @Override
  public void close() {
    try {
      bulkhead.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("cannot close the threads of " + bulkhead.getName(), e);
    }
  }

  /** The call waited for its turn until it was of no use any more. */
  public static final class ExpiredException extends RuntimeException {
    private ExpiredException() {
      super("the deadline passed before the call could start", null, false, false);
    }
  }
}
