package dev.tavernmem0.cli.pipeline;

import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.testkit.kafka.KafkaProcess;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ConditionTimeoutException;
import tools.jackson.databind.JsonNode;

/**
 * A pipeline that runs: a data root, a watcher, a broker and up to three writers in processes of
 * their own, and a mem0 that fails on request. It is kept over several histories, each of which has
 * a user of its own. mem0 words memories differently each time, so that it cannot hide that
 * something was written twice.
 */
final class World implements AutoCloseable {
  private static final int PARTITIONS = 4;
  private static final int WRITERS = 3;

  /** How many writers there are when nothing is wrong. */
  private static final int CREW = 2;

  /** A service starts in 4 s, and on a machine with much else to do in a minute. */
  private static final Duration START = Duration.ofMinutes(4);

  private static final Duration REST = Duration.ofMinutes(4);

  /** So that calls are under way when something is killed. */
  private static final Duration LONGEST_EXTRACTION = Duration.ofMillis(500);

  private static final Duration POLL = Duration.ofMillis(200);

  /** How often in a row nothing must have been under way. */
  private static final int QUIET_LOOKS = 3;

  private final Generation generation;
  private final Path directory;
  private final Path dataRoot;
  private final FaultyMem0Server mem0;
  private final Mem0Trouble trouble;
  private final KafkaProcess broker;
  private final Service watcher;
  private final List<Service> writers = new ArrayList<>();
  private final LogView log;
  private boolean brokerFrozen;

  private World(Generation generation, Path directory) throws IOException {
    this.generation = generation;
    this.directory = directory;
    this.dataRoot = Files.createDirectories(directory.resolve("data"));
    this.mem0 =
        FaultyMem0Server.builder()
            .generation(generation)
            .extractor(Extractor.paraphrasing().taking(LONGEST_EXTRACTION))
            .start();
    this.trouble = new Mem0Trouble(mem0, generation);
    this.broker = KafkaProcess.start(directory.resolve("kafka"));
    createTopics(broker.bootstrapServers());
    this.watcher = new Service("watcher", "watcher", directory, watcherSettings());
    for (int i = 1; i <= WRITERS; i++) {
      Map<String, String> settings = writerSettings();
      if (i == 1) {
        settings.put("tavern.writer.instance-id", "writer-1");
      }
      writers.add(new Service("writer", "writer-" + i, directory, settings));
    }
    this.log = new LogView(broker.bootstrapServers());
  }

  /** What is in the data root before the watcher looks at it the first time. */
  @FunctionalInterface
  interface Beginning {
    void in(Path dataRoot) throws IOException;
  }

  /** Starts a pipeline, and returns when it is ready. */
  static World open(Generation generation) {
    return open(generation, dataRoot -> {});
  }

  /** As {@link #open(Generation)}, with what was there before. */
  static World open(Generation generation, Beginning beginning) {
    try {
      Path parent = Files.createDirectories(Path.of("target", "pipeline").toAbsolutePath());
      World world = new World(generation, Files.createTempDirectory(parent, generation + "-"));
      try {
        beginning.in(world.dataRoot());
        world.heal();
        world.awaitQuiet(() -> false);
        return world;
      } catch (RuntimeException | Error e) {
        world.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void createTopics(String bootstrapServers) {
    try (Admin admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) bootstrapServers))) {
      admin.createTopics(Topics.all(PARTITIONS, (short) 1)).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot create the topics", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Map<String, String> commonSettings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("server.port", "0");
    settings.put("spring.kafka.bootstrap-servers", broker.bootstrapServers());
    settings.put("spring.kafka.properties[reconnect.backoff.max.ms]", "500");
    return settings;
  }

  private Map<String, String> watcherSettings() {
    Map<String, String> settings = commonSettings();
    settings.put("tavern.watcher.connector.data.root", dataRoot.toString());
    settings.put("tavern.watcher.connector.rename.window.ms", "200");
    settings.put("tavern.watcher.connector.settle.file.ms", "200");
    settings.put("tavern.watcher.restart.initial-backoff", "200ms");
    settings.put("tavern.watcher.restart.max-backoff", "1s");
    return settings;
  }

  private Map<String, String> writerSettings() {
    Map<String, String> settings = commonSettings();
    settings.put("spring.kafka.consumer.properties[session.timeout.ms]", "6000");
    settings.put("mem0.base-url", mem0.url().toString());
    settings.put("mem0.write-timeout-ms", "1000");
    settings.put("tavern.writer.batch.settle", "200ms");
    settings.put("tavern.writer.batch.linger", "300ms");
    settings.put("tavern.writer.batch.max-age", "3s");
    settings.put("tavern.writer.batch.max-turns", "4");
    settings.put("tavern.writer.batch.backlog-turns", "6");
    settings.put("tavern.writer.retract.grace", "300ms");
    settings.put("tavern.writer.retract.hold-turns", "6");
    settings.put("tavern.writer.retry.initial-backoff", "50ms");
    settings.put("tavern.writer.retry.max-backoff", "300ms");
    settings.put("tavern.writer.retry.breaker-wait", "300ms");
    settings.put("tavern.writer.retry.auth", "200ms");
    settings.put("tavern.writer.retry.reconcile-grace", "1500ms");
    settings.put("tavern.writer.retry.reconnect", "200ms");
    settings.put("tavern.writer.shutdown-timeout", "3s");
    return settings;
  }

  Generation generation() {
    return generation;
  }

  /** Where everything is: the logs, the data root, the broker's files. */
  Path directory() {
    return directory;
  }

  Path dataRoot() {
    return dataRoot;
  }

  FaultyMem0Server mem0() {
    return mem0;
  }

  Mem0Trouble trouble() {
    return trouble;
  }

  LogView log() {
    return log;
  }

  Service watcher() {
    return watcher;
  }

  List<Service> writers() {
    return List.copyOf(writers);
  }

  KafkaProcess broker() {
    return broker;
  }

  /** Whether a writer has asked mem0 to remember something and has no answer yet. */
  boolean addUnderWay() {
    // One that is older is left without an answer for ever.
    Instant recently = Instant.now().minus(LONGEST_EXTRACTION);
    return mem0.calls(Calls.add()).stream()
        .anyMatch(call -> call.finishedAt() == null && call.receivedAt().isAfter(recently));
  }

  boolean brokerFrozen() {
    return brokerFrozen;
  }

  void freezeBroker() {
    broker.freeze();
    brokerFrozen = true;
  }

  void thawBroker() {
    broker.thaw();
    brokerFrozen = false;
  }

  void killBroker() {
    broker.kill();
    brokerFrozen = false;
  }

  /** Nothing fails any more, and what has to run runs: the broker, the watcher, the crew. */
  void heal() {
    mem0.heal();
    mem0.comeBack();
    if (!broker.isAlive()) {
      broker.launch();
    } else if (brokerFrozen) {
      thawBroker();
    }
    for (Service service : services().toList()) {
      if (service.isFrozen()) {
        service.thaw();
      }
    }
    if (!watcher.isAlive()) {
      watcher.launch();
    }
    writers.stream().limit(CREW).filter(writer -> !writer.isAlive()).forEach(Service::launch);
    broker.awaitReady();
    await("a watcher that has looked at everything")
        .atMost(START)
        .pollInterval(POLL)
        .until(
            () -> {
              JsonNode status = watcher.get("/v1/status");
              return status.path("engine").asString("").equals("RUNNING")
                  && status.path("snapshot").asString("").equals("done");
            });
  }

  /** The crew goes on alone, as at the beginning of every history. */
  void dismissOthers() {
    writers.stream().skip(CREW).filter(Service::isAlive).forEach(Service::stop);
  }

  private Stream<Service> services() {
    return Stream.concat(Stream.of(watcher), writers.stream());
  }

  /**
   * Waits until the log says what the user's files say, and the writers have nothing left to do;
   * all holds are confirmed.
   */
  void awaitRest(String handle) {
    heal();
    awaitLog(handle);
    awaitQuiet(this::confirmHolds);
    awaitLog(handle);
  }

  /** As {@link #awaitRest}, but what is held stays so. */
  void awaitRestWithHolds(String handle) {
    awaitLog(handle);
    awaitQuiet(() -> false);
  }

  private void awaitQuiet(BooleanSupplier worked) {
    int[] quiet = {0};
    List<Map<TopicPartition, Long>> ends = new ArrayList<>(List.of(Map.of()));
    try {
      await("writers at rest")
          .atMost(REST)
          .pollInterval(POLL)
          .until(
              () -> {
                Map<TopicPartition, Long> before = ends.get(0);
                ends.set(0, log.read());
                boolean rest = atRest() && !worked.getAsBoolean() && before.equals(ends.get(0));
                quiet[0] = rest ? quiet[0] + 1 : 0;
                return quiet[0] >= QUIET_LOOKS;
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("the writers do not come to rest: " + statuses(), e);
    }
  }

  private void awaitLog(String handle) {
    List<List<String>> wrong = new ArrayList<>(List.of(List.of()));
    try {
      await("a log that says what the files say")
          .atMost(REST)
          .pollInterval(POLL)
          .until(
              () -> {
                log.read();
                wrong.set(0, LogCheck.problems(files(handle), log, handle));
                return wrong.get(0).isEmpty();
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "the log does not say what the files say:\n"
              + String.join("\n", wrong.get(0))
              + "\n"
              + statuses(),
          e);
    }
  }

  /** The scope ids of a user's characters, once there are so many. */
  Map<String, String> awaitScopes(String handle, int characters) {
    return await("scope ids")
        .atMost(START)
        .pollInterval(POLL)
        .until(
            () -> {
              log.read();
              return log.scopes(handle);
            },
            scopes -> scopes.size() >= characters);
  }

  TavernFiles files(String handle) {
    try {
      return TavernFiles.of(dataRoot.resolve(handle));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean atRest() {
    TreeSet<Integer> owned = new TreeSet<>();
    for (Service writer : writers) {
      if (!writer.isAlive()) {
        continue;
      }
      JsonNode status = writer.get("/v1/status");
      boolean quiet =
          status.path("state").asString("").equals("RUNNING")
              && status.path("pending_turns").asInt(1) == 0
              && status.path("backlog_turns").asInt(1) == 0
              && status.path("in_flight").asInt(1) == 0
              && status.path("lag").asInt(1) == 0;
      for (JsonNode partition : status.path("partitions")) {
        quiet &= partition.path("open_records").asInt(1) == 0;
        quiet &= partition.path("lag").asInt(1) == 0;
        quiet &= owned.add(partition.path("partition").asInt());
      }
      if (!quiet) {
        return false;
      }
    }
    return owned.size() == PARTITIONS;
  }

  /** How many chats of any user are on hold. */
  int holds() {
    return writers.stream()
        .filter(Service::isAlive)
        .mapToInt(writer -> writer.get("/v1/holds").size())
        .sum();
  }

  /** What mem0 holds of a user, by scope: as it was posted, sorted. */
  Map<String, List<String>> remembered(String handle) {
    Map<String, List<String>> remembered = new TreeMap<>();
    for (StoredMemory memory : mem0.memories()) {
      if (handle.equals(memory.userId())) {
        remembered
            .computeIfAbsent(String.valueOf(memory.agentId()), scope -> new ArrayList<>())
            .add(MemoryCheck.quoted(memory));
      }
    }
    remembered.values().forEach(texts -> texts.sort(null));
    return remembered;
  }

  /** Returns whether there were any. */
  boolean confirmHolds() {
    boolean any = false;
    for (Service writer : writers) {
      if (writer.isAlive() && !writer.isFrozen()) {
        for (JsonNode hold : writer.get("/v1/holds")) {
          any = true;
          writer.post("/v1/holds/" + hold.path("id").asString() + "/confirm");
        }
      }
    }
    return any;
  }

  /** What the writers say of a user's turns that are not gone, by chat. */
  List<WrittenChat> writtenChats(String userId) {
    List<WrittenChat> chats = new ArrayList<>();
    for (Service writer : writers) {
      if (!writer.isAlive()) {
        continue;
      }
      for (JsonNode chat : writer.get("/v1/chats")) {
        // A chat that moved to another character is known in both scopes, and has its turns in one.
        if (!chat.path("user_id").asString("").equals(userId) || chat.path("turns").isEmpty()) {
          continue;
        }
        WrittenChat written =
            WrittenChat.of(
                chat,
                writer.get(
                    "/v1/turns?chat_id="
                        + URLEncoder.encode(
                            chat.path("chat_id").asString(), StandardCharsets.UTF_8)));
        chats.add(written);
      }
    }
    return chats;
  }

  private String statuses() {
    StringBuilder statuses = new StringBuilder();
    services()
        .filter(Service::isAlive)
        .forEach(
            service ->
                statuses
                    .append('\n')
                    .append(service.name())
                    .append(": ")
                    .append(service.get("/v1/status")));
    return statuses.toString();
  }

  @Override
  public void close() {
    services().forEach(Service::close);
    log.close(); // before the broker, which it would wait for
    broker.close();
    mem0.close();
  }
}
