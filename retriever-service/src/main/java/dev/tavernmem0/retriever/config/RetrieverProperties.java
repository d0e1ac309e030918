package dev.tavernmem0.retriever.config;

import dev.tavernmem0.retriever.prompt.BlockTemplate;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The retriever; {@code tavern.retriever.*}.
 *
 * @param limit most memories, unless the request says otherwise
 * @param maxChars most characters of the memories' lines, unless the request says otherwise
 * @param template text around the memories with {@code {{text}}}, unless the request says otherwise
 * @param minScore least semantic similarity that counts as found; depends on mem0's embedder
 * @param maxScopes most scopes (own and groups) searched for one character
 * @param stages limits of each query
 * @param cache reuse of answers
 * @param circuit when mem0 is left alone
 * @param queueCapacity most searches that wait for one of {@code mem0.max-concurrency}
 * @param ledger following of the writer's ledger
 * @param browseTimeout longest wait when a user looks at or deletes memories
 * @param warmUp whether a retrieval is made at start, so that the user's first is fast
 */
@Validated
@ConfigurationProperties("tavern.retriever")
public record RetrieverProperties(
    @DefaultValue("5") @Min(1) @Max(50) int limit,
    @DefaultValue("1200") @Min(1) @Max(100_000) int maxChars,
    @DefaultValue(BlockTemplate.DEFAULT) @NotBlank String template,
    @DefaultValue("0.25") @DecimalMin("0") @DecimalMax("1") double minScore,
    @DefaultValue("8") @Min(1) @Max(64) int maxScopes,
    @DefaultValue @Valid Stages stages,
    @DefaultValue @Valid Cache cache,
    @DefaultValue @Valid Circuit circuit,
    @DefaultValue("32") @Min(1) @Max(10_000) int queueCapacity,
    @DefaultValue @Valid Ledger ledger,
    @DefaultValue("5s") Duration browseTimeout,
    @DefaultValue("true") boolean warmUp) {

  /**
   * Limits of each query, all inside the time that the request or {@code mem0.timeout-ms} gives.
   * Longer than that time, because a search that comes too late still serves the next swipe.
   *
   * @param lastMessage query 1
   * @param recentContext query 2
   * @param rewrite the search with query 3
   */
  public record Stages(
      @DefaultValue @Valid Stage lastMessage,
      @DefaultValue @Valid Stage recentContext,
      @DefaultValue @Valid Stage rewrite) {}

  /**
   * Limits of one query.
   *
   * @param timeout longest it may take, retries included
   * @param retries how often a passing failure is tried again
   */
  public record Stage(
      @DefaultValue("3s") Duration timeout, @DefaultValue("1") @Min(0) @Max(5) int retries) {}

  /**
   * Reuse of answers.
   *
   * @param ttl how long an answer may be reused if the ledger says nothing
   * @param maxSize most answers that are kept
   */
  public record Cache(
      @DefaultValue("60s") Duration ttl, @DefaultValue("2000") @Min(0) int maxSize) {}

  /**
   * The circuit breaker in front of mem0.
   *
   * @param window searches that it judges by
   * @param minimumCalls searches before it judges at all
   * @param failureRate share of failed searches that opens it, in percent
   * @param openFor how long mem0 is left alone
   */
  public record Circuit(
      @DefaultValue("20") @Min(1) int window,
      @DefaultValue("5") @Min(1) int minimumCalls,
      @DefaultValue("50") @Min(1) @Max(100) int failureRate,
      @DefaultValue("10s") Duration openFor) {}

  /**
   * The writer's ledger.
   *
   * @param enabled whether it is followed
   * @param retryInterval wait between attempts to reach Kafka
   */
  public record Ledger(
      @DefaultValue("true") boolean enabled, @DefaultValue("5s") Duration retryInterval) {}

  @Override
  public String toString() {
    return "RetrieverProperties[limit=" + limit + ", maxChars=" + maxChars + "]";
  }
}
