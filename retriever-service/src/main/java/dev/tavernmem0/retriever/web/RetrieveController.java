package dev.tavernmem0.retriever.web;

import dev.tavernmem0.retriever.curation.KeptMemories;
import dev.tavernmem0.retriever.guard.Deadline;
import dev.tavernmem0.retriever.prompt.PromptInjection;
import dev.tavernmem0.retriever.recall.Recall;
import dev.tavernmem0.retriever.recall.RecallRequest;
import dev.tavernmem0.retriever.recall.Retriever;
import dev.tavernmem0.retriever.scope.CharacterScopes;
import dev.tavernmem0.service.trace.RequestTrace;
import java.time.Duration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;

/**
 * {@code POST /v1/retrieve} and {@code POST /v1/inject}. Answers 200 whatever becomes of mem0; only
 * a request that cannot be understood is refused.
 */
@RestController
class RetrieveController {
  /** What rendering and sending the answer may take out of the caller's time. */
  private static final Duration RESERVE = Duration.ofMillis(20);

  private final Retriever retriever;
  private final RequestDefaults defaults;
  private final CharacterScopes characters;
  private final KeptMemories kept;

  RetrieveController(
      Retriever retriever,
      RequestDefaults defaults,
      CharacterScopes characters,
      KeptMemories kept) {
    this.kept = kept;
    this.characters = characters;
    this.retriever = retriever;
    this.defaults = defaults;
  }

  @PostMapping("/v1/retrieve")
  RetrieveResponse retrieve(
      @RequestBody RetrieveRequest request,
      @RequestAttribute(RequestTrace.START_NANOS) long start,
      @RequestAttribute(RequestTrace.TRACE_ID) String traceId) {
    Recall recall = recall(request, request.toRecall(defaults), start);
    return RetrieveResponse.of(recall, null, System.nanoTime() - start, traceId, characters, kept);
  }

  @PostMapping("/v1/inject")
  RetrieveResponse inject(
      @RequestBody RetrieveRequest request,
      @RequestAttribute(RequestTrace.START_NANOS) long start,
      @RequestAttribute(RequestTrace.TRACE_ID) String traceId) {
    RecallRequest wanted = request.toRecall(defaults);
    Recall recall = recall(request, wanted, start);
    ArrayNode messages =
        PromptInjection.inject(request.messageArray(), recall.block(), wanted.template());
    return RetrieveResponse.of(
        recall, messages, System.nanoTime() - start, traceId, characters, kept);
  }

  private Recall recall(RetrieveRequest request, RecallRequest wanted, long start) {
    Duration time = request.deadline(defaults);
    Duration reserve = time.dividedBy(5).compareTo(RESERVE) < 0 ? time.dividedBy(5) : RESERVE;
    return retriever.retrieve(wanted, Deadline.since(start, time.minus(reserve)));
  }
}
