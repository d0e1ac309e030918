package dev.tavernmem0.service.limits;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What requests may cost.
 *
 * @param maxRequestSize largest body, and how much of bodies may be under way at one time; a 64th
 *     of the heap if not set, because JSON takes up to about 30 times its bytes when it is read
 * @param bodyTimeout longest that a body may take to arrive
 */
@Validated
@ConfigurationProperties("tavern.limits")
public record LimitsProperties(
    @Nullable DataSize maxRequestSize,
    @NotNull @DurationMin(millis = 1) @DefaultValue("10s") Duration bodyTimeout) {
  private static final int SHARE_OF_THE_HEAP = 64;

  int maxRequestBytes() {
    long bytes =
        maxRequestSize == null
            ? Runtime.getRuntime().maxMemory() / SHARE_OF_THE_HEAP
            : maxRequestSize.toBytes();
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes));
  }
}
