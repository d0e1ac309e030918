package dev.tavernmem0.retriever.query;

import dev.tavernmem0.common.mem0.Memory;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks the cheap question first and climbs only while nothing was found: the last message, then the
 * recent context, then a language model's rewrite. A last message that names nothing to search for
 * ("Do you remember?") is asked with its context first. A failure ends the climb: asking a mem0
 * that fails once more only costs time. Deterministic and thread-safe.
 */
public final class QueryLadder {
  private final Queries queries;

  public QueryLadder(Queries queries) {
    this.queries = queries;
  }

  /** Searches mem0; never throws because of mem0. */
  public interface MemorySource {
    Found search(Query query);
  }

  /** Asks a language model; never throws because of the model. */
  public interface QueryRewriter {
    Rewritten rewrite(RewriteInput input);
  }

  /**
   * What a search found.
   *
   * @param memories best first
   * @param degraded why some or all scopes could not be searched; null if all were
   */
  public record Found(List<Memory> memories, @Nullable Degraded degraded) {
    public Found {
      memories = List.copyOf(memories);
    }
  }

  /**
   * What the model answered.
   *
   * @param answer as the model wrote it; empty after a failure
   * @param degraded why there is no answer; null if there is
   */
  public record Rewritten(String answer, @Nullable Degraded degraded) {}

  /**
   * Where the climb ended.
   *
   * @param memories best first; empty if no rung found any
   * @param query what was asked last; null if there was nothing to ask
   * @param degraded why it found less than it could; null if nothing failed
   */
  public record Climb(List<Memory> memories, @Nullable Query query, @Nullable Degraded degraded) {
    public Climb {
      memories = List.copyOf(memories);
    }
  }

  /**
   * Climbs.
   *
   * @param includeContext whether the second rung may be used
   * @param rewriter the third rung; null if it is switched off
   */
  public Climb climb(
      Conversation conversation,
      boolean includeContext,
      @Nullable QueryRewriter rewriter,
      MemorySource source) {
    Climb climb = new Climb(List.of(), null, null);
    for (Optional<Query> query : cheapQueries(conversation, includeContext)) {
      if (isOpen(climb)) {
        climb = ask(query, climb, source);
      }
    }
    if (rewriter != null && isOpen(climb)) {
      Optional<RewriteInput> input = queries.rewriteInput(conversation);
      if (input.isPresent()) {
        Rewritten rewritten = rewriter.rewrite(input.get());
        climb =
            rewritten.degraded() == null
                ? ask(queries.rewritten(rewritten.answer()), climb, source)
                : new Climb(List.of(), climb.query(), rewritten.degraded());
      }
    }
    return climb;
  }

  private List<Optional<Query>> cheapQueries(Conversation conversation, boolean includeContext) {
    Optional<Query> lastMessage = queries.lastMessage(conversation);
    if (!includeContext) {
      return List.of(lastMessage);
    }
    Optional<Query> recentContext = queries.recentContext(conversation);
    return queries.isWeak(conversation)
        ? List.of(recentContext, lastMessage)
        : List.of(lastMessage, recentContext);
  }

  private static boolean isOpen(Climb climb) {
    return climb.memories().isEmpty() && climb.degraded() == null;
  }

  private static Climb ask(Optional<Query> query, Climb before, MemorySource source) {
    boolean asked =
        before.query() != null
            && query.isPresent()
            && query.get().text().equals(before.query().text());
    if (query.isEmpty() || asked) {
      return before;
    }
    Found found = source.search(query.get());
    return new Climb(found.memories(), query.get(), found.degraded());
  }
}
