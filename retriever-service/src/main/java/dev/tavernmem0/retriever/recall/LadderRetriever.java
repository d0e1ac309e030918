package dev.tavernmem0.retriever.recall;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.retriever.guard.Deadline;
import dev.tavernmem0.retriever.query.Degraded;
import dev.tavernmem0.retriever.query.QueryLadder;
import dev.tavernmem0.retriever.query.QueryLadder.Climb;
import dev.tavernmem0.retriever.query.QueryLadder.Found;
import dev.tavernmem0.retriever.query.QueryLadder.QueryRewriter;
import dev.tavernmem0.retriever.query.QueryLadder.Rewritten;
import dev.tavernmem0.retriever.query.Stage;
import dev.tavernmem0.retriever.rewrite.OpenAiRewriter;
import dev.tavernmem0.retriever.scope.VisibleScopes;
import dev.tavernmem0.retriever.search.MemorySearch;
import dev.tavernmem0.retriever.select.MemorySelection;
import dev.tavernmem0.retriever.select.MemorySelection.Selected;
import dev.tavernmem0.retriever.select.PromptTurns;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Climbs the ladder, selects and renders. Thread-safe. */
public final class LadderRetriever implements Retriever {
  private static final Logger LOG = LoggerFactory.getLogger(LadderRetriever.class);

  /** So many more than asked for, because some are left out as known or said twice. */
  private static final int CANDIDATES_PER_MEMORY = 2;

  private static final int LEAST_CANDIDATES = 20;

  private final QueryLadder ladder;
  private final VisibleScopes scopes;
  private final MemorySearch search;
  private final @Nullable OpenAiRewriter rewriter;
  private final Map<Stage, StageLimits> limits;
  private final RecallMetrics metrics;

  /**
   * Makes a retriever.
   *
   * @param rewriter null if no model is configured
   * @param limits one for each stage
   */
  public LadderRetriever(
      QueryLadder ladder,
      VisibleScopes scopes,
      MemorySearch search,
      @Nullable OpenAiRewriter rewriter,
      Map<Stage, StageLimits> limits,
      RecallMetrics metrics) {
    this.ladder = ladder;
    this.scopes = scopes;
    this.search = search;
    this.rewriter = rewriter;
    this.limits = Map.copyOf(limits);
    this.metrics = metrics;
  }

  @Override
  public Recall retrieve(RecallRequest request, Deadline deadline) {
    long start = System.nanoTime();
    Timings timings = new Timings();
    Recall recall;
    try {
      recall = recall(request, deadline, timings);
    } catch (RuntimeException e) {
      LOG.error("a retrieval failed inside the retriever", e);
      recall = Recall.nothing(Degraded.INTERNAL_ERROR, timings);
    }
    metrics.finished(recall, System.nanoTime() - start);
    return recall;
  }

  private Recall recall(RecallRequest request, Deadline deadline, Timings timings) {
    List<Scope> visible =
        scopes.of(request.handle(), request.character(), request.groupId(), request.groupMembers());
    int topK = Math.max(LEAST_CANDIDATES, CANDIDATES_PER_MEMORY * request.limit());
    Climb climb =
        ladder.climb(
            request.conversation(),
            request.includeContext(),
            request.rewrite() ? rewriter(request, deadline, timings) : null,
            query -> search(query.stage(), visible, query.text(), topK, deadline, timings));
    List<Selected> selected =
        climb.memories().isEmpty()
            ? List.of()
            : MemorySelection.select(
                climb.memories(),
                PromptTurns.of(request.conversation().messages()),
                request.limit(),
                request.maxChars());
    String block = request.template().render(selected.stream().map(Selected::line).toList());
    return new Recall(
        selected.stream().map(Selected::memory).toList(),
        block,
        climb.query(),
        climb.degraded(),
        timings);
  }

  private Found search(
      Stage stage,
      List<Scope> visible,
      String query,
      int topK,
      Deadline deadline,
      Timings timings) {
    StageLimits limit = limits.getOrDefault(stage, new StageLimits(deadline.remaining(), 0));
    long start = System.nanoTime();
    Found found =
        search.search(visible, query, topK, limit.retries(), deadline.atMost(limit.timeout()));
    long took = System.nanoTime() - start;
    timings.record("query_" + stage.number(), took);
    metrics.searched(Integer.toString(stage.number()), found, took);
    return found;
  }

  private QueryRewriter rewriter(RecallRequest request, Deadline deadline, Timings timings) {
    return input -> {
      if (rewriter == null) {
        return new Rewritten("", Degraded.REWRITE_NOT_CONFIGURED);
      }
      long start = System.nanoTime();
      Rewritten rewritten = rewriter.rewrite(input, request.rewritePrompt(), deadline);
      long took = System.nanoTime() - start;
      timings.record("rewrite", took);
      metrics.rewritten(rewritten, took);
      return rewritten;
    };
  }
}
