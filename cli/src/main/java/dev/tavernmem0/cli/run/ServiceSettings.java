package dev.tavernmem0.cli.run;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code run} sets for each service. Addresses and directories are given; the rest are
 * defaults for one machine, which an environment variable overrides.
 */
final class ServiceSettings {
  /** Parts of the heap, of which JSON that is read takes up to 30. */
  private static final int RETRIEVERS_SHARE = 80;

  private static final int MEMORY_SERVERS_SHARE = 160;

  /** As many replicas as the brokers' own default says. */
  private static final String BROKERS_REPLICATION = "-1";

  private final RunOptions options;
  private final DataDirectory data;

  ServiceSettings(RunOptions options, DataDirectory data) {
    this.options = options;
    this.data = data;
  }

  String bootstrapServers() {
    return options.kafka() == null ? "127.0.0.1:" + options.ports().kafka() : options.kafka();
  }

  Map<String, String> memoryServer() {
    Map<String, String> properties = service(options.ports().memory());
    properties.put("tavern.memory-server.data-directory", data.memories().toString());
    properties.put("tavern.access.api-key", data.memoryServerKey());
    largestRequest(properties, MEMORY_SERVERS_SHARE);
    noPages(properties);
    return properties;
  }

  Map<String, String> watcher() {
    Map<String, String> properties = service(options.ports().watcher());
    noPages(properties);
    properties.put("tavern.watcher.connector.data.root", options.sillyTavern().path().toString());
    kafka(properties);
    if (options.kafka() != null) {
      // One user's machine: no need to spare a Kafka that has been away for long.
      unlessSet(properties, "tavern.watcher.restart.max-backoff", "5s");
    }
    return properties;
  }

  Map<String, String> writer() {
    Map<String, String> properties = service(options.ports().writer());
    noPages(properties);
    kafka(properties);
    mem0(properties);
    onlyMember(properties);
    if (options.mem0Url() == null) {
      // The embedded server writes in milliseconds and costs nothing: there is no call to save.
      unlessSet(properties, "tavern.writer.batch.linger", "1s");
      unlessSet(properties, "tavern.writer.batch.settle", "2s");
      unlessSet(properties, "tavern.writer.retract.grace", "1s");
    }
    return properties;
  }

  /** It shares what the environment says to the first one, but for mem0 and its ledger. */
  Map<String, String> targetWriter(Target target) {
    Map<String, String> properties = service(target.writerPort());
    noPages(properties);
    kafka(properties);
    properties.put("mem0.base-url", target.url().toString());
    // In any case: the environment's are those of the mem0 that serves.
    properties.put("mem0.api-key", target.apiKey() == null ? "" : target.apiKey());
    properties.put("mem0.api-version", "auto");
    properties.put("tavern.topics.ledger", target.ledger());
    onlyMember(properties);
    return properties;
  }

  Map<String, String> retriever() {
    Map<String, String> properties = service(options.ports().retriever());
    largestRequest(properties, RETRIEVERS_SHARE);
    kafka(properties);
    mem0(properties);
    if (options.mem0Url() == null) {
      // Its English model scores what fits from 0.15 on, and what does not below 0.1.
      unlessSet(properties, "tavern.retriever.min-score", "0.1");
    }
    return properties;
  }

  private void onlyMember(Map<String, String> properties) {
    if (options.kafka() == null) {
      // Of its group: after a crash it need not wait for its old session to end.
      properties.put("tavern.writer.instance-id", "run");
    }
  }

  private void kafka(Map<String, String> properties) {
    properties.put("spring.kafka.bootstrap-servers", bootstrapServers());
    if (options.kafka() != null) {
      // Whichever service finds it first makes the topics, in a cluster of any size.
      unlessSet(properties, "tavern.topics.replication-factor", BROKERS_REPLICATION);
    }
  }

  private void mem0(Map<String, String> properties) {
    properties.put("mem0.base-url", options.servingUrl().toString());
    properties.put("tavern.topics.ledger", options.ledger());
    if (options.mem0Url() == null) {
      properties.put("mem0.api-key", data.memoryServerKey());
    }
  }

  /** They share one heap. */
  private static void largestRequest(Map<String, String> properties, int share) {
    unlessSet(
        properties,
        "tavern.limits.max-request-size",
        Runtime.getRuntime().maxMemory() / share + "B");
  }

  /** The origins in the environment are those of SillyTavern's page, which asks the retriever. */
  private static void noPages(Map<String, String> properties) {
    properties.put("tavern.access.origins", "");
  }

  private static Map<String, String> service(int port) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("server.address", "127.0.0.1");
    properties.put("server.port", Integer.toString(port));
    properties.put("logging.config", Logging.CONFIG);
    return properties;
  }

  private static void unlessSet(Map<String, String> properties, String name, String value) {
    String variable = name.replace('.', '_').replace("-", "").toUpperCase(Locale.ROOT);
    if (System.getenv(variable) == null) {
      properties.put(name, value);
    }
  }
}
