package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The words that a batch was made of are told as the log has them. */
class WordsIT extends WriterFixture {

  private static List<String> each(JsonNode words, String field) {
    return words.path("turns").valueStream().map(turn -> turn.path(field).asString("")).toList();
  }

  private static String onlyBatch(Api api) {
    return api.get("/v1/batches?fate=written").at("/batches/0/id").asString();
  }

  @Test
  void words_are_told_in_order_with_speaker_date_and_chat() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      var said = chat.user("I live in *Prague*. \uD83D\uDE80");
      chat.reply("Nice.");
      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);
      Api api = new Api(writer);

      JsonNode words = api.get("/v1/batches/" + onlyBatch(api) + "/words");

      assertThat(each(words, "text"))
          .as("not cleaned")
          .containsExactly("I live in *Prague*. \uD83D\uDE80", "Nice.");
      assertThat(each(words, "name")).containsExactly("Alex", "Seraphina");
      assertThat(each(words, "role")).containsExactly("user", "assistant");
      assertThat(each(words, "chat_id")).containsOnly("default-user:one");
      assertThat(each(words, "chat_file")).containsOnly("default-user:one.jsonl");
      assertThat(words.at("/turns/0/turn_id").asString()).isEqualTo(said.turnId());
      assertThat(words.at("/turns/0/sent_at").asString()).isEqualTo(said.sentAt().toString());
      assertThat(words.path("cut").asBoolean()).isFalse();
    }
  }

  @Test
  void of_an_edited_turn_the_words_are_those_that_the_batch_was_made_of() {
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
      Api api = new Api(writer);
      String first = onlyBatch(api);

      chat.edit(0, "I live in Brno.");

      await().atMost(SOON).until(() -> memoriesOf("Prague") == 0 && memoriesOf("Brno") == 1);
      awaitRest(writer);
      assertThat(each(api.get("/v1/batches/" + onlyBatch(api) + "/words"), "text"))
          .containsExactly("I live in Brno.");
      JsonNode retracted = api.get("/v1/batches/" + first + "/words");
      assertThat(retracted.at("/turns/0/gone").asBoolean()).isTrue();
      assertThat(retracted.at("/turns/0/text").isNull()).isTrue();
    }
  }

  @Test
  void more_than_an_answer_holds_is_cut_and_it_says_so() {
    Map<String, String> settings = settings();
    settings.put("tavern.writer.batch.max-tokens", "100000");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      watcher.chat("default-user:one", "Seraphina").user("A lot. " + "word ".repeat(25_000));
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
      Api api = new Api(writer);

      JsonNode words = api.get("/v1/batches/" + onlyBatch(api) + "/words");

      assertThat(words.path("cut").asBoolean()).isTrue();
      assertThat(words.at("/turns/0/text").asString()).startsWith("A lot. ").hasSize(100_000);
    }
  }

  @Test
  void a_batch_that_the_ledger_does_not_know_is_not_found_and_the_answer_says_who_may_know_it() {
    try (WriterUnderTest writer = startWriter()) {
      awaitRest(writer);

      JsonNode problem = new Api(writer).problem("GET", "/v1/batches/none/words", 404);

      assertThat(problem.path("type").asString()).endsWith(":no-such-batch");
      assertThat(problem.path("detail").asString())
          .contains("'none'", "partitions of this instance", "another writer");
      assertThat(problem.path("fix").asString()).contains("GET /v1/batches");
    }
  }

  @Test
  void without_kafka_it_says_that_it_cannot_tell() {
    Map<String, String> settings = WriterUnderTest.quick("127.0.0.1:1", mem0.url());
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      assertThat(
              new Api(writer).problem("GET", "/v1/batches/any/words", 503).path("type").asString())
          .endsWith(":not-consuming");
    }
  }
}
