package dev.tavernmem0.retriever.search;

import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.retriever.guard.Guard;
import dev.tavernmem0.retriever.query.Degraded;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.io.InterruptedIOException;

/** Names what went wrong with a call to mem0. */
public final class Mem0Failures {
  private static final int HTTP_SUCCESS_MAX = 299;

  private Mem0Failures() {}

  public static Degraded reason(Throwable failure) {
    Throwable cause = Guard.cause(failure);
    if (cause instanceof Mem0Exception.Auth) {
      return Degraded.MEM0_AUTH;
    }
    if (cause instanceof Mem0Exception.Permanent) {
      return Degraded.MEM0_REFUSED;
    }
    if (cause instanceof Mem0Exception mem0) {
      return ofTransient(mem0);
    }
    if (cause instanceof CallNotPermittedException) {
      return Degraded.CIRCUIT_OPEN;
    }
    if (cause instanceof BulkheadFullException || cause instanceof Guard.ExpiredException) {
      return Degraded.OVERLOADED;
    }
    return Degraded.INTERNAL_ERROR;
  }

  private static Degraded ofTransient(Mem0Exception failure) {
    Integer status = failure.status();
    if (status != null) {
      return status <= HTTP_SUCCESS_MAX ? Degraded.BAD_ANSWER : Degraded.MEM0_UNAVAILABLE;
    }
    // HttpClient's timeouts, of the connection and of the answer.
    return failure.getCause() instanceof InterruptedIOException
        ? Degraded.MEM0_TIMEOUT
        : Degraded.MEM0_UNAVAILABLE;
  }
}
