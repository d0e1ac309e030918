package dev.tavernmem0.retriever.health;

import dev.tavernmem0.retriever.browse.MemoryBrowser;
import dev.tavernmem0.retriever.guard.Guard;
import dev.tavernmem0.retriever.ledger.LedgerFollower;
import dev.tavernmem0.retriever.query.Degraded;
import dev.tavernmem0.retriever.recall.RecallMetrics;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * What the retriever leans on. Always up: chats go on without memory, so a balancer must not take a
 * retriever out because mem0 is down.
 */
public final class Mem0HealthIndicator implements HealthIndicator {
  private final Optional<Guard> mem0;
  private final Optional<MemoryBrowser> browser;
  private final Optional<LedgerFollower> ledger;
  private final boolean rewrite;
  private final RecallMetrics metrics;

  /**
   * Makes the indicator.
   *
   * @param mem0 empty if mem0 is disabled
   * @param browser empty if mem0 is disabled
   * @param ledger empty if it is not followed
   * @param rewrite whether a rewrite model is configured
   */
  public Mem0HealthIndicator(
      Optional<Guard> mem0,
      Optional<MemoryBrowser> browser,
      Optional<LedgerFollower> ledger,
      boolean rewrite,
      RecallMetrics metrics) {
    this.mem0 = mem0;
    this.browser = browser;
    this.ledger = ledger;
    this.rewrite = rewrite;
    this.metrics = metrics;
  }

  @Override
  public Health health() {
    @Nullable Degraded degraded = metrics.lastDegraded();
    return Health.up()
        .withDetail("mem0", mem0.isPresent() ? "enabled" : "disabled")
        .withDetail("circuit", mem0.map(guard -> guard.breaker().getState().name()).orElse("NONE"))
        .withDetail("degraded", degraded == null ? "no" : degraded.json())
        .withDetail(
            "ledger",
            ledger.map(it -> it.isFollowing() ? "following" : "not reachable").orElse("off"))
        .withDetail("generation", browser.map(Mem0HealthIndicator::generation).orElse("unknown"))
        .withDetail("rewrite", rewrite ? "configured" : "not configured")
        .build();
  }

  private static String generation(MemoryBrowser browser) {
    return switch (browser.generation()) {
      case V1 -> "v1";
      case V2 -> "v2";
      case AUTO -> "unknown";
    };
  }
}
