package dev.tavernmem0.testkit.kafka;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A node of a KRaft cluster, broker and controller in one, on loopback.
 *
 * @param id counts from 1
 * @param port of the broker
 * @param controllerPort of the controller
 * @param directory its log directory
 */
record KafkaNode(int id, int port, int controllerPort, Path directory) {
  private static final String HOST = "127.0.0.1";
  private static final String CONTROLLER = "CONTROLLER";

  /** Nodes on free ports with directories {@code node-1…} below {@code directory}, formatted. */
  static List<KafkaNode> formatted(int count, Path directory) {
    List<Integer> ports = freePorts(2 * count);
    String clusterId = Uuid.randomUuid().toString();
    List<KafkaNode> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      KafkaNode node =
          new KafkaNode(
              i + 1,
              ports.get(2 * i),
              ports.get(2 * i + 1),
              directory.resolve("node-" + (i + 1)).toAbsolutePath());
      node.format(clusterId);
      nodes.add(node);
    }
    return List.copyOf(nodes);
  }

  String bootstrapServer() {
    return HOST + ":" + port;
  }

  /** All settings of the broker. */
  Map<String, String> settings(List<KafkaNode> cluster) {
    Map<String, String> settings = BrokerSettings.ofCluster(cluster.size());
    settings.put("node.id", Integer.toString(id));
    settings.put("process.roles", "broker,controller");
    settings.put("log.dirs", directory.toString());
    settings.put(
        "controller.quorum.voters",
        cluster.stream()
            .map(node -> node.id + "@" + HOST + ":" + node.controllerPort)
            .collect(Collectors.joining(",")));
    settings.put("controller.listener.names", CONTROLLER);
    settings.put(
        "listeners",
        "PLAINTEXT://%s:%d,%s://%s:%d".formatted(HOST, port, CONTROLLER, HOST, controllerPort));
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    return settings;
  }

  private void format(String clusterId) {
    try {
      Files.createDirectories(directory);
      new Formatter()
          .setNodeId(id)
          .setClusterId(clusterId)
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .setControllerListenerName(CONTROLLER)
          .setMetadataLogDirectory(directory.toString())
          .addDirectory(directory.toString())
          .setPrintStream(
              new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .run();
    } catch (Exception e) { // Formatter.run() declares it
      throw new IllegalStateException("cannot make a Kafka log in " + directory, e);
    }
  }

  /** Different ports that were free a moment ago. */
  static List<Integer> freePorts(int count) {
    List<ServerSocket> probes = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        probes.add(new ServerSocket(0, 1, InetAddress.getByName(HOST)));
      }
      return probes.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException e) {
      throw new IllegalStateException("no free ports on the loopback interface", e);
    } finally {
      probes.forEach(KafkaNode::close);
    }
  }

  private static void close(ServerSocket probe) {
    try {
      probe.close();
    } catch (IOException e) {
      throw new IllegalStateException("cannot close a probed port", e);
    }
  }
}
