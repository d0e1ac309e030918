package dev.tavernmem0.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class TopicsTest {
  private static final Map<String, NewTopic> TOPICS =
      Topics.all(12, (short) 3).stream()
          .collect(Collectors.toMap(NewTopic::name, Function.identity()));

  @Test
  void the_log_of_turns_is_kept_for_ever_but_for_what_is_erased() {
    for (String name : new String[] {Topics.TURNS, Topics.TURNS_DLT}) {
      assertThat(TOPICS.get(name).configs())
          .containsEntry("cleanup.policy", "compact")
          .containsEntry("min.compaction.lag.ms", Long.toString(Long.MAX_VALUE))
          .doesNotContainKeys("retention.ms", "retention.bytes", "max.compaction.lag.ms");
    }
  }

  @Test
  void the_ledger_is_partitioned_like_the_turns() {
    assertThat(TOPICS.get(Topics.LEDGER).numPartitions())
        .isEqualTo(TOPICS.get(Topics.TURNS).numPartitions())
        .isEqualTo(12);
  }

  @Test
  void what_is_read_at_every_start_is_compacted_in_small_segments_that_hold_any_record() {
    for (String name : new String[] {Topics.LEDGER, Topics.CHATS, Topics.WATCHER_OFFSETS}) {
      Map<String, String> configs = TOPICS.get(name).configs();
      assertThat(configs).containsEntry("cleanup.policy", "compact");
      assertThat(Integer.parseInt(configs.get("segment.bytes")))
          .isBetween(2 * MaxRecordSize.BYTES, 128 * 1024 * 1024);
    }
  }

  @Test
  void every_topic_takes_the_largest_record() {
    assertThat(TOPICS.values())
        .allMatch(
            topic ->
                topic
                    .configs()
                    .get("max.message.bytes")
                    .equals(Integer.toString(MaxRecordSize.BYTES)))
        .allMatch(topic -> topic.replicationFactor() == 3);
  }
}
