package dev.tavernmem0.embedded.kafka;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The broker's configuration: one node, small, on loopback. */
final class BrokerSettings {
  static final int NODE_ID = 1;
  static final String CONTROLLER_LISTENER = "CONTROLLER";

  /** What a request has beside the largest record. */
  private static final int REST_OF_A_REQUEST = 1024 * 1024;

  private BrokerSettings() {}

  static Map<String, String> of(Path directory, int port, int controllerPort) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("node.id", Integer.toString(NODE_ID));
    settings.put("process.roles", "broker,controller");
    settings.put("log.dirs", directory.toString());

    // The only voter may change its address at every start: nobody else has to find it.
    settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
    settings.put("controller.listener.names", CONTROLLER_LISTENER);
    settings.put(
        "listeners",
        "PLAINTEXT://127.0.0.1:"
            + port
            + ","
            + CONTROLLER_LISTENER
            + "://127.0.0.1:"
            + controllerPort);
    settings.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
    settings.put("inter.broker.listener.name", "PLAINTEXT");

    // After a crash the controller must first see the old session end: keep it short.
    settings.put("broker.session.timeout.ms", "2000");
    settings.put("broker.heartbeat.interval.ms", "300");

    settings.put("auto.create.topics.enable", "false");
    settings.put("message.max.bytes", Integer.toString(MaxRecordSize.BYTES));
    settings.put("replica.fetch.max.bytes", Integer.toString(MaxRecordSize.BYTES));
    // A request that is announced has its memory at once: Kafka's default is 100 MB for each.
    settings.put(
        "socket.request.max.bytes", Integer.toString(MaxRecordSize.BYTES + REST_OF_A_REQUEST));
    settings.put("queued.max.request.bytes", Integer.toString(2 * MaxRecordSize.BYTES));

    // Who comes back after weeks goes on where they left off; Kafka's default forgets after 7 days.
    settings.put("offsets.retention.minutes", Integer.toString(Integer.MAX_VALUE));

    for (String topic :
        new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
      settings.put(topic + ".num.partitions", "1");
      settings.put(topic + ".replication.factor", "1");
    }
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");

    // Index files are sized for a full segment in advance, on some file systems for real.
    settings.put("log.segment.bytes", Integer.toString(256 * 1024 * 1024));
    settings.put("log.index.size.max.bytes", Integer.toString(1024 * 1024));
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 * 1024 * 1024));

    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("background.threads", "2");
    return settings;
  }
}
