package dev.tavernmem0.retriever.search;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.common.mem0.SearchRequest;
import dev.tavernmem0.retriever.curation.ForgottenMemories;
import dev.tavernmem0.retriever.guard.Deadline;
import dev.tavernmem0.retriever.guard.Guard;
import dev.tavernmem0.retriever.query.Degraded;
import dev.tavernmem0.retriever.query.QueryLadder.Found;
import dev.tavernmem0.retriever.select.ScopeMerge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Searches several scopes at once. Equal searches share one call, and its answer for a while: a
 * swipe asks what the generation before it asked. Never throws because of mem0. Thread-safe.
 */
public final class MemorySearch {
  private static final Logger LOG = LoggerFactory.getLogger(MemorySearch.class);

  private final Mem0Client mem0;
  private final Guard guard;
  private final ScopeGenerations generations;
  private final OwnMemories own;
  private final ForgottenMemories forgotten;
  private final SearchOptions options;
  private final AsyncCache<Key, Answer> cache;

  private record Key(Scope scope, long generation, String query, int topK) {}

  private record Answer(List<Memory> memories, @Nullable Degraded degraded) {}

  public MemorySearch(
      Mem0Client mem0,
      Guard guard,
      ScopeGenerations generations,
      OwnMemories own,
      ForgottenMemories forgotten,
      SearchOptions options,
      MeterRegistry meters) {
    this.mem0 = mem0;
    this.guard = guard;
    this.generations = generations;
    this.own = own;
    this.forgotten = forgotten;
    this.options = options;
    this.cache =
        Caffeine.newBuilder()
            .expireAfterWrite(options.cacheFor())
            .maximumSize(options.cacheSize())
            .recordStats()
            .buildAsync();
    CaffeineCacheMetrics.monitor(meters, cache, "searches");
  }

  /**
   * Searches.
   *
   * @param scopes all of them are asked in parallel
   * @param query not blank
   * @param topK most memories of each scope
   * @param retries how often a transient failure is tried again
   * @param deadline no later than this there is an answer, of the scopes that made it
   */
  public Found search(List<Scope> scopes, String query, int topK, int retries, Deadline deadline) {
    List<CompletableFuture<Answer>> flights = new ArrayList<>(scopes.size());
    for (Scope scope : scopes) {
      flights.add(start(new Key(scope, generations.of(scope), query, topK), retries));
    }
    List<List<Memory>> answers = new ArrayList<>(scopes.size());
    Degraded degraded = null;
    for (CompletableFuture<Answer> flight : flights) {
      Answer answer = await(flight, deadline);
      answers.add(
          answer.memories().stream().filter(memory -> !forgotten.contains(memory)).toList());
      degraded = degraded == null ? answer.degraded() : degraded;
    }
    return new Found(ScopeMerge.merge(answers), degraded);
  }

  private CompletableFuture<Answer> start(Key key, int retries) {
    CompletableFuture<Answer> flight =
        cache.get(
            key,
            (missing, executor) ->
                guard
                    .submit(() -> call(missing), retries, Deadline.after(options.longest()))
                    .handle(MemorySearch::answer));
    if (flight.isDone()) {
      forgetIfFailed(key, flight, flight.join());
    } else {
      CompletableFuture<Void> unused =
          flight.thenAccept(answer -> forgetIfFailed(key, flight, answer));
    }
    return flight;
  }

  private void forgetIfFailed(Key key, CompletableFuture<Answer> flight, Answer answer) {
    if (answer.degraded() != null) {
      cache.asMap().remove(key, flight);
    }
  }

  private List<Memory> call(Key key) {
    Scope scope = key.scope();
    List<Memory> found =
        mem0.search(
            new SearchRequest(
                key.query(),
                scope.userId(),
                scope.agentId(),
                key.topK(),
                options.minScore(),
                Map.of()));
    return own.of(scope.userId(), scope.agentId(), found).stream().filter(this::isSimilar).toList();
  }

  private boolean isSimilar(Memory memory) {
    Double similarity = memory.semanticScore();
    return similarity == null || similarity >= options.minScore();
  }

  private static Answer answer(@Nullable List<Memory> found, @Nullable Throwable failure) {
    if (failure == null && found != null) {
      return new Answer(found, null);
    }
    Throwable cause = Guard.cause(failure == null ? new IllegalStateException() : failure);
    Degraded reason = Mem0Failures.reason(cause);
    if (reason == Degraded.INTERNAL_ERROR) {
      LOG.error("a search failed inside the retriever", cause);
    } else {
      LOG.debug("a search failed: {}", cause.getMessage());
    }
    return new Answer(List.of(), reason);
  }

  private static Answer await(CompletableFuture<Answer> flight, Deadline deadline) {
    try {
      return flight.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new Answer(List.of(), Degraded.MEM0_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer(List.of(), Degraded.MEM0_TIMEOUT);
    } catch (ExecutionException e) {
      LOG.error("a search failed inside the retriever", e.getCause());
      return new Answer(List.of(), Degraded.INTERNAL_ERROR);
    }
  }
}
