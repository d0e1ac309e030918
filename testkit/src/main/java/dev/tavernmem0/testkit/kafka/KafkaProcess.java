package dev.tavernmem0.testkit.kafka;

import dev.tavernmem0.testkit.fixtures.DockerEngine;
import dev.tavernmem0.testkit.fixtures.Fixtures;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.utils.Utils;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * A broker that can be killed and started again on the same port and data: a JVM of its own, or a
 * container if {@link Fixtures} say so. It ends with the JVM that started it, however that one
 * ends. As a JVM it takes about 3 s to start and 200 MB.
 */
public final class KafkaProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final String SMALL_HEAP = "192m";

  private final int nodeId;
  private final BrokerProgram program;

  private KafkaProcess(int nodeId, BrokerProgram program) {
    this.nodeId = nodeId;
    this.program = program;
  }

  /** A broker of a cluster, not started yet; always a JVM. */
  KafkaProcess(KafkaNode node, List<KafkaNode> cluster) {
    this(node.id(), new JvmBroker(node, cluster, SMALL_HEAP));
  }

  /**
   * Starts a single broker on a free port and returns when it answers.
   *
   * @param directory for its data and its output; a container keeps them to itself
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
    KafkaProcess broker = new KafkaProcess(1, program(directory, heap));
    try {
      broker.start();
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
    return broker;
  }

  private static BrokerProgram program(Path directory, String heap) {
    if (Fixtures.chosen() == Fixtures.CONTAINERS) {
      DockerEngine.assumeAvailable();
      return ContainerBroker.onFixedPort(BrokerSettings.ofCluster(1), heap);
    }
    List<KafkaNode> nodes = KafkaNode.formatted(1, directory);
    return new JvmBroker(nodes.get(0), nodes, heap);
  }

  /** What clients put into {@code bootstrap.servers}; the same after a restart. */
  public String bootstrapServers() {
    return program.bootstrapServers();
  }

  /** KRaft node id, counted from 1. */
  public int nodeId() {
    return nodeId;
  }

  public synchronized boolean isAlive() {
    return program.isAlive();
  }

  /** Starts it again, after {@link #kill()} or {@link #stop()}; returns when it answers. */
  public void start() {
    launch();
    awaitReady();
  }

  /** {@code kill -9}. */
  public synchronized void kill() {
    program.kill();
  }

  /** Asks it to shut down cleanly and waits for that. */
  public synchronized void stop() {
    program.stop();
  }

  /** {@code kill -STOP}: connections stay, and nothing is answered. */
  public synchronized void freeze() {
    program.freeze();
  }

  /** {@code kill -CONT}: it goes on where it was, and knows nothing of the time between. */
  public synchronized void thaw() {
    program.thaw();
  }

  /** Kills what is left of it. */
  @Override
  public synchronized void close() {
    program.remove();
  }

  /** Starts it as {@link #start()} does, and returns at once. */
  public synchronized void launch() {
    if (program.isAlive()) {
      throw new IllegalStateException("broker " + nodeId + " runs already");
    }
    program.launch();
  }

  /** Waits until it answers. */
  public void awaitReady() {
    await().until(this::accepts);
    try (Admin admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) bootstrapServers()))) {
      await().until(() -> answers(admin));
    }
  }

  private ConditionFactory await() {
    return Awaitility.await("broker " + nodeId)
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(50));
  }

  private boolean accepts() {
    requireAlive();
    String address = bootstrapServers();
    try (Socket probe = new Socket(Utils.getHost(address), Utils.getPort(address))) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private boolean answers(Admin admin) throws InterruptedException {
    requireAlive();
    try {
      return admin.describeCluster().nodes().get().stream().anyMatch(n -> n.id() == nodeId);
    } catch (ExecutionException e) {
      return false;
    }
  }

  private void requireAlive() {
    if (!isAlive()) {
      throw new IllegalStateException("broker " + nodeId + " ended:\n" + program.output());
    }
  }
}
