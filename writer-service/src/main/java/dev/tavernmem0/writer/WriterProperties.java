package dev.tavernmem0.writer;

import dev.tavernmem0.writer.consume.SweepOptions;
import dev.tavernmem0.writer.mem0.MessageRoles;
import dev.tavernmem0.writer.scope.BatchRules;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The writer.
 *
 * @param groupId consumer group
 * @param instanceId name of this instance in the group, different for each; an instance that has
 *     one takes its partitions up at once after a restart, even after it was killed
 * @param infer whether mem0's model extracts memories; otherwise messages are stored verbatim
 * @param roles in which roles messages are sent
 * @param narrator whether narrator lines are written too
 * @param batch when turns are written, and how many together
 * @param retract what happens when written turns change
 * @param retry how failing calls are repeated
 * @param sweep when what mem0 holds is compared with what was written
 * @param shutdownTimeout how long calls under way are waited for at the end
 */
@Validated
@ConfigurationProperties("tavern.writer")
public record WriterProperties(
    @NotBlank @DefaultValue("tavern-writer") String groupId,
    @Nullable String instanceId,
    @DefaultValue("true") boolean infer,
    @NotNull @DefaultValue("auto") MessageRoles.Choice roles,
    @DefaultValue("false") boolean narrator,
    @Valid @DefaultValue Batch batch,
    @Valid @DefaultValue Retract retract,
    @Valid @DefaultValue Retry retry,
    @Valid @DefaultValue Sweep sweep,
    @NotNull @DefaultValue("20s") Duration shutdownTimeout) {

  /** When turns are written, and how many together. */
  public BatchRules batchRules() {
    return new BatchRules(
        batch.maxTurns(),
        batch.backlogTurns(),
        batch.settle(),
        batch.linger().compareTo(batch.settle()) < 0 ? batch.settle() : batch.linger(),
        batch.maxAge(),
        retract.grace(),
        retract.holdTurns(),
        retract.mostEntangled(),
        retry.auth());
  }

  /** When scopes are compared with mem0. */
  public SweepOptions sweepOptions() {
    return new SweepOptions(sweep.every(), sweep.firstAfter(), sweep.retry());
  }

  /**
   * Batches.
   *
   * @param maxTurns most turns of a batch of what is said now
   * @param backlogTurns most turns of a batch of old chats
   * @param maxTokens most tokens of a batch's texts
   * @param settle a turn unchanged for this long will not be swiped away any more
   * @param linger a chat idle for this long gets its incomplete batch written; not less than {@code
   *     settle}
   * @param maxAge no settled turn waits longer than this
   */
  public record Batch(
      @Min(1) @Max(500) @DefaultValue("8") int maxTurns,
      @Min(1) @Max(500) @DefaultValue("20") int backlogTurns,
      @Min(1) @DefaultValue("6000") int maxTokens,
      @NotNull @DurationMin @DefaultValue("90s") Duration settle,
      @NotNull @DurationMin @DefaultValue("3m") Duration linger,
      @NotNull @DurationMin(millis = 1) @DefaultValue("10m") Duration maxAge) {}

  /**
   * Retractions.
   *
   * @param grace how long changes of written turns are gathered first
   * @param holdTurns from so many turns deleted at once an operator has to confirm
   * @param mostEntangled most batches that are taken back and written again together because mem0
   *     merged them; for more an operator has to confirm
   */
  public record Retract(
      @NotNull @DurationMin @DefaultValue("5s") Duration grace,
      @Min(1) @DefaultValue("10") int holdTurns,
      @Min(1) @DefaultValue("10") int mostEntangled) {}

  /**
   * Retries.
   *
   * @param initialBackoff wait after the first failure; doubles with each one, with jitter
   * @param maxBackoff longest wait
   * @param breakerWait how long all calls rest once mem0 seems to be down
   * @param auth how often a refused key is tried again, and a provider that refuses everything
   * @param reconcileGrace how long after a call without an answer mem0 may still store it
   * @param mostEmpty so many batches in a row in which mem0 found nothing, of three chats or more,
   *     are taken for its model's fault; 0 for none
   * @param phantomAttempts how often a batch is written before ids that do not exist make it dead
   * @param reconnect how long to wait after Kafka failed
   */
  public record Retry(
      @NotNull @DurationMin(millis = 1) @DefaultValue("1s") Duration initialBackoff,
      @NotNull @DurationMin(millis = 1) @DefaultValue("60s") Duration maxBackoff,
      @NotNull @DurationMin(millis = 1) @DefaultValue("10s") Duration breakerWait,
      @NotNull @DurationMin(millis = 1) @DefaultValue("30s") Duration auth,
      @NotNull @DurationMin @DefaultValue("30s") Duration reconcileGrace,
      @Min(0) @DefaultValue("10") int mostEmpty,
      @Min(1) @DefaultValue("3") int phantomAttempts,
      @NotNull @DurationMin(millis = 1) @DefaultValue("5s") Duration reconnect) {}

  /**
   * The comparison of what mem0 holds with what was written.
   *
   * @param every how often each scope is compared; zero compares none, unless it is asked for
   * @param firstAfter how long after the start the first one is
   * @param retry how soon a scope is tried again that could not be compared
   */
  public record Sweep(
      @NotNull @DurationMin @DefaultValue("24h") Duration every,
      @NotNull @DurationMin @DefaultValue("10m") Duration firstAfter,
      @NotNull @DurationMin(millis = 1) @DefaultValue("10m") Duration retry) {}
}
