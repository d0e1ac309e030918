package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.Merging;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import dev.tavernmem0.writer.consume.StoppedOperation;
import dev.tavernmem0.writer.consume.UnendedSnapshot;
import dev.tavernmem0.writer.verify.Difference;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The API answers what its document says, and nothing else. */
class ApiAnswersIT extends WriterFixture {
  private static final String ONE = "default-user:one";

  /** mem0 1.x, where what is said of tea changes what was said of coffee. */
  @Override
  @BeforeEach
  void startMem0() {
    mem0 =
        FaultyMem0Server.builder()
            .generation(Generation.V1)
            .extractor(Extractor.verbatim())
            .merging(ApiAnswersIT::teaForCoffee)
            .start();
  }

  private static Merging.Step teaForCoffee(String fact, List<StoredMemory> memories) {
    return memories.stream()
        .filter(memory -> fact.contains("tea") && memory.text().contains("coffee"))
        .findFirst()
        .<Merging.Step>map(coffee -> new Merging.Step.Update(coffee.id(), fact))
        .orElseGet(Merging.Step.Add::new);
  }

  @Override
  Map<String, String> settings() {
    Map<String, String> settings = super.settings();
    settings.put("tavern.writer.sweep.every", "0s");
    return settings;
  }

  @Test
  void every_operation_answers_with_the_properties_that_its_schema_has() {
    try (WriterUnderTest writer = startWriter()) {
      somethingOfEverything(writer);
      DocumentedApi api = new DocumentedApi(writer);

      api.get("/v1/chats");
      api.get("/v1/turns?chat_id=" + Api.encode(ONE));
      JsonNode batch = api.get("/v1/batches?limit=1").path("batches").get(0);
      api.get("/v1/batches");
      api.get("/v1/batches/" + batch.path("id").asString());
      api.get("/v1/batches/" + batch.path("id").asString() + "/words");
      sweep(writer, api);
      api.get("/v1/status");
      JsonNode holds = api.get("/v1/holds");
      api.post("/v1/holds/" + holds.get(0).path("id").asString() + "/confirm");
      api.post("/v1/holds/" + holds.get(1).path("id").asString() + "/discard");
      JsonNode dead = api.get("/v1/dead-letters").get(0);
      api.get("/v1/dead-letters/" + dead.path("id").asString());
      api.post("/v1/requeues?fate=dead");
      api.get("/v1/differences");
      api.post("/v1/retractions", "{\"kinds\":[\"gone\",\"wrong-scope\"]}", 202);
      api.post("/v1/comparison");
      api.get("/v1/comparison");
      api.post("/v1/forgets", "{\"chat_id\":\"none\",\"dry_run\":true}", 200);
      String forget =
          api.post("/v1/forgets", "{\"chat_id\":\"none\",\"copies\":true}", 202)
              .path("id")
              .asString();
      api.get("/v1/forgets");
      api.get("/v1/forgets/" + forget);
      api.post("/v1/replays", "{\"mode\":\"missing\",\"dry_run\":true}", 200);
      String replay =
          api.post("/v1/replays", "{\"mode\":\"rewrite\",\"rate\":1}", 202).path("id").asString();
      api.get("/v1/replays");
      api.get("/v1/replays/" + replay);
      api.post("/v1/replays/" + replay + "/pause");
      api.post("/v1/replays/" + replay + "/resume");
      api.post("/v1/replays/" + replay + "/cancel");
      api.post("/v1/pause");
      api.post("/v1/resume");
      api.part(
          "Difference",
          writer
              .bean(JsonMapper.class)
              .valueToTree(new Difference(Difference.Kind.GONE, "u", "a", ONE, "t")));
      api.part(
          "StoppedOperation",
          writer
              .bean(JsonMapper.class)
              .valueToTree(new StoppedOperation("replay", "r1", "it does not go on")));
      // In the status only after a minute in which nothing comes.
      api.part(
          "UnendedSnapshot",
          writer
              .bean(JsonMapper.class)
              .valueToTree(new UnendedSnapshot(ONE, 0, Instant.ofEpochSecond(1))));

      assertThat(api.uncalled()).as("operations without an answer here").isEmpty();
      assertThat(api.unseen())
          .as("schemas without a value here")
          .containsExactly("ForgetRequest", "Problem", "ReplayRequest", "RetractionRequest");
    }
  }

  /** Chats with a merge, a dead letter and two holds. */
  private void somethingOfEverything(WriterUnderTest writer) {
    mem0.on(Calls.add().and(Calls.bodyContaining("poison"))).always(Fault.status(400));
    watcher.chat(ONE, "Seraphina").user("I drink coffee.");
    awaitTurns(Fate.WRITTEN, 1);
    watcher.chat("default-user:two", "Seraphina").user("I drink tea now.");
    awaitTurns(Fate.WRITTEN, 2);
    watcher.chat("default-user:three", "Anna").user("This is poison.");
    watcher.chat("default-user:four", "Anna").user("I live in Prague.");
    awaitTurns(Fate.WRITTEN, 3);
    awaitTurns(Fate.DEAD, 1);
    for (String character : List.of("Boris", "Clara")) {
      ChatLog chat = watcher.chat("default-user:with " + character, character);
      chat.user("I like " + character + ".");
      awaitTurns(Fate.WRITTEN, 4);
      chat.deleteChat();
      awaitTurns(Fate.WRITTEN, 3);
    }
    awaitTurns(Fate.HELD, 2);
    awaitRest(writer);
  }

  private void sweep(WriterUnderTest writer, DocumentedApi api) {
    mem0.memories().stream()
        .filter(memory -> memory.text().contains("Prague"))
        .forEach(memory -> mem0.remove(memory.id()));
    api.post("/v1/sweep");
    await()
        .atMost(SOON)
        .until(() -> writer.status().sweep().compared() == writer.status().sweep().scopes());
    assertThat(api.get("/v1/sweep").path("findings")).hasSize(1);
  }

  @Test
  void a_refusal_is_one_that_the_document_names() {
    try (WriterUnderTest writer = startWriter()) {
      awaitRest(writer);
      DocumentedApi api = new DocumentedApi(writer);

      api.refusal("GET", "/v1/turns", 400);
      api.refusal("GET", "/v1/turns?chat_id=none", 404);
      api.refusal("GET", "/v1/batches?limit=0", 422);
      api.refusal("GET", "/v1/batches/none", 404);
      api.refusal("GET", "/v1/batches/none/words", 404);
      api.refusal("POST", "/v1/holds/none/confirm", 404);
      api.refusal("POST", "/v1/holds/none/discard", 404);
      api.refusal("GET", "/v1/dead-letters/none", 404);
      api.refusal("POST", "/v1/requeues", 422);
      api.refusal("POST", "/v1/sweep?dry_run=true&delete_strangers=1", 422);
      api.refusal("POST", "/v1/sweep?delete_strangers=1", 409);
      api.refusal("GET", "/v1/differences?limit=-1", 422);
      api.refusal("GET", "/v1/replays/none", 404);
      api.refusal("GET", "/v1/forgets/none", 404);
      api.refusal("POST", "/v1/replays/none/cancel", 404);
    }
  }
}
