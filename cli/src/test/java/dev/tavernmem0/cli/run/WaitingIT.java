package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.testkit.kafka.KafkaProcess;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** After a reboot: the parts that others run come up later than {@code run}, or never. */
class WaitingIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private final RunningPipeline.Ports ports = RunningPipeline.Ports.free();
  private final FaultyMem0Server mem0 = FaultyMem0Server.start();
  private RunningPipeline pipeline;

  @AfterEach
  void stop() {
    if (pipeline != null) {
      pipeline.close();
    }
    mem0.close();
  }

  @Test
  void chats_are_remembered_once_kafka_and_mem0_have_come() throws Exception {
    mem0.on(Calls.any()).once(Fault.status(502));
    mem0.on(Calls.any()).always(Fault.status(401));
    try (KafkaProcess kafka = KafkaProcess.start(directory)) {
      kafka.kill();
      start("--kafka", kafka.bootstrapServers());
      pipeline.awaitOutput("waiting for mem0 at " + mem0.url() + ": it answers 502; start it");
      pipeline.awaitOutput("waiting for Kafka at " + kafka.bootstrapServers() + ": no broker");
      pipeline.awaitOutput("waiting for mem0 at " + mem0.url() + ": it wants a key (401); set");
      pipeline.awaitOutput("watcher ready");

      assertThat(retrieval().path("memories")).isEmpty();
      assertThat(retrieval().path("degraded").asString()).isNotEmpty();
      assertThat(health(ports.writer())).isEqualTo("DOWN");
      assertThat(health(ports.watcher())).isEqualTo("OUT_OF_SERVICE");
      assertThat(pipeline.output()).doesNotContain("everything runs");

      kafka.start();
      mem0.heal();
      pipeline.awaitOutput("Kafka at " + kafka.bootstrapServers() + " is there after ");
      await().atMost(SOON).until(() -> health(ports.writer()).equals("UP"));
      await().atMost(SOON).until(() -> health(ports.watcher()).equals("UP"));
      pipeline.awaitOutput("mem0 v2 at " + mem0.url() + " is there after ");
      pipeline.awaitReady();
      assertThat(mem0.memories()).isNotEmpty();
      assertThat(linesWith("waiting for mem0")).hasSize(2);
      assertThat(linesWith("waiting for Kafka")).hasSize(1);
      assertThat(linesWith("is there after")).hasSize(2);

      pipeline.terminate();
      assertThat(pipeline.output()).contains("stopped; the next start goes on from here");
    }
  }

  @Test
  void a_stop_while_it_waits_is_clean_and_a_web_page_in_place_of_mem0_ends_it() throws Exception {
    mem0.goDown();
    start();
    pipeline.awaitOutput("waiting for mem0 at " + mem0.url() + ": Connection refused; start it");
    pipeline.awaitOutput("broker ready");
    pipeline.terminate();
    assertThat(pipeline.output()).contains("stopped; the next start goes on from here");

    start();
    pipeline.awaitOutput("waiting for mem0").awaitOutput("broker ready");
    mem0.on(Calls.any()).always(Fault.htmlPage());
    mem0.comeBack();
    assertThat(pipeline.exitCode()).isEqualTo(1);
    assertThat(pipeline.output())
        .contains("tavern-mem0: --mem0-url: what answers at " + mem0.url() + " is no mem0")
        .doesNotContain("Exception");
  }

  private void start(String... more) throws Exception {
    Path root = directory.resolve("st");
    SimulatedUser user = SillyTavernSimulator.at(root).user("default-user");
    user.newChat(user.character("Mara", "Welcome.")).ask("I have a cat called Mo.", "A fine name.");
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(
        List.of("--mem0-url", mem0.url().toString(), "--sillytavern", root.toString()));
    pipeline =
        RunningPipeline.start(
            Map.of(
                "TAVERN_WRITER_BATCH_SETTLE", "1s",
                "TAVERN_WRITER_BATCH_LINGER", "1s",
                "TAVERN_WRITER_RETRY_AUTH", "1s",
                "TAVERN_WRITER_RETRY_MAXBACKOFF", "1s",
                "TAVERN_WRITER_RETRY_BREAKERWAIT", "1s"),
            ports,
            directory.resolve("data"),
            arguments.toArray(String[]::new));
  }

  private JsonNode retrieval() {
    return pipeline.post(
        "/v1/retrieve",
        Map.of(
            "user_id",
            "default-user",
            "agent_id",
            "Mara",
            "messages",
            List.of(Map.of("role", "user", "content", "What is my cat called?"))));
  }

  private String health(int port) {
    return pipeline.ask(port, "/actuator/health").path("status").asString();
  }

  private List<String> linesWith(String text) throws Exception {
    return pipeline.output().lines().filter(line -> line.contains(text)).toList();
  }
}
