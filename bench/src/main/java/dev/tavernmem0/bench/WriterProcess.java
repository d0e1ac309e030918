package dev.tavernmem0.bench;

import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The writer in a JVM of its own. */
final class WriterProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration OFTEN = Duration.ofMillis(10);

  /** As often as the status changes; to be asked costs the writer time. */
  private static final Duration SELDOM = Duration.ofMillis(250);

  private static final Pattern RESTORES =
      Pattern.compile("^tavern_writer_ledger_restores_seconds_sum\\S* (\\S+)$", Pattern.MULTILINE);

  private final ServiceProcess process;

  private WriterProcess(ServiceProcess process) {
    this.process = process;
  }

  /**
   * Starts it; it has done nothing yet when this returns.
   *
   * @param settings besides those that say where Kafka and mem0 are
   */
  static WriterProcess start(
      Workspace workspace, WriterRunOptions options, SteadyMem0 mem0, List<String> settings)
      throws IOException {
    List<String> jvm = new ArrayList<>();
    jvm.add("-Xmx" + options.writerHeap);
    jvm.addAll(options.writerJvm);
    List<String> arguments = new ArrayList<>();
    arguments.add("--spring.kafka.bootstrap-servers=" + workspace.bootstrapServers());
    arguments.add("--mem0.base-url=" + mem0.url());
    arguments.add("--mem0.max-concurrency=" + options.concurrency);
    arguments.addAll(settings);
    return new WriterProcess(
        ServiceProcess.start(
            "writer", WriterProcessMain.class, jvm, arguments, workspace.directory()));
  }

  /** Waits until it has read all that is in the log. */
  void awaitCaughtUp() {
    process.await(START_LIMIT, OFTEN, WriterProcess::caughtUp);
  }

  /** Waits until it has read so many records. */
  void awaitRead(long records) {
    process.await(
        START_LIMIT,
        SELDOM,
        status -> {
          long read = 0;
          for (JsonNode partition : status.path("partitions")) {
            read += Math.max(0, partition.path("next").asLong());
          }
          return read >= records;
        });
  }

  /** Waits until nothing is left to be done. */
  void awaitRest(Duration limit) {
    process.await(
        limit,
        SELDOM,
        status ->
            caughtUp(status)
                && status.path("pending_turns").asInt() == 0
                && status.path("backlog_turns").asInt() == 0
                && status.path("in_flight").asInt() == 0);
  }

  private static boolean caughtUp(JsonNode status) {
    if (!status.path("state").asString("").equals("RUNNING")) {
      return false;
    }
    for (JsonNode partition : status.path("partitions")) {
      if (partition.path("lag").asLong() != 0) {
        return false;
      }
    }
    return status.path("partitions").size() == TurnTopic.PARTITIONS;
  }

  /** How many turns of old chats wait. */
  int backlog() {
    return process.status().path("backlog_turns").asInt();
  }

  /** What it took to read the ledger since its start. */
  double restoreSeconds() {
    Matcher meter = RESTORES.matcher(process.get("/actuator/prometheus"));
    if (!meter.find()) {
      throw new IllegalStateException("the writer does not tell how long it read its ledger");
    }
    return Double.parseDouble(meter.group(1));
  }

  /** What it answers when a replay is asked for. */
  JsonNode replay(String body) {
    return Json.MAPPER.readTree(process.post("/v1/replays", body));
  }

  Duration cpu() {
    return process.cpu();
  }

  /** Bytes of the objects that a full collection leaves. */
  long liveHeap() throws IOException, InterruptedException {
    return process.liveHeap();
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
