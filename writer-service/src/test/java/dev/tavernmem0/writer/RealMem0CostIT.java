package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.ModelCall;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What mem0's models are asked for a hundred turns, with the writer's default rules. Time runs so
 * many times faster ({@code -Dmem0.cost.faster}), and the model answers at once and finds a fact in
 * each turn. A measurement, so it runs only with {@code -Dmem0.cost.exchanges}; that the rules keep
 * their bounds is tested by tables in every build.
 */
@EnabledIfSystemProperty(named = "mem0.cost.exchanges", matches = "\\d+")
@ParameterizedClass
@EnumSource(Generation.class)
class RealMem0CostIT extends RealMem0Fixture {
  private static final Logger LOG = LoggerFactory.getLogger(RealMem0CostIT.class);
  private static final int FASTER = Integer.getInteger("mem0.cost.faster", 200);
  private static final int EXCHANGES = Integer.getInteger("mem0.cost.exchanges", 16);
  private static final int TURNS = 2 * EXCHANGES;

  @Parameter Generation generation;

  @Override
  Generation generation() {
    return generation;
  }

  @Override
  Map<String, String> settings() {
    Map<String, String> settings = super.settings();
    settings.put("tavern.writer.batch.settle", scaled(Duration.ofSeconds(90)));
    settings.put("tavern.writer.batch.linger", scaled(Duration.ofMinutes(3)));
    settings.put("tavern.writer.batch.max-age", scaled(Duration.ofMinutes(10)));
    settings.remove("tavern.writer.batch.max-turns");
    return settings;
  }

  private static String scaled(Duration duration) {
    return duration.toMillis() / FASTER + "ms";
  }

  private static void pass(Duration duration) {
    await().pollDelay(duration.dividedBy(FASTER)).until(() -> true);
  }

  @Test
  void chatting() {
    rig();
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = chat("one");
      for (int i = 0; i < EXCHANGES; i++) {
        chat.at(Instant.now()).user(userSays(i));
        pass(Duration.ofSeconds(20));
        chat.at(Instant.now()).reply(reply(i));
        pass(Duration.ofSeconds(80));
      }

      awaitTurns(Fate.WRITTEN, TURNS);
      assertSettled(writer);
      // 14 at an ordinary pace; a busy machine pauses, and a pause ends a batch.
      assertThat(told("chatting")).isLessThanOrEqualTo(30);
    }
  }

  @Test
  void an_old_chat() {
    rig();
    ChatLog chat = chat("one").at(Instant.parse("2025-01-01T10:00:00Z"));
    chat.loseEventsOf(
        () -> {
          for (int i = 0; i < EXCHANGES; i++) {
            chat.snapshot(Role.USER, userSays(i));
            chat.snapshot(Role.ASSISTANT, reply(i));
          }
        });
    chat.read();
    watcher.flush();
    try (WriterUnderTest writer = startWriter()) {
      awaitTurns(Fate.WRITTEN, TURNS);
      assertSettled(writer);
      assertThat(told("an old chat")).isLessThanOrEqualTo(8);
    }
  }

  private static String userSays(int i) {
    return "In room number %d of the old house I keep a clock that Olga gave me.".formatted(i);
  }

  private static String reply(int i) {
    return "The window of room number %d looks at the sea near Lisbon.".formatted(i);
  }

  /** Adds for a hundred turns; logs what they cost. */
  private double told(String what) {
    double adds = rig().calls().stream().filter(ModelCall::isExtraction).count();
    double chats = rig().calls().stream().filter(ModelCall::isChat).count();
    double embeddings = rig().calls().size() - chats;
    double hundreds = TURNS / 100.0;
    LOG.info(
        "mem0 {}, {}: for 100 turns {} adds, {} calls of the language model, {} of the embedder",
        generation,
        what,
        Math.round(adds / hundreds),
        Math.round(chats / hundreds),
        Math.round(embeddings / hundreds));
    assertThat(chats / adds)
        .as("calls of the language model for an add")
        .isLessThanOrEqualTo(generation == Generation.V1 ? 5 : 1);
    return adds / hundreds;
  }
}
