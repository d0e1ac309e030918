package dev.tavernmem0.embedded.kafka;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A single Kafka broker (KRaft, broker and controller in one) that runs in this process, listens on
 * the loopback interface only and keeps its data in a directory across restarts and crashes.
 *
 * <p>Acknowledged records survive the death of the process ({@code kill -9}). Like any Kafka broker
 * without replicas it does not wait for the disk: a power cut may cost the last seconds.
 *
 * <p>A failure that the broker cannot survive (the disk is full, say) ends the process, as it does
 * with a standalone broker.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);

  /** Kafka's own port. */
  public static final int DEFAULT_PORT = 9092;

  private final DirectoryLock lock;
  private final KafkaRaftServer server;
  private final String bootstrapServers;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedBroker(DirectoryLock lock, KafkaRaftServer server, String bootstrapServers) {
    this.lock = lock;
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts a broker and returns when it accepts requests; a few seconds. Formats the directory if
   * it is new.
   *
   * @param dataDirectory where the broker keeps its log; made if missing. The lock file {@code
   *     <dataDirectory>.lock} is beside it
   * @param port where clients connect; 0 takes a free one
   * @throws dev.tavernmem0.embedded.DataDirectoryInUseException if another broker has the directory
   * @throws EmbeddedBrokerException if the port is taken or the directory cannot be used
   */
  public static EmbeddedBroker start(Path dataDirectory, int port) {
    Path directory = dataDirectory.toAbsolutePath().normalize();
    DirectoryLock lock = DirectoryLock.take(directory);
    boolean started = false;
    try {
      long startedAt = System.nanoTime();
      Ports ports = Ports.free(port);
      Map<String, String> settings =
          BrokerSettings.of(directory, ports.client(), ports.controller());
      formatIfNew(directory);
      KafkaRaftServer server = startServer(settings, directory);
      EmbeddedBroker broker = new EmbeddedBroker(lock, server, "127.0.0.1:" + ports.client());
      started = true;
      LOG.info(
          "Kafka broker ready on {} after {} ms",
          broker.bootstrapServers,
          Duration.ofNanos(System.nanoTime() - startedAt).toMillis());
      return broker;
    } finally {
      if (!started) {
        lock.close();
      }
    }
  }

  /** What clients put into {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Stops cleanly: what was accepted is on disk, and the next start needs no recovery. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        server.shutdown();
        server.awaitShutdown();
      } finally {
        lock.close();
      }
    }
  }

  private static KafkaRaftServer startServer(Map<String, String> settings, Path directory) {
    KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.apply(settings, false), Time.SYSTEM);
    try {
      server.startup();
      return server;
    } catch (RuntimeException e) {
      server.shutdown();
      throw new EmbeddedBrokerException(
          "the Kafka broker cannot start on " + directory + ": " + e.getMessage(), e);
    }
  }

  private static void formatIfNew(Path directory) {
    if (Files.exists(directory.resolve("meta.properties"))) {
      return;
    }
    try {
      Files.createDirectories(directory);
      new Formatter()
          .setNodeId(BrokerSettings.NODE_ID)
          .setClusterId(Uuid.randomUuid().toString())
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
          .setMetadataLogDirectory(directory.toString())
          .addDirectory(directory.toString())
          .setIgnoreFormatted(true)
          .setPrintStream(
              new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .run();
    } catch (Exception e) { // Formatter.run() declares it
      throw new EmbeddedBrokerException(
          "cannot make a Kafka log in " + directory + ": " + e.getMessage(), e);
    }
  }

  private record Ports(int client, int controller) {
    /**
     * Two that are free, and not one twice.
     *
     * @param client where clients connect; 0 takes a free one
     */
    static Ports free(int client) {
      try (ServerSocket ofClients = new ServerSocket()) {
        ofClients.setReuseAddress(true);
        ofClients.bind(new InetSocketAddress(loopback(), client));
        return new Ports(ofClients.getLocalPort(), another());
      } catch (IOException e) {
        throw new EmbeddedBrokerException(
            "port " + client + " is taken: stop what listens there or choose another port", e);
      }
    }

    private static int another() {
      try (ServerSocket probe = new ServerSocket(0, 1, loopback())) {
        return probe.getLocalPort();
      } catch (IOException e) {
        throw new EmbeddedBrokerException("no free port on the loopback interface", e);
      }
    }
  }

  private static InetAddress loopback() throws IOException {
    return InetAddress.getByName("127.0.0.1");
  }
}
