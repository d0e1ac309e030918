package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.testkit.mem0.Generation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** From the real mem0 1.x to the real 2.x, from the log, while 1.x serves. */
class RealMem0MoveIT extends RealMem0Fixture {
  private static final List<String> FACTS =
      List.of("Prague", "bees", "Mochi", "boats", "violin", "Lisbon");

  @Override
  Generation generation() {
    return Generation.V1;
  }

  @Test
  void all_memories_are_in_2_x_too_the_comparison_finds_nothing_and_1_x_is_as_it_was() {
    rig();
    MEM0.rig(Generation.V2).reset();
    try (Mem0Client next = MEM0.client(Generation.V2);
        WriterUnderTest first = startWriter()) {
      ChatLog one = chat("one");
      one.user("I live in Prague.");
      one.reply("My brother Tomas keeps bees.");
      one.user("My cat is called Mochi.");
      one.reply("My sister Olga builds boats.");
      ChatLog two = chat("two");
      two.user("I play the violin.");
      awaitTold(5);
      awaitRemembered("violin");
      assertSettled(first);
      List<Memory> before = memories();

      try (WriterUnderTest second = WriterUnderTest.start(targetSettings())) {
        awaitRest(second);
        assertThat(memories()).as("1.x").containsExactlyInAnyOrderElementsOf(before);

        two.user("I am flying to Lisbon.");
        awaitRemembered("Lisbon");
        await()
            .atMost(SOON)
            .until(() -> texts(next).stream().anyMatch(text -> text.contains("Lisbon")));
        assertSettled(first);
        awaitRest(second);

        for (String fact : FACTS) {
          assertThat(memoryTexts()).as("1.x").anyMatch(text -> text.contains(fact));
          assertThat(texts(next)).as("2.x").anyMatch(text -> text.contains(fact));
        }
        second.sweep(SOON);
        assertThat(second.status().sweep().findings()).isEmpty();
        assertThat(second.status().deadTurns()).isZero();
        assertThat(new Api(second).get("/v1/differences").path("counts")).isEmpty();
        first.sweep(SOON);
        assertThat(first.status().sweep().findings()).isEmpty();
        assertThat(memories()).containsAll(before);
      }
    }
  }

  private Map<String, String> targetSettings() {
    Map<String, String> settings = WriterUnderTest.quick(KAFKA, MEM0.url(Generation.V2));
    String key = MEM0.apiKey(Generation.V2);
    if (key != null) {
      settings.put("mem0.api-key", key);
    }
    settings.put("mem0.write-timeout-ms", "60000");
    settings.put("tavern.topics.ledger", "tavern.memory.ledger.target");
    settings.put("tavern.topics.partitions", Integer.toString(TurnPublisher.PARTITIONS));
    return settings;
  }

  private List<String> texts(Mem0Client mem0) {
    return mem0.listOfUser(Mem0Ids.user(user()), 1000).stream().map(Memory::text).toList();
  }
}
