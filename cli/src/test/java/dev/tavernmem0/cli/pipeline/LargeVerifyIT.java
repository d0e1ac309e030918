package dev.tavernmem0.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.cli.operate.Operator;
import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.testkit.kafka.KafkaProcess;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** How long {@code verify} takes of so many turns, with services of 160 MB each. */
@EnabledIfSystemProperty(named = "verify.turns", matches = "\\d+")
class LargeVerifyIT {
  private static final Logger LOG = LoggerFactory.getLogger(LargeVerifyIT.class);
  private static final Duration LONG = Duration.ofMinutes(30);
  private static final int CHARACTERS = 50;
  private static final int TURNS_OF_A_CHAT = 100;

  @TempDir private Path directory;

  private void saveChats(int turns) throws IOException {
    for (int chat = 0; chat < turns / TURNS_OF_A_CHAT; chat++) {
      String character = "Character" + chat % CHARACTERS;
      Path chats = Files.createDirectories(directory.resolve("data/eve/chats").resolve(character));
      StringBuilder file =
          new StringBuilder(
              "{\"chat_metadata\":{\"integrity\":\"%08d\"},\"user_name\":\"unused\"}"
                  .formatted(chat));
      for (int turn = 0; turn < TURNS_OF_A_CHAT; turn++) {
        boolean user = turn % 2 == 0;
        String at = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(60L * turn).toString();
        file.append('\n')
            .append(
                Json.MAPPER.writeValueAsString(
                    Map.of(
                        "name",
                        user ? "Eve" : character,
                        "is_user",
                        user,
                        "is_system",
                        false,
                        "send_date",
                        at,
                        "mes",
                        text(chat, turn),
                        "extra",
                        Map.of())));
      }
      Files.writeString(chats.resolve("chat " + chat + ".jsonl"), file);
    }
  }

  /** Some 300 characters, as messages have. */
  private static String text(int chat, int turn) {
    return ("In chat " + chat + " the matter " + turn + " is told at some length. ").repeat(6);
  }

  @Test
  void verify_compares_so_many_turns() throws Exception {
    int turns = Integer.getInteger("verify.turns", 100_000);
    saveChats(turns);
    try (FaultyMem0Server mem0 =
            FaultyMem0Server.builder()
                .extractor((messages, prompt) -> List.of(messages.get(0).content()))
                .start();
        KafkaProcess broker = KafkaProcess.start(directory.resolve("kafka"))) {
      String servers = broker.bootstrapServers();
      try (Admin admin =
          Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) servers))) {
        admin.createTopics(Topics.all(4, (short) 1)).all().get();
      }
      try (Service watcher = watcher(servers);
          Service writer = writer(servers, mem0)) {
        watcher.launch();
        writer.launch();
        await("all written").atMost(LONG).until(() -> isWritten(watcher, writer, turns));
        Operator operator =
            new Operator(directory)
                .set("TAVERN_MEM0_WATCHER_URL", watcher.url())
                .set("TAVERN_MEM0_WRITER_URL", writer.url());

        Instant begun = Instant.now();
        Operator.Result result = operator.runs("verify").exits(0);

        Duration taken = Duration.between(begun, Instant.now());
        LOG.info("verify of {} turns took {} s:\n{}", turns, taken.toSeconds(), result.out());
        assertThat(taken).isLessThan(Duration.ofMinutes(10));
      }
    }
  }

  private static boolean isWritten(Service watcher, Service writer, int turns) {
    JsonNode status = writer.get("/v1/status");
    return status.path("state").asString("").equals("RUNNING")
        && status.path("lag").asInt(1) == 0
        && status.path("in_flight").asInt(1) == 0
        && status.path("pending_turns").asInt(1) + status.path("backlog_turns").asInt(1) == 0
        && status.path("chats").asInt() == turns / TURNS_OF_A_CHAT
        && watcher.get("/v1/status").path("snapshot").asString("").equals("done");
  }

  private Service watcher(String servers) {
    return new Service(
        "watcher",
        "watcher",
        directory,
        Map.of(
            "server.port",
            "0",
            "spring.kafka.bootstrap-servers",
            servers,
            "tavern.watcher.connector.data.root",
            directory.resolve("data").toString()));
  }

  private Service writer(String servers, FaultyMem0Server mem0) {
    return new Service(
        "writer",
        "writer",
        directory,
        Map.of(
            "server.port", "0",
            "spring.kafka.bootstrap-servers", servers,
            "mem0.base-url", mem0.url().toString(),
            "mem0.max-concurrency", "8",
            "tavern.writer.batch.backlog-turns", "20"));
  }
}
