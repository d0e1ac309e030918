package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.core.env.StandardEnvironment;

/** The Kafka that {@code --kafka} names. */
final class ExternalKafka implements ExternalPart {
  private static final int MAX_PORT = 65_535;
  private static final int PATIENCE_MS = 5_000;
  private static final Set<String> WITHOUT_TLS = Set.of("PLAINTEXT", "SASL_PLAINTEXT");
  private static final String UNTIL_THEN = ". Until then chats are not read";

  private final String bootstrapServers;

  /**
   * @param bootstrapServers checked by {@link #requireAddresses}
   */
  ExternalKafka(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
  }

  /** The one that these options name; null if the broker is the embedded one. */
  static @Nullable ExternalKafka of(RunOptions options) {
    return options.kafka() == null ? null : new ExternalKafka(options.kafka());
  }

  /**
   * Checks that this is a list of addresses; does not connect.
   *
   * @throws UserErrorException if not
   */
  static String requireAddresses(String given) {
    for (String address : given.split(",", -1)) {
      Integer port = Utils.getPort(address.strip());
      if (Utils.getHost(address.strip()) == null || port == null || port < 1 || port > MAX_PORT) {
        throw new UserErrorException(
            "--kafka: not HOST:PORT: '" + given + "'; for example localhost:29092");
      }
    }
    return given;
  }

  @Override
  public Look look() {
    if (addresses().noneMatch(address -> isKnown(host(address)))) {
      String hosts = addresses().map(ExternalKafka::host).collect(Collectors.joining(", "));
      return notYet("no such host is known: " + hosts, start());
    }
    Map<String, Object> settings = adminSettings();
    try (Admin admin = Admin.create(settings)) {
      admin.describeCluster().nodes().get();
      return new Look.Here("Kafka at " + bootstrapServers);
    } catch (ExecutionException e) {
      return failed(e.getCause() == null ? e : e.getCause(), settings);
    } catch (KafkaException e) {
      // Nobody was asked yet.
      throw new UserErrorException(
          "--kafka: the settings for it cannot be used: " + StartFailure.rootCause(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while looking for Kafka", e);
    }
  }

  private Look failed(Throwable failure, Map<String, Object> settings) {
    if (failure instanceof TimeoutException) {
      requireNothingElse(settings);
      return notYet("no broker answers", start());
    }
    if (failure instanceof AuthenticationException) {
      return notYet(
          "it refuses the credentials (" + failure.getMessage() + ")",
          "mend them there, or start this again with others in spring.kafka.*" + UNTIL_THEN);
    }
    if (failure instanceof UnsupportedVersionException) {
      throw new UserErrorException(
          "--kafka: the Kafka at %s is of a version that cannot be used: %s"
              .formatted(bootstrapServers, failure.getMessage()),
          failure);
    }
    return notYet(StartFailure.rootCause(failure), start());
  }

  /** As long as one address may be a broker that is away, nothing is said of the others. */
  private void requireNothingElse(Map<String, Object> settings) {
    Object protocol =
        settings.getOrDefault(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT");
    List<PortLanguage> spoken =
        addresses()
            .map(address -> PortLanguage.at(host(address), Utils.getPort(address)))
            .distinct()
            .toList();
    if (Set.of(PortLanguage.HTTP, PortLanguage.TEXT).containsAll(spoken)) {
      throw new UserErrorException(
          "--kafka: what answers at %s is no Kafka, but something else%s"
              .formatted(
                  bootstrapServers,
                  spoken.contains(PortLanguage.HTTP) ? ", a web server: it speaks HTTP" : ""));
    }
    if (spoken.equals(List.of(PortLanguage.TLS)) && WITHOUT_TLS.contains(protocol.toString())) {
      throw new UserErrorException(
          "--kafka: what answers at %s speaks TLS: set SPRING_KAFKA_SECURITY_PROTOCOL"
              .formatted(bootstrapServers));
    }
  }

  private Stream<String> addresses() {
    return Stream.of(bootstrapServers.split(",")).map(String::strip);
  }

  private static String host(String address) {
    return String.valueOf(Utils.getHost(address));
  }

  private static boolean isKnown(String host) {
    try {
      return InetAddress.getByName(host) != null;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static String start() {
    return "start it, or check --kafka" + UNTIL_THEN;
  }

  private Look notYet(String why, String remedy) {
    return new Look.NotYet("Kafka at " + bootstrapServers, why, remedy);
  }

  /** How to connect: with the TLS and SASL settings of {@code spring.kafka}, as the services do. */
  private Map<String, Object> adminSettings() {
    StandardEnvironment environment = new StandardEnvironment();
    ConfigurationPropertySources.attach(environment);
    Map<String, Object> settings =
        Binder.get(environment)
            .bindOrCreate("spring.kafka", KafkaProperties.class)
            .buildAdminProperties();
    settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    return settings;
  }
}
