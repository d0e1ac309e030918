package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Extractor;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.Mem0Call;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import dev.tavernmem0.writer.kafka.DeadLetters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.health.contributor.Status;
import tools.jackson.databind.JsonNode;

/** However mem0 fails, every turn is remembered once, and what cannot be is told. */
class Mem0FaultsIT extends WriterFixture {
  private static final String GROUP = "tavern-writer";

  static Stream<Arguments> passingFaults() {
    return Stream.of(
        Arguments.of("rate limited", Fault.upstreamError("provider_rate_limited")),
        Arguments.of("datastore away", Fault.upstreamError("datastore_unavailable")),
        Arguments.of("unknown error", Fault.upstreamError("unknown")),
        Arguments.of("stores, then 502", Fault.storesThenUpstreamError("vector_store_unavailable")),
        Arguments.of(
            "stores, then 502 of the provider", Fault.storesThenUpstreamError("provider_timeout")),
        Arguments.of(
            "stores, then its model refuses the key",
            Fault.storesThenUpstreamError("provider_auth_failed")),
        Arguments.of(
            "stores, then its model refuses the text",
            Fault.storesThenUpstreamError("provider_bad_request")),
        Arguments.of("stores, but times out", Fault.storesButTimesOut()),
        Arguments.of("never answers", Fault.neverAnswer()),
        Arguments.of("reset before", Fault.resetBefore()),
        Arguments.of("stores, then reset", Fault.resetAfter()),
        Arguments.of("stores, answer cut off", Fault.truncatedBody()),
        Arguments.of("not JSON", Fault.garbage()),
        Arguments.of("a proxy's page", Fault.htmlPage()),
        Arguments.of("a proxy without mem0", Fault.status(404)),
        Arguments.of("phantom ids", Fault.phantomIds()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("passingFaults")
  void a_passing_fault_of_an_add_neither_loses_nor_doubles_a_memory(String name, Fault fault) {
    mem0.on(Calls.add()).once(fault);
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      chat.reply("By the Vltava?");

      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);

      assertThat(memoriesOf("I live in Prague.")).isEqualTo(1);
      assertThat(memoriesOf("By the Vltava?")).isEqualTo(1);
    }
  }

  @Test
  void a_batch_that_lands_long_after_its_timeout_is_there_once() {
    Duration afterTheGrace = Duration.ofSeconds(2);
    mem0.on(Calls.add()).once(Fault.delay(afterTheGrace));
    Map<String, String> settings = settings();
    settings.put("mem0.write-timeout-ms", "300");
    settings.put("tavern.writer.retry.reconcile-grace", "3s");
    settings.put("tavern.writer.infer", "false");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);

      assertThat(memoriesOf("I live in Prague.")).isEqualTo(1);
      assertThat(mem0.calls(Calls.add())).hasSize(1);
    }
  }

  @Test
  void what_a_model_made_of_a_batch_without_an_answer_may_be_a_part_and_is_written_again() {
    mem0.on(Calls.add()).once(Fault.storesButTimesOut());
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      chat.reply("By the Vltava?");
      await().atMost(SOON).until(() -> mem0.memories().size() == 2);
      mem0.lose(mem0.memories().get(0).id());

      await().atMost(SOON).until(() -> mem0.calls(Calls.add()).size() == 2);
      awaitRest(writer);

      assertThat(memoriesOf("I live in Prague.")).isEqualTo(1);
      assertThat(memoriesOf("By the Vltava?")).isEqualTo(1);
    }
  }

  @Test
  void a_mem0_that_stores_and_never_says_so_is_not_asked_for_ever() {
    mem0.on(Calls.add()).always(Fault.resetAfter());
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);

      assertThat(memoriesOf("I live in Prague.")).isEqualTo(1);
      assertThat(mem0.calls(Calls.add())).hasSize(4);
    }
  }

  @Test
  void a_batch_that_lands_after_a_gateway_gave_up_is_there_once() {
    mem0.on(Calls.add()).once(Fault.status(504));
    Map<String, String> settings = settings();
    settings.put("tavern.writer.retry.reconcile-grace", "5s");
    settings.put("tavern.writer.infer", "false");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
      await().atMost(SOON).until(() -> mem0.calls(Calls.search()).size() >= 2);

      JsonNode posted = mem0.calls(Calls.add()).get(0).body();
      mem0.put(
          StoredMemory.of(
              "late",
              "I live in Prague.",
              posted.path("user_id").asString(),
              posted.path("agent_id").asString(),
              Map.of("batch_id", posted.path("metadata").path("batch_id").asString())));

      awaitTurns(Fate.WRITTEN, 1);
      assertThat(mem0.calls(Calls.add())).hasSize(1);
    }
  }

  @Test
  void a_wrong_address_makes_turns_wait_instead_of_giving_them_up() {
    mem0.on(Calls.any()).always(Fault.status(404));
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      await().atMost(SOON).until(() -> "unavailable".equals(writer.status().pausedBy()));
      assertThat(writer.status().lastError()).contains("mem0.base-url");
      mem0.heal();

      awaitTurns(Fate.WRITTEN, 1);
      assertThat(KAFKA.reader().records(Topics.TURNS_DLT)).isEmpty();
    }
  }

  @Test
  void a_look_at_mem0_that_is_refused_keeps_its_own_chat_waiting_and_no_other() {
    mem0.on(Calls.add().and(Calls.bodyContaining("stuck"))).once(Fault.resetAfter());
    mem0.on(Calls.search().and(Calls.bodyContaining("stuck"))).times(6, Fault.status(400));
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:stuck", "Anna").user("I am stuck.");
      await().atMost(SOON).until(() -> mem0.calls(Calls.search()).size() >= 2);
      watcher.chat("default-user:two", "Bob").user("I have a cat.");

      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);

      assertThat(memoriesOf("stuck")).isEqualTo(1);
      assertThat(KAFKA.reader().records(Topics.TURNS_DLT)).isEmpty();
      assertThat(counter(writer, "tavern.writer.session.failures", Tags.empty())).isZero();
    }
  }

  @Test
  void an_operation_of_a_later_version_is_counted_and_the_others_go_on() {
    try (WriterUnderTest writer = startWriter()) {
      TurnEvent[] later = new TurnEvent[1];
      new ChatLog("default-user:one", "Seraphina", event -> later[0] = event).user("Hello.");
      String json = new String(TurnEventCodec.encode(later[0]), StandardCharsets.UTF_8);
      watcher.publish(
          "default-user:one",
          json.replace("\"op\":\"c\"", "\"op\":\"x\"").getBytes(StandardCharsets.UTF_8));
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);

      assertThat(counter(writer, "tavern.writer.records", Tags.of("result", "unknown")))
          .isEqualTo(1);
      assertThat(KAFKA.reader().records(Topics.TURNS_DLT)).isEmpty();
    }
  }

  private static double counter(WriterUnderTest writer, String name, Tags tags) {
    Counter counter = writer.bean(MeterRegistry.class).find(name).tags(tags).counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void turns_wait_for_a_mem0_that_is_down_at_the_start() {
    mem0.goDown();
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      await().atMost(SOON).until(() -> "unavailable".equals(writer.status().pausedBy()));
      assertThat(writer.bean(WriterHealthIndicator.class).health().getStatus())
          .isEqualTo(Status.UP);

      mem0.comeBack();

      awaitTurns(Fate.WRITTEN, 1);
      assertThat(memoriesOf("I live in Prague.")).isEqualTo(1);
    }
  }

  @Test
  void a_poison_batch_goes_to_the_dead_letter_topic_and_the_others_go_on() {
    mem0.on(Calls.add().and(Calls.bodyContaining("poison"))).always(Fault.status(400));
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("This is poison.");
      watcher.chat("default-user:two", "Seraphina").user("I live in Prague.");

      awaitTurns(Fate.DEAD, 1);
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);

      var letters = KAFKA.reader().records(Topics.TURNS_DLT);
      assertThat(letters).hasSize(1);
      assertThat(letters.get(0).key()).startsWith("default-user:one/");
      assertThat(header(letters.get(0), DeadLetters.REASON)).isEqualTo("permanent");
      assertThat(header(letters.get(0), "kafka_dlt-exception-message")).contains("400");
      assertThat(memoriesOf("Prague")).isEqualTo(1);
    }
  }

  @Test
  void what_is_no_turn_event_goes_to_the_dead_letter_topic_and_the_others_go_on() {
    try (WriterUnderTest writer = startWriter()) {
      watcher.publish("default-user:one", "{\"op\":".getBytes(StandardCharsets.UTF_8));
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);

      var letters = KAFKA.reader().records(Topics.TURNS_DLT);
      assertThat(letters).hasSize(1);
      assertThat(header(letters.get(0), DeadLetters.REASON)).isEqualTo("undecodable");
    }
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  @Test
  void a_refused_key_pauses_everything_until_it_is_taken() {
    mem0.on(Calls.any()).always(Fault.status(401));
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
      await().atMost(SOON).until(() -> "auth".equals(writer.status().pausedBy()));
      assertThat(writer.bean(WriterHealthIndicator.class).health().getStatus())
          .isEqualTo(Status.DOWN);
      watcher.chat("default-user:two", "Bob").user("I have a cat.");

      mem0.heal();

      awaitTurns(Fate.WRITTEN, 2);
      assertThat(memoriesOf("Prague")).isEqualTo(1);
      assertThat(memoriesOf("cat")).isEqualTo(1);
      assertThat(KAFKA.reader().records(Topics.TURNS_DLT)).isEmpty();
      await()
          .atMost(SOON)
          .until(
              () ->
                  writer.bean(WriterHealthIndicator.class).health().getStatus().equals(Status.UP));
    }
  }

  @Test
  void a_refused_key_is_tried_again_by_a_writer_whose_partitions_went_and_came_back()
      throws Exception {
    mem0.on(Calls.any()).always(Fault.status(401));
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
      await().atMost(SOON).until(() -> "auth".equals(writer.status().pausedBy()));

      expel();
      mem0.heal();

      awaitTurns(Fate.WRITTEN, 1);
      await().atMost(SOON).until(() -> writer.status().pausedBy() == null);
    }
  }

  /** The group takes the writer for dead; it joins again, with nothing under way. */
  private static void expel() throws Exception {
    Set<String> before = members();
    KAFKA
        .admin()
        .removeMembersFromConsumerGroup(GROUP, new RemoveMembersFromConsumerGroupOptions());
    await()
        .atMost(SOON)
        .until(() -> members().size() == 1 && Collections.disjoint(members(), before));
  }

  private static Set<String> members() throws Exception {
    return KAFKA
        .admin()
        .describeConsumerGroups(List.of(GROUP))
        .all()
        .get()
        .get(GROUP)
        .members()
        .stream()
        .map(MemberDescription::consumerId)
        .collect(Collectors.toSet());
  }

  @Test
  void a_call_that_takes_longer_than_the_group_waits_for_a_poll_costs_no_partition()
      throws Exception {
    mem0.on(Calls.add()).once(Fault.delay(Duration.ofSeconds(8)));
    Map<String, String> settings = settings();
    settings.put("mem0.write-timeout-ms", "30000");
    settings.put("spring.kafka.consumer.properties.max.poll.interval.ms", "3000");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");
      await().atMost(SOON).until(() -> !mem0.calls(Calls.add()).isEmpty());
      Set<String> before = members();

      awaitTurns(Fate.WRITTEN, 1);

      assertThat(members()).isEqualTo(before).hasSize(1);
      assertThat(mem0.calls(Calls.add())).hasSize(1);
    }
  }

  @Test
  void nothing_to_remember_is_told_from_remembered() {
    mem0.on(Calls.add()).once(Fault.emptyResults());
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("Hello.");

      awaitTurns(Fate.EMPTY, 1);
      awaitRest(writer);

      assertThat(mem0.memories()).isEmpty();
    }
  }

  private void mem0Of(Generation generation) {
    mem0.close();
    mem0 =
        FaultyMem0Server.builder()
            .generation(generation)
            .extractor(Extractor.paraphrasing())
            .start();
  }

  @ParameterizedTest
  @EnumSource
  void if_one_of_the_ids_does_not_exist_the_batch_is_written_again_and_the_others_are_deleted(
      Generation generation) {
    mem0Of(generation);
    mem0.put(StoredMemory.of("half", "By the Vltava?", "default-user", "Seraphina", Map.of()));
    mem0.on(Calls.add())
        .once(
            Fault.respond(
                200,
                "{\"results\":[{\"id\":\"half\",\"memory\":\"By the Vltava?\",\"event\":\"ADD\"},"
                    + "{\"id\":\"phantom\",\"memory\":\"I live in Prague.\",\"event\":\"ADD\"}]}"));
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      chat.reply("By the Vltava?");

      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);

      assertThat(mem0.calls(Calls.add())).hasSize(2);
      assertThat(memoriesOf("I live in Prague.")).isEqualTo(1);
      assertThat(memoriesOf("By the Vltava?")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void while_the_memories_of_one_batch_are_looked_up_the_next_one_is_written(
      Generation generation) {
    mem0Of(generation);
    mem0.on(Calls.get()).always(Fault.delay(Duration.ofSeconds(3)));
    Map<String, String> settings = settings();
    settings.put("mem0.write-timeout-ms", "30000");
    settings.put("mem0.max-concurrency", "1");
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      watcher.chat("default-user:one", "Anna").user("I live in Prague.");
      await().atMost(SOON).until(() -> !mem0.calls(Calls.get()).isEmpty());
      watcher.chat("default-user:two", "Bob").user("I have a cat.");

      awaitTurns(Fate.WRITTEN, 2);

      Mem0Call second = mem0.calls(Calls.add()).get(1);
      assertThat(mem0.calls(Calls.get()).get(0).finishedAt()).isAfter(second.receivedAt());
      assertThat(mem0.peakConcurrency(Calls.add())).isEqualTo(1);
      assertThat(mem0.peakConcurrency(Calls.get())).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_mem0_whose_ids_never_exist_is_given_up_on(Generation generation) {
    mem0Of(generation);
    mem0.on(Calls.add()).always(Fault.phantomIds());
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      awaitTurns(Fate.DEAD, 1);
      awaitRest(writer);

      assertThat(mem0.calls(Calls.add())).hasSize(3);
      var letters = KAFKA.reader().records(Topics.TURNS_DLT);
      assertThat(letters).hasSize(1);
      assertThat(header(letters.get(0), DeadLetters.REASON)).isEqualTo("phantom");
    }
  }

  @Test
  void one_failing_chat_does_not_hold_up_the_others() {
    mem0.on(Calls.add().and(Calls.bodyContaining("stuck"))).always(Fault.neverAnswer());
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:stuck", "Anna").user("I am stuck.");
      await().atMost(SOON).until(() -> !mem0.calls(Calls.add()).isEmpty());
      for (int i = 0; i < 10; i++) {
        watcher.chat("default-user:" + i, "Character " + i).user("I am number " + i + ".");
      }

      awaitTurns(Fate.WRITTEN, 10);

      // The status is a snapshot, taken a moment ago.
      await().atMost(SOON).until(() -> writer.status().inFlight() == 1);
    }
  }

  @Test
  void one_failing_chat_does_not_hold_up_those_of_the_same_character() {
    mem0.on(Calls.add().and(Calls.bodyContaining("stuck"))).always(Fault.status(500));
    try (WriterUnderTest writer = startWriter()) {
      watcher.chat("default-user:stuck", "Anna").user("I am stuck.");
      await().atMost(SOON).until(() -> mem0.calls(Calls.add()).size() >= 2);
      for (int i = 0; i < 5; i++) {
        watcher.chat("default-user:" + i, "Anna").user("I am number " + i + ".");
      }

      awaitTurns(Fate.WRITTEN, 5);
      assertThat(mem0.peakConcurrency(Calls.add())).isEqualTo(1);
      mem0.heal();

      awaitTurns(Fate.WRITTEN, 6);
      assertThat(memoriesOf("stuck")).isEqualTo(1);
    }
  }

  @Test
  void a_mem0_of_the_first_generation_works_too() {
    mem0Of(Generation.V1);
    mem0.on(Calls.add()).once(Fault.v1Error("out of memory"));
    try (WriterUnderTest writer = startWriter()) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      awaitTurns(Fate.WRITTEN, 1);

      chat.edit(0, "I live in Brno.");

      await().atMost(SOON).until(() -> memoriesOf("Brno") == 1);
      assertThat(memoriesOf("Prague")).isZero();
    }
  }
}
