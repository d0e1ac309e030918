package dev.tavernmem0.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.state.StateKeys;
import dev.tavernmem0.watcher.state.StateStore;
import dev.tavernmem0.watcher.track.ChatTracker;
import dev.tavernmem0.watcher.track.Emission;
import dev.tavernmem0.watcher.track.SnapshotMode;
import dev.tavernmem0.watcher.track.TrackerOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.CompressionType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What compression saves on the brokers' disk and costs in processor time, of turn events with
 * their raw lines: as a snapshot sends them, in large batches, and as live saves do, two turns in a
 * transaction. Baseline: no compression.
 */
@Command(
    name = "compression",
    description = "Bytes per 1,000 turns on the broker's disk, and CPU seconds, by compression.")
final class Compression implements Callable<Integer> {
  /** The number is a level; without one it is Kafka's default. */
  private static final List<String> TYPES = List.of("none", "lz4", "lz4-9", "lz4-17", "zstd");

  private static final int LZ4_DEFAULT = CompressionType.LZ4.defaultLevel();
  private static final int SNAPSHOT_BATCH = 2048;
  private static final int SAVE = 2;

  @Option(
      names = "--turns",
      description = "Turns of a snapshot (default: ${DEFAULT-VALUE}).",
      defaultValue = "20000")
  int turns;

  @Option(
      names = "--saves",
      description = "Live saves, of two turns each (default: ${DEFAULT-VALUE}).",
      defaultValue = "1000")
  int saves;

  @Mixin RunOptions run = new RunOptions();

  private final Figures figures = new Figures();
  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (Workspace workspace = Workspace.open(run)) {
      List<byte[]> events = events(workspace.dataRoot());
      Clients clients = new Clients(workspace.bootstrapServers());
      figures.title("%,d turns".formatted(events.size()));
      figures.figure("bytes of an event, on average", EventSample.averageBytes(events), "");
      // The first time is Java's own: it compiles.
      for (String round : List.of("warm-up", "measured")) {
        for (String type : TYPES) {
          measure(clients, type, events, SNAPSHOT_BATCH, round, "snapshot");
        }
        for (String type : TYPES) {
          List<byte[]> live = events.subList(0, Math.min(saves * SAVE, events.size()));
          measure(clients, type, live, SAVE, round, "live saves");
        }
      }
    }
    return 0;
  }

  private void measure(
      Clients clients, String type, List<byte[]> events, int batch, String round, String what)
      throws InterruptedException {
    String topic = "bench." + type + "." + batch + "." + round;
    clients.createTopic(topic, 1);
    Map<String, Object> settings =
        Map.of(
            ProducerConfig.COMPRESSION_TYPE_CONFIG,
            type.replaceFirst("-.*", ""),
            ProducerConfig.COMPRESSION_LZ4_LEVEL_CONFIG,
            type.startsWith("lz4-") ? Integer.parseInt(type.substring(4)) : LZ4_DEFAULT,
            ProducerConfig.LINGER_MS_CONFIG,
            20,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            topic);
    long writing;
    try (KafkaProducer<String, byte[]> producer = clients.producer(settings)) {
      producer.initTransactions();
      long before = system.getProcessCpuTime();
      for (int from = 0; from < events.size(); from += batch) {
        producer.beginTransaction();
        for (byte[] event : events.subList(from, Math.min(from + batch, events.size()))) {
          var unused = producer.send(new ProducerRecord<>(topic, 0, "default-user:chat", event));
        }
        producer.commitTransaction();
      }
      writing = system.getProcessCpuTime() - before;
    }
    long before = system.getProcessCpuTime();
    read(clients, topic, events.size());
    long reading = system.getProcessCpuTime() - before;
    if (round.equals("measured")) {
      double thousands = events.size() / 1e3;
      String name = what + ", " + type + ", ";
      figures.figure(name + "per 1,000 turns", bytesOf(clients, topic) / 1e3 / thousands, "kB");
      figures.figure(name + "writing, CPU per 1,000 turns", writing / 1e9 / thousands, "s");
      figures.figure(name + "reading, CPU per 1,000 turns", reading / 1e9 / thousands, "s");
    }
  }

  private static void read(Clients clients, String topic, int count) {
    try (KafkaConsumer<String, byte[]> consumer = clients.consumer(topic)) {
      // One is there from the making of the topic.
      for (int read = 0; read < count + 1; ) {
        read += consumer.poll(Duration.ofSeconds(5)).count();
      }
    }
  }

  /** On the broker's disk. */
  private static long bytesOf(Clients clients, String topic) throws InterruptedException {
    Map<String, Object> settings =
        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, clients.bootstrapServers());
    try (Admin admin = Admin.create(settings)) {
      int node = admin.describeCluster().nodes().get().iterator().next().id();
      return admin.describeLogDirs(List.of(node)).allDescriptions().get().values().stream()
          .flatMap(directories -> directories.values().stream())
          .map(directory -> directory.replicaInfos().get(new TopicPartition(topic, 0)))
          .filter(replica -> replica != null)
          .mapToLong(replica -> replica.size())
          .sum();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot see how large " + topic + " is", e.getCause());
    }
  }

  /** What the watcher makes of generated chats. */
  private List<byte[]> events(Path dataRoot) throws IOException {
    ChatGenerator generator = ChatGenerator.varied(1);
    List<byte[]> events = new ArrayList<>();
    Path directory = Files.createDirectories(dataRoot.resolve("default-user/chats/Mara"));
    for (int chat = 0; events.size() < turns; chat++) {
      String name = "chat " + chat + ".jsonl";
      Files.write(directory.resolve(name), generator.chat(1_000_000));
      ChatTracker tracker =
          new ChatTracker(
              new TavernTree(dataRoot, handle -> true),
              new TrackerOptions(
                  "tavern",
                  "bench",
                  8 * 1024 * 1024,
                  true,
                  ZoneOffset.UTC,
                  SnapshotMode.INITIAL,
                  Duration.ZERO,
                  Duration.ZERO,
                  Duration.ofDays(30)),
              new StateStore(partitions -> Map.of(), new StateKeys("tavern")),
              Clock.systemUTC());
      tracker.start(List.of(new ChatPath("default-user", "chats/Mara", name)));
      for (List<Emission> next = tracker.next(SNAPSHOT_BATCH);
          !next.isEmpty();
          next = tracker.next(SNAPSHOT_BATCH)) {
        for (Emission emission : next) {
          if (emission instanceof Emission.OfTurn turn) {
            events.add(TurnEventCodec.encode(turn.event()));
          }
        }
      }
    }
    return events.subList(0, turns);
  }
}
