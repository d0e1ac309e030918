package dev.tavernmem0.retriever.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tavernmem0.retriever.curation.KeptMemories;
import dev.tavernmem0.retriever.query.Degraded;
import dev.tavernmem0.retriever.query.Query;
import dev.tavernmem0.retriever.recall.Recall;
import dev.tavernmem0.retriever.scope.CharacterScopes;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/**
 * Answer of {@code POST /v1/retrieve} and {@code POST /v1/inject}.
 *
 * @param memories those in the block, best first
 * @param block the text for the prompt; empty if there is none
 * @param query what found the memories, or was asked last; null if nothing was asked
 * @param applied whether there is anything for the prompt
 * @param degraded why memory did less than it could; null if nothing failed
 * @param timingsMs how long the whole and its steps took
 * @param traceId names this request in the logs
 * @param messages the amended prompt; only of {@code /v1/inject}
 */
record RetrieveResponse(
    List<MemoryView> memories,
    String block,
    @Nullable QueryView query,
    boolean applied,
    @Nullable String degraded,
    Map<String, Double> timingsMs,
    String traceId,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ArrayNode messages) {

  record QueryView(int stage, String text) {
    static @Nullable QueryView of(@Nullable Query query) {
      return query == null ? null : new QueryView(query.stage().number(), query.text());
    }
  }

  static RetrieveResponse of(
      Recall recall,
      @Nullable ArrayNode messages,
      long totalNanos,
      String traceId,
      CharacterScopes characters,
      KeptMemories kept) {
    Degraded degraded = recall.degraded();
    return new RetrieveResponse(
        recall.memories().stream()
            .map(memory -> MemoryView.of(memory, recall.query(), characters, kept))
            .toList(),
        recall.block(),
        QueryView.of(recall.query()),
        !recall.block().isEmpty(),
        degraded == null ? null : degraded.json(),
        recall.timings().withTotal(totalNanos),
        traceId,
        messages);
  }
}
