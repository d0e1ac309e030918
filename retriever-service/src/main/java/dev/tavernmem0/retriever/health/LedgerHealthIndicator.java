package dev.tavernmem0.retriever.health;

import dev.tavernmem0.retriever.ledger.LedgerFollower;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether the ledger is read. Down when its consumer has ended, which is a fault of ours; up, with
 * details, while Kafka is merely away: retrieval goes on, and so does the follower by itself.
 */
public final class LedgerHealthIndicator implements HealthIndicator {
  private final Optional<LedgerFollower> ledger;

  /**
   * Makes the indicator.
   *
   * @param ledger empty if it is not followed
   */
  public LedgerHealthIndicator(Optional<LedgerFollower> ledger) {
    this.ledger = ledger;
  }

  @Override
  public Health health() {
    if (ledger.isEmpty()) {
      return Health.up().withDetail("ledger", "off").build();
    }
    @Nullable String failure = ledger.get().failure();
    if (failure != null) {
      return Health.down().withDetail("ledger", failure).build();
    }
    return Health.up()
        .withDetail("ledger", ledger.get().isFollowing() ? "following" : "not reachable")
        .build();
  }
}
