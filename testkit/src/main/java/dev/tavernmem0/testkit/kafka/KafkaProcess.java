package dev.tavernmem0.testkit.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A broker in a JVM of its own, which can be killed and started again on the same port and data. It
 * ends with the JVM that started it, however that one ends. Takes about 3 s to start and 200 MB.
 */
public final class KafkaProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final String SMALL_HEAP = "192m";
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
  private @Nullable Process process;

  KafkaProcess(KafkaNode node, List<KafkaNode> cluster) {
    this(node, cluster, SMALL_HEAP);
  }

  private KafkaProcess(KafkaNode node, List<KafkaNode> cluster, String heap) {
    this.node = node;
    this.cluster = cluster;
    this.heap = heap;
  }

  /**
   * Starts a single broker on a free port and returns when it answers.
   *
   * @param directory for its data and its output
   */
  public static KafkaProcess start(Path directory) {
    return start(directory, SMALL_HEAP);
  }

  /**
   * As {@link #start(Path)}, for a lot of data.
   *
   * @param heap its {@code -Xmx}
   */
  public static KafkaProcess start(Path directory, String heap) {
    List<KafkaNode> nodes = KafkaNode.formatted(1, directory);
    KafkaProcess broker = new KafkaProcess(nodes.get(0), nodes, heap);
    broker.start();
    return broker;
  }

  /** What clients put into {@code bootstrap.servers}; the same after a restart. */
  public String bootstrapServers() {
    return node.bootstrapServer();
  }

  /** KRaft node id, counted from 1. */
  public int nodeId() {
    return node.id();
  }

  public synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Starts it again, after {@link #kill()} or {@link #stop()}; returns when it answers. */
  public void start() {
    launch();
    awaitReady();
  }

  /** {@code kill -9}. */
  public synchronized void kill() {
    end(requireStarted().destroyForcibly());
  }

  /** Asks it to shut down cleanly and waits for that. */
  public synchronized void stop() {
    requireStarted().destroy();
    end(requireStarted());
  }

  /** Kills what is left of it. */
  @Override
  public synchronized void close() {
    if (process != null) {
      end(process.destroyForcibly());
    }
  }

  synchronized void launch() {
    if (process != null && process.isAlive()) {
      throw new IllegalStateException("broker " + node.id() + " runs already");
    }
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
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx" + heap,
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+ExitOnOutOfMemoryError",
                  "-Dlogback.configurationFile=" + logback,
                  "-cp",
                  System.getProperty("java.class.path"),
                  KafkaProcessMain.class.getName(),
                  settings.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a broker process", e);
    }
  }

  void awaitReady() {
    await().until(this::accepts);
    try (Admin admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) bootstrapServers()))) {
      await().until(() -> answers(admin));
    }
  }

  private ConditionFactory await() {
    return Awaitility.await("broker " + node.id())
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(50));
  }

  private boolean accepts() {
    requireAlive();
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private boolean answers(Admin admin) throws InterruptedException {
    requireAlive();
    try {
      return admin.describeCluster().nodes().get().stream().anyMatch(n -> n.id() == node.id());
    } catch (ExecutionException e) {
      return false;
    }
  }

  private void requireAlive() {
    if (!isAlive()) {
      throw new IllegalStateException("broker " + node.id() + " ended:\n" + outputText());
    }
  }

  private Path output() {
    return node.directory().resolveSibling("node-" + node.id() + ".log");
  }

  private String outputText() {
    try {
      return Files.readString(output());
    } catch (IOException e) {
      return "(its output cannot be read: " + e + ")";
    }
  }

  private Process requireStarted() {
    if (process == null) {
      throw new IllegalStateException("broker " + node.id() + " was never started");
    }
    return process;
  }

  private static void end(Process ending) {
    try {
      if (!ending.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        ending.destroyForcibly();
        throw new IllegalStateException("the broker did not stop within " + STOP_LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ending.destroyForcibly();
    }
  }
}
