package dev.tavernmem0.watcher.host;

import dev.tavernmem0.watcher.connect.ChatSourceConfig;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The watcher; {@code tavern.watcher.*}.
 *
 * @param connector the connector's options, under the names that it gives them: {@link
 *     ChatSourceConfig} has their defaults, rules and documentation
 * @param restart how a failed engine is started again
 */
@Validated
@ConfigurationProperties("tavern.watcher")
public record WatcherProperties(
    @DefaultValue Map<String, String> connector, @Valid @DefaultValue Restart restart) {

  private static final String CONNECTOR = "tavern.watcher.connector.";

  /**
   * Checks the connector's options.
   *
   * @throws IllegalArgumentException if one is missing, unknown or wrong
   */
  public WatcherProperties {
    connector = Map.copyOf(connector);
    String wrong =
        Stream.concat(unknown(connector), invalid(connector)).collect(Collectors.joining("; "));
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(wrong);
    }
  }

  /** The connector's options, those that were not given included. */
  public ChatSourceConfig connectorConfig() {
    return new ChatSourceConfig(connector);
  }

  /** Connect ignores what it does not know, and so would hide a typing error. */
  private static Stream<String> unknown(Map<String, String> connector) {
    Set<String> known = ChatSourceConfig.definition().names();
    return connector.keySet().stream()
        .filter(name -> !known.contains(name))
        .sorted()
        .map(
            name ->
                CONNECTOR
                    + name
                    + ": there is no such option. The options are "
                    + String.join(", ", new TreeSet<>(known)));
  }

  private static Stream<String> invalid(Map<String, String> connector) {
    return ChatSourceConfig.definition().validate(connector).stream()
        .flatMap(
            // Kafka adds that a value that it could not parse is null.
            option ->
                option.errorMessages().stream()
                    .limit(1)
                    .map(error -> CONNECTOR + option.name() + ": " + error));
  }

  /**
   * Restarts.
   *
   * @param initialBackoff wait after the first failure; doubles with each one
   * @param maxBackoff longest wait
   */
  public record Restart(
      @NotNull @DurationMin(millis = 1) @DefaultValue("1s") Duration initialBackoff,
      @NotNull @DurationMin(millis = 1) @DefaultValue("60s") Duration maxBackoff) {}
}
