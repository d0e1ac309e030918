package dev.tavernmem0.retriever.rewrite;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.retriever.guard.Deadline;
import dev.tavernmem0.retriever.guard.Guard;
import dev.tavernmem0.retriever.guard.GuardOptions;
import dev.tavernmem0.retriever.query.Degraded;
import dev.tavernmem0.retriever.query.QueryLadder.Rewritten;
import dev.tavernmem0.retriever.query.RewriteInput;
import dev.tavernmem0.service.openai.ChatCompletionException;
import dev.tavernmem0.service.openai.ChatCompletionException.Kind;
import dev.tavernmem0.service.openai.ChatCompletions;
import dev.tavernmem0.service.openai.ChatCompletions.Format;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has an OpenAI-compatible model put the question into words that a search understands. Never
 * throws because of the model. Thread-safe.
 */
public final class OpenAiRewriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OpenAiRewriter.class);

  private final RewriterOptions options;
  private final ChatCompletions model;
  private final Guard guard;

  public OpenAiRewriter(RewriterOptions options, GuardOptions guardOptions) {
    this.options = options;
    this.model = new ChatCompletions(options.model());
    this.guard =
        new Guard(
            "rewrite",
            guardOptions,
            failure ->
                failure instanceof ChatCompletionException failed && failed.kind().isTransient());
  }

  /**
   * Asks the model.
   *
   * @param prompt the request's instructions; null or blank for the configured ones
   */
  public Rewritten rewrite(RewriteInput input, @Nullable String prompt, Deadline deadline) {
    String instructions = prompt == null || prompt.isBlank() ? options.prompt() : prompt;
    String json = Json.MAPPER.writeValueAsString(input);
    Deadline limit = deadline.atMost(options.model().timeout());
    CompletableFuture<String> answer =
        guard.submit(
            () -> model.complete(instructions, json, Format.TEXT), options.retries(), limit);
    try {
      return new Rewritten(
          answer.get(Math.max(0, limit.remainingNanos()), TimeUnit.NANOSECONDS), null);
    } catch (TimeoutException e) {
      return failed(Degraded.REWRITE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(Degraded.REWRITE_TIMEOUT);
    } catch (ExecutionException e) {
      Throwable cause = Guard.cause(e.getCause() == null ? e : e.getCause());
      LOG.debug("the rewrite failed: {}", cause.getMessage());
      return failed(isTimeout(cause) ? Degraded.REWRITE_TIMEOUT : Degraded.REWRITE_FAILED);
    }
  }

  private static Rewritten failed(Degraded reason) {
    return new Rewritten("", reason);
  }

  private static boolean isTimeout(Throwable failure) {
    return failure instanceof ChatCompletionException failed && failed.kind() == Kind.TIMEOUT;
  }

  /** For metrics and health. */
  public Guard guard() {
    return guard;
  }

  @Override
  public void close() {
    model.close();
    guard.close();
  }
}
