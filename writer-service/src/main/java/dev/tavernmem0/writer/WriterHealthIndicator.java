package dev.tavernmem0.writer;

import dev.tavernmem0.service.kafka.TopicsProperties;
import dev.tavernmem0.service.mem0.Mem0ConnectionProperties;
import dev.tavernmem0.writer.consume.TurnConsumer;
import dev.tavernmem0.writer.consume.WriterStatus;
import java.net.URI;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Health of the writer. Down while Kafka cannot be reached, and while mem0 or its model provider
 * refuses the credentials or whatever it is given: these need someone to look. Up, with details,
 * while mem0 is merely away: turns wait, nothing is lost, and it goes on by itself. Up too while an
 * operator pauses: that was asked for, and the details say how to go on. Where there are several
 * writers, the details tell which mem0 and which ledger are this one's.
 */
@Component("writer")
class WriterHealthIndicator implements HealthIndicator {
  private final TurnConsumer consumer;
  private final String mem0;
  private final String ledger;

  WriterHealthIndicator(
      TurnConsumer consumer, Mem0ConnectionProperties mem0, TopicsProperties topics) {
    this.consumer = consumer;
    this.mem0 = withoutCredentials(mem0.baseUrl());
    this.ledger = topics.ledger();
  }

  private static String withoutCredentials(URI url) {
    return url.toString().replaceFirst("//[^/@]*@", "//");
  }

  @Override
  public Health health() {
    WriterStatus status = consumer.status();
    boolean connected =
        status.state() == WriterStatus.State.RUNNING
            || status.state() == WriterStatus.State.JOINING;
    boolean refused = "auth".equals(status.pausedBy()) || "provider".equals(status.pausedBy());
    Health.Builder health = connected && !refused ? Health.up() : Health.down();
    health
        .withDetail("state", status.state())
        .withDetail("mem0", mem0)
        .withDetail("ledger", ledger)
        .withDetail("pending_turns", status.pendingTurns())
        .withDetail("lag", status.lag())
        .withDetail("dead_turns", status.deadTurns())
        .withDetail("empty_turns", status.emptyTurns())
        .withDetail("phantom_memories", status.phantomMemories())
        .withDetail("missing_memories", status.sweep().missingMemories())
        .withDetail("holds", status.holds());
    if (!status.stoppedOperations().isEmpty()) {
      health.withDetail("stopped_operations", status.stoppedOperations());
    }
    if (status.pausedBy() != null) {
      health.withDetail("paused_by", status.pausedBy());
    }
    if (WriterStatus.BY_OPERATOR.equals(status.pausedBy())) {
      health.withDetail("fix", "POST /v1/resume");
    }
    if (status.lastError() != null) {
      health.withDetail("last_error", status.lastError());
    }
    return health.build();
  }
}
