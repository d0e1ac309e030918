package dev.tavernmem0.testkit.kafka;

import dev.tavernmem0.testkit.process.JavaProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** A broker from the jars of the class path, in a JVM of its own. */
final class JvmBroker implements BrokerProgram {
  private static final String LOGBACK =
      """
      <configuration>
        <appender name="STDOUT" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%d %-5level %logger %msg%n</pattern></encoder>
        </appender>
        <root level="WARN"><appender-ref ref="STDOUT"/></root>
      </configuration>
      """;

  private final KafkaNode node;
  private final List<KafkaNode> cluster;
  private final String heap;
  private @Nullable JavaProcess process;

  /**
   * @param heap its {@code -Xmx}
   */
  JvmBroker(KafkaNode node, List<KafkaNode> cluster, String heap) {
    this.node = node;
    this.cluster = cluster;
    this.heap = heap;
  }

  @Override
  public String bootstrapServers() {
    return node.bootstrapServer();
  }

  @Override
  public void launch() {
    try {
      Path settings = node.directory().resolveSibling("node-" + node.id() + ".properties");
      Path logback = node.directory().resolveSibling("logback.xml");
      Properties properties = new Properties();
      properties.putAll(node.settings(cluster));
      try (OutputStream out = Files.newOutputStream(settings)) {
        properties.store(out, null);
      }
      Files.writeString(logback, LOGBACK);
      process =
          JavaProcess.start(
              KafkaProcessMain.class.getName(),
              List.of(
                  "-Xmx" + heap,
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+ExitOnOutOfMemoryError",
                  "-Dlogback.configurationFile=" + logback),
              List.of(settings.toString()),
              outputFile());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a broker process", e);
    }
  }

  @Override
  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  @Override
  public void kill() {
    requireStarted().kill();
  }

  @Override
  public void stop() {
    requireStarted().stop();
  }

  @Override
  public void freeze() {
    requireStarted().freeze();
  }

  @Override
  public void thaw() {
    requireStarted().thaw();
  }

  @Override
  public void remove() {
    if (process != null) {
      process.kill();
    }
  }

  @Override
  public String output() {
    try {
      return Files.readString(outputFile());
    } catch (IOException e) {
      return "(its output cannot be read: " + e + ")";
    }
  }

  private Path outputFile() {
    return node.directory().resolveSibling("node-" + node.id() + ".log");
  }

  private JavaProcess requireStarted() {
    if (process == null) {
      throw new IllegalStateException("broker " + node.id() + " was never started");
    }
    return process;
  }
}
