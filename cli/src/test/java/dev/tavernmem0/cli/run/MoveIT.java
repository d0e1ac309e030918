package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.cli.operate.Operator;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import dev.tavernmem0.testkit.sillytavern.SillyTavernSimulator;
import dev.tavernmem0.testkit.sillytavern.SimulatedChat;
import dev.tavernmem0.testkit.sillytavern.SimulatedUser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From mem0 1.x to 2.x: everything is written to the new one while the old one serves. */
class MoveIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String LEDGER = "tavern.memory.ledger.target";
  private static final String OLD_KEY = "key-of-the-old-one";
  private static final String NEXT_KEY = "key-of-the-next-one";

  @TempDir private Path home;
  private final RunningPipeline.Ports ports = RunningPipeline.Ports.free();
  private final FaultyMem0Server old = mem0(Generation.V1, OLD_KEY);
  private final FaultyMem0Server next = mem0(Generation.V2, NEXT_KEY);
  private SimulatedChat chat;
  private Operator operator;
  private RunningPipeline pipeline;

  private static FaultyMem0Server mem0(Generation generation, String key) {
    return FaultyMem0Server.builder()
        .generation(generation)
        .extractor(Extractor.verbatim())
        .apiKey(key)
        .start();
  }

  @BeforeEach
  void chats() throws IOException {
    SimulatedUser alex =
        SillyTavernSimulator.at(Files.createDirectories(home.resolve("sillytavern")))
            .user("default-user");
    chat = alex.newChat(alex.character("Mara", "Welcome."));
    chat.ask("I live in Prague.", "My brother Tomas keeps bees.");
    chat.ask("My cat is called Mochi.", "My sister Olga builds boats.");
    operator = new Operator(home);
  }

  @AfterEach
  void stop() {
    if (pipeline != null) {
      pipeline.close();
    }
    old.close();
    next.close();
  }

  private RunningPipeline start(Map<String, String> keys, String... more) throws IOException {
    Map<String, String> environment = new HashMap<>(keys);
    environment.put("TAVERN_WRITER_BATCH_LINGER", "500ms");
    environment.put("TAVERN_WRITER_BATCH_SETTLE", "500ms");
    String[] all =
        Stream.concat(
                Stream.of("--sillytavern", home.resolve("sillytavern").toString()), Stream.of(more))
            .toArray(String[]::new);
    pipeline = RunningPipeline.start(environment, ports, home.resolve("data"), all);
    return pipeline;
  }

  private static List<String> texts(FaultyMem0Server mem0) {
    return mem0.memories().stream().map(StoredMemory::text).sorted().toList();
  }

  private StoredMemory memoryOf(String words) {
    return old.memories().stream()
        .filter(memory -> memory.text().contains(words))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitMemory(FaultyMem0Server mem0, String words) {
    await(words)
        .atMost(SOON)
        .until(() -> texts(mem0).stream().anyMatch(text -> text.contains(words)));
  }

  private static int adds(FaultyMem0Server mem0) {
    return mem0.calls(Calls.add()).size();
  }

  private static String freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Integer.toString(socket.getLocalPort());
    }
  }

  @Test
  void
      the_new_one_is_filled_while_the_old_one_serves_and_after_the_switch_nothing_is_written_again()
          throws Exception {
    next.goDown();
    start(
        Map.of("MEM0_API_KEY", OLD_KEY, "TAVERN_TARGET_MEM0_API_KEY", NEXT_KEY),
        "--mem0-url",
        old.url().toString(),
        "--target-url",
        next.url().toString(),
        "--target-writer-port",
        freePort());
    pipeline.awaitReady();
    assertThat(pipeline.output())
        .contains("waiting for mem0 at " + next.url(), "check --target-url")
        .doesNotContain("target: nothing waits");
    assertThat(home.resolve("data/targets.properties"))
        .as("before anything is written to it")
        .content()
        .contains(LEDGER + "=");
    assertThat(texts(old)).hasSize(4);
    operator.runs("memories", "pin", memoryOf("boats").id()).exits(0);
    operator
        .runs(
            "memories", "edit", memoryOf("Mochi").id(), "Mochi Momo is what Alex's tabby hears to")
        .exits(0);

    next.comeBack();
    pipeline.awaitOutput("target: nothing waits any more for the mem0 at " + next.url());
    assertThat(pipeline.output())
        .contains("tavern-mem0 verify --target")
        .contains("--mem0-url " + next.url() + " --ledger " + LEDGER);
    assertThat(texts(next))
        .as("what users have changed comes with the import")
        .isEqualTo(texts(old).stream().filter(text -> !text.contains("Mochi")).toList());

    whatIsSaidNowGoesToBoth();
    theOperatorSeesBoth();
    Path file = whatWasWrittenByHandIsTakenAlong();
    pipeline.terminate();
    assertThat(pipeline.output()).doesNotContain(OLD_KEY, NEXT_KEY);

    aSwitchWithoutTheLedgerIsRefused();
    int written = adds(next);
    List<String> before = texts(old);
    start(
        Map.of("MEM0_API_KEY", NEXT_KEY), "--mem0-url", next.url().toString(), "--ledger", LEDGER);
    pipeline.awaitReady();
    assertThat(adds(next)).as("nothing is written again").isEqualTo(written);
    assertThat(retrieved("Where do I live, in Prague?")).contains("I live in Prague.");
    assertThat(operator.runs("verify").exits(0).out()).contains("They say the same");

    operator.runs("import", "--in", file.toString(), "--yes").exits(0);
    for (String kept : List.of("allergic to walnuts", "boats", "Mochi")) {
      assertThat(texts(next)).as(kept).filteredOn(text -> text.contains(kept)).hasSize(1);
    }
    assertThat(texts(next)).contains("Mochi Momo is what Alex's tabby hears to");
    assertThat(operator.runs("verify").exits(0).out()).contains("They say the same");
    chat.send("I moved to Lisbon.");
    awaitMemory(next, "Lisbon");
    assertThat(texts(old)).as("the old one is left alone").isEqualTo(before);
    assertThat(operator.runs("status", "--target").exits(1).out())
        .contains("No mem0 is being filled there");
  }

  private void whatIsSaidNowGoesToBoth() {
    chat.send("I play the violin.");
    awaitMemory(old, "violin");
    awaitMemory(next, "violin");
  }

  private void theOperatorSeesBoth() {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(operator.runs("status", "--target").exits(0).out())
                    .contains("nothing waits any more", "switch to " + next.url(), LEDGER));
    assertThat(operator.runs("status").exits(0).out())
        .containsPattern("target writer +UP .*0 turns wait");
    assertThat(operator.runs("verify", "--target").exits(0).out())
        .contains("They say the same", "All of this is of the target");
    assertThat(operator.runs("chats", "--target").exits(0).out()).contains("Mara");
    assertThat(operator.runs("dead", "list", "--target").exits(0).out()).contains("nothing for");
    operator
        .runs("replay", "start", "--target", "--mode", "rewrite", "--all", "--dry-run")
        .exits(0);
    operator.runs("sweep", "--target").exits(0);
    operator.runs("pause", "--target").exits(0);
    assertThat(operator.runs("status").exits(0).out())
        .as("the one that serves")
        .doesNotContain("paused");
    operator.runs("resume", "--target").exits(0);
  }

  private Path whatWasWrittenByHandIsTakenAlong() {
    operator.runs("memories", "add", "--character", "Mara", "Alex is allergic to walnuts").exits(0);
    assertThat(texts(old)).anyMatch(text -> text.contains("walnuts"));
    assertThat(texts(next)).noneMatch(text -> text.contains("walnuts"));
    Path file = home.resolve("everything.jsonl");
    operator.runs("export", "--out", file.toString()).exits(0);
    return file;
  }

  private void aSwitchWithoutTheLedgerIsRefused() throws Exception {
    start(Map.of("MEM0_API_KEY", NEXT_KEY), "--mem0-url", next.url().toString());
    assertThat(pipeline.exitCode()).isEqualTo(1);
    assertThat(pipeline.output()).contains("give --ledger " + LEDGER);
  }

  private String retrieved(String question) {
    return pipeline
        .post(
            "/v1/retrieve",
            Map.of(
                "user_id",
                "default-user",
                "agent_id",
                "Mara",
                "deadline_ms",
                20_000,
                "messages",
                List.of(Map.of("role", "user", "content", question))))
        .toString();
  }
}
