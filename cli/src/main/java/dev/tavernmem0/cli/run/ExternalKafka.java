package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.utils.Utils;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.core.env.StandardEnvironment;

/** The Kafka that {@code --kafka} names. */
final class ExternalKafka {
  private static final int MAX_PORT = 65_535;

  private ExternalKafka() {}

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

  /** How to connect: with the TLS and SASL settings of {@code spring.kafka}, as the services do. */
  static Map<String, Object> adminSettings(String bootstrapServers) {
    StandardEnvironment environment = new StandardEnvironment();
    ConfigurationPropertySources.attach(environment);
    Map<String, Object> settings =
        Binder.get(environment)
            .bindOrCreate("spring.kafka", KafkaProperties.class)
            .buildAdminProperties();
    settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return settings;
  }
}
