package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.ModelCall;
import dev.tavernmem0.testkit.mem0.ModelRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.health.contributor.Status;
import tools.jackson.databind.json.JsonMapper;

/** However the real mem0 and its model fail, every turn is remembered once. */
@ParameterizedClass
@EnumSource(Generation.class)
class RealMem0FaultsIT extends RealMem0Fixture {
  private static final Duration UNTIL_RELEASED = Duration.ofSeconds(60);

  @Parameter Generation generation;

  @Override
  Generation generation() {
    return generation;
  }

  /** The model has mem0 store these texts, whatever was said. */
  private ModelRule storing(String... texts) {
    List<Map<String, String>> memories =
        IntStream.range(0, texts.length)
            .mapToObj(i -> Map.of("id", "" + i, "text", texts[i], "event", "ADD"))
            .toList();
    ModelRule rule = generation == Generation.V1 ? ModelRule.onActions() : ModelRule.onExtraction();
    return rule.says(JsonMapper.shared().writeValueAsString(Map.of("memory", memories)));
  }

  private List<ModelCall> extractions() {
    return rig().calls().stream().filter(ModelCall::isExtraction).toList();
  }

  private void assertNothingIsDead() {
    assertThat(turnsByFate()).doesNotContainKey(Fate.DEAD);
    assertThat(KAFKA.reader().records(Topics.TURNS_DLT)).isEmpty();
  }

  @Test
  void an_embedding_of_four_that_fails_neither_loses_nor_doubles_a_memory() {
    ModelRule four =
        storing("Prague is home.", "Mochi is a cat.", "Boats are built.", "Bees are kept.");
    ModelRule fourth = ModelRule.onEmbedding().containing("Bees are kept.").answers(500);
    rig().program(four, fourth);
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = chat("one");
      chat.user("I live in Prague with my cat Mochi.");
      chat.reply("My sister builds boats and keeps bees.");
      await()
          .atMost(SOON)
          .until(
              () ->
                  rig().calls().stream()
                          .filter(call -> call.said().equals("Bees are kept."))
                          .count()
                      >= 2);

      rig().program(four);

      awaitMemoriesOf("Bees are kept.", 1);
      assertSettled(writer);
      assertThat(memoryTexts()).hasSize(4).doesNotHaveDuplicates();
      awaitTurns(Fate.WRITTEN, 2);
      assertNothingIsDead();
    }
  }

  @Test
  void a_mem0_that_is_killed_amid_an_add_loses_nothing_and_doubles_nothing() {
    ModelRule two = storing("Prague is home.", "Bees are kept.");
    ModelRule stopsAmidIt =
        generation == Generation.V1
            ? ModelRule.onEmbedding().containing("Bees are kept.")
            : ModelRule.onExtraction();
    rig().program(stopsAmidIt.times(1).answersAfter(UNTIL_RELEASED), two);
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = chat("one");
      chat.user("I live in Prague.");
      chat.reply("My sister keeps bees.");
      if (generation == Generation.V1) {
        awaitMemoriesOf("Prague is home.", 1);
      } else {
        await().atMost(SOON).until(() -> !extractions().isEmpty());
      }

      rig().kill();
      await().atMost(SOON).until(() -> writer.status().lastError() != null);
      rig().start(Map.of());

      awaitMemoriesOf("Bees are kept.", 1);
      assertSettled(writer);
      assertThat(memoryTexts()).containsExactlyInAnyOrder("Prague is home.", "Bees are kept.");
      awaitTurns(Fate.WRITTEN, 2);
    } finally {
      rig().start(Map.of());
    }
  }

  @Test
  void what_a_model_slower_than_the_timeout_stores_late_is_there_once_and_paid_once() {
    rig().program(ModelRule.onExtraction().times(1).answersAfter(Duration.ofSeconds(4)));
    Map<String, String> settings = settings();
    settings.put("mem0.write-timeout-ms", "2500");
    settings.put("tavern.writer.retry.reconcile-grace", "10s");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      chat("one").user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 1);
      assertSettled(writer);
      assertThat(extractions()).as("calls of the model").hasSize(1);
      assertThat(memoryTexts()).containsExactly("Alex: I live in Prague.");
    }
  }

  @Test
  void a_provider_that_refuses_or_is_exhausted_makes_turns_wait_until_it_is_mended() {
    try (WriterUnderTest writer = startWriter()) {
      providerAnswers(400, "provider", "provider_bad_request", writer, 0);
      providerAnswers(401, "auth", "provider_auth_failed", writer, 1);
      providerAnswers(429, "unavailable", "provider_rate_limited", writer, 2);
      assertSettled(writer);
      assertNothingIsDead();
      assertThat(memoryTexts()).hasSize(12).doesNotHaveDuplicates();
    }
  }

  private void providerAnswers(
      int status, String pausedBy, String code, WriterUnderTest writer, int round) {
    rig().program(ModelRule.onChat().answers(status));
    for (String name : List.of("one-", "two-")) {
      ChatLog chat = chat(name + round);
      chat.user("My cat is called %s%d.".formatted(name, round));
      chat.reply("My sister is called %s%d.".formatted(name, round));
    }

    await(pausedBy).atMost(SOON).until(() -> pausedBy.equals(writer.status().pausedBy()));
    await(code).atMost(SOON).until(() -> ("" + writer.status().lastError()).contains(code));
    if (status != 429) {
      assertThat(writer.bean(WriterHealthIndicator.class).health().getStatus())
          .isEqualTo(Status.DOWN);
    }

    rig().program();
    awaitTurns(Fate.WRITTEN, 4L * (round + 1));
    await().atMost(SOON).until(() -> writer.status().pausedBy() == null);
  }

  @Test
  void an_answer_of_the_model_that_cannot_be_used_is_never_taken_for_nothing_to_remember() {
    List<ModelRule> answers = new ArrayList<>();
    answers.add(ModelRule.onExtraction().says("Sure! Alex seems to live in Prague."));
    answers.add(ModelRule.onExtraction().says(""));
    answers.add(ModelRule.onExtraction().isCutOff());
    if (generation == Generation.V1) {
      answers.add(ModelRule.onActions().says("I would add all of them."));
      answers.add(ModelRule.onActions().isCutOff());
    }
    try (WriterUnderTest writer = startWriter()) {
      for (int i = 0; i < answers.size(); i++) {
        rig().program(answers.get(i));
        ChatLog chat = chat("chat-" + i);
        chat.user("My cat is called Mochi the " + i + "th.");
        chat.reply("My sister is called Olga the " + i + "th.");
        await()
            .atMost(SOON)
            .until(() -> ("" + writer.status().lastError()).contains("502 unknown"));

        rig().program();

        awaitTurns(Fate.WRITTEN, 2L * (i + 1));
        await().atMost(SOON).until(() -> writer.status().lastError() == null);
      }
      assertSettled(writer);
      assertNothingIsDead();
      assertThat(turnsByFate()).doesNotContainKey(Fate.EMPTY);
      assertThat(memoryTexts()).hasSize(2 * answers.size()).doesNotHaveDuplicates();
    }
  }

  @Test
  void long_chinese_turns_stay_below_the_embedders_limit() {
    int limitInCharacters = 6_400; // of 8191 tokens, 1.28 for a character
    rig().program(ModelRule.onEmbedding().longerThan(limitInCharacters).answers(400));
    String long600 = "很久以前在海边的小城里住着一位钟表匠他每天清晨都会去灯塔看日出".repeat(20).substring(0, 600);
    Map<String, String> settings = settings();
    settings.put("tavern.writer.batch.max-turns", "20");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      ChatLog chat = chat("one");
      for (int i = 0; i < 20; i++) {
        if (i % 2 == 0) {
          chat.user(long600 + "第" + i + "章。");
        } else {
          chat.reply(long600 + "第" + i + "章。");
        }
      }

      awaitTurns(Fate.WRITTEN, 20);
      assertSettled(writer);
      assertNothingIsDead();
      for (int i = 0; i < 20; i++) {
        assertThat(memoriesOf("第" + i + "章")).isEqualTo(1);
      }
      assertThat(rig().calls()).noneMatch(call -> call.said().length() > limitInCharacters);
      assertThat(extractions()).as("batches").hasSizeLessThan(10);
    }
  }

  @Test
  void of_old_chats_the_oldest_is_told_first_so_that_the_newest_has_the_last_word() {
    rig().program(ModelRule.merging("I live in", "I live in", "UPDATE"));
    oldChat("2026", "2026-02-01T10:00:00Z", "I live in Lisbon.");
    oldChat("2024", "2024-02-01T10:00:00Z", "I live in Prague.");
    watcher.flush();
    Map<String, String> settings = settings();
    settings.put("tavern.writer.batch.backlog-turns", "1");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      awaitTurns(Fate.WRITTEN, 2);
      assertSettled(writer);

      assertThat(extractions()).hasSize(2);
      assertThat(extractions().get(0).said()).contains("Prague");
      assertThat(extractions().get(1).said()).contains("Lisbon");
      if (generation == Generation.V1) {
        assertThat(memoryTexts()).containsExactly("Alex: I live in Lisbon.");
      } else {
        assertThat(memoryTexts()).hasSize(2);
      }
    }
  }

  private void oldChat(String name, String time, String text) {
    ChatLog chat = chat(name).at(Instant.parse(time));
    chat.loseEventsOf(() -> chat.snapshot(Role.USER, text));
    chat.read();
  }
}
