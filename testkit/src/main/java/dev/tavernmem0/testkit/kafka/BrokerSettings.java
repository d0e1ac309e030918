package dev.tavernmem0.testkit.kafka;

import dev.tavernmem0.common.kafka.MaxRecordSize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a test's brokers are set up wherever they run: small, and quick to notice a lost one. */
final class BrokerSettings {
  private BrokerSettings() {}

  /** Settings but for ids, addresses and directories; may be changed. */
  static Map<String, String> ofCluster(int size) {
    int replicas = Math.min(3, size);
    int minInSync = Math.max(1, replicas - 1);
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("broker.session.timeout.ms", "2000");
    settings.put("broker.heartbeat.interval.ms", "300");
    settings.put("controller.quorum.election.timeout.ms", "500");
    settings.put("controller.quorum.fetch.timeout.ms", "1000");
    settings.put("replica.lag.time.max.ms", "3000");
    settings.put("auto.create.topics.enable", "false");
    settings.put("delete.topic.enable", "true");
    settings.put("default.replication.factor", Integer.toString(replicas));
    settings.put("min.insync.replicas", Integer.toString(minInSync));
    for (String topic :
        List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      settings.put(topic + ".num.partitions", "1");
      settings.put(topic + ".replication.factor", Integer.toString(replicas));
    }
    settings.put("transaction.state.log.min.isr", Integer.toString(minInSync));
    settings.put("share.coordinator.state.topic.min.isr", Integer.toString(minInSync));
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("message.max.bytes", Integer.toString(MaxRecordSize.BYTES));
    settings.put("replica.fetch.max.bytes", Integer.toString(MaxRecordSize.BYTES));
    settings.put("log.index.size.max.bytes", Integer.toString(1024 * 1024));
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 * 1024 * 1024));
    settings.put("file.delete.delay.ms", "0");
    // Nobody waits for what is to be erased.
    settings.put("log.cleaner.backoff.ms", "200");
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "2");
    return settings;
  }

  /** For a broker that is never restarted, and on a busy machine must not be taken for gone. */
  static Map<String, String> ofLonelyBroker() {
    Map<String, String> settings = ofCluster(1);
    settings.put("broker.session.timeout.ms", "60000");
    return settings;
  }
}
