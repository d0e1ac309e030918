package dev.tavernmem0.retriever.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.retriever.health.LedgerHealthIndicator;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.testkit.hostile.HostileLedgerRecords;
import dev.tavernmem0.testkit.hostile.HostileRecord;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The follower lives through what the ledger holds, and through its own faults. */
@ExtendWith(OutputCaptureExtension.class)
class LedgerFollowerIT {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  private static final Duration SOON = Duration.ofSeconds(60);

  private final List<String> batches = new CopyOnWriteArrayList<>();
  private final AtomicInteger faults = new AtomicInteger();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private RawProducer producer;
  private LedgerFollower follower;

  @BeforeEach
  void start() {
    KAFKA.freshTopics(2);
    producer = new RawProducer(KAFKA.bootstrapServers());
  }

  @AfterEach
  void stop() {
    follower.stop();
    producer.close();
  }

  private void follow(Duration retryInterval) {
    Map<String, Object> settings =
        Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KAFKA.bootstrapServers());
    follower =
        new LedgerFollower(
            new KafkaClients(settings, settings, settings, meters),
            Topics.LEDGER,
            retryInterval,
            this::entry,
            meters);
    follower.start();
  }

  private void entry(LedgerEntry entry) {
    if (entry.batchId().equals("fault") && faults.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new AssertionError("the words of a chat");
    }
    batches.add(entry.batchId());
  }

  @Test
  void what_is_no_entry_is_counted_and_skipped_and_told_once_without_what_it_holds(
      CapturedOutput output) throws Exception {
    follow(Duration.ofMillis(200));
    List<HostileRecord> refused = HostileLedgerRecords.refused();

    for (HostileRecord hostile : refused) {
      append(hostile.key(), hostile.value());
      append(hostile.chatId());

      await(hostile.name()).atMost(SOON).until(() -> batches.contains(hostile.chatId()));
    }

    assertThat(malformed()).isEqualTo(refused.size());
    assertThat(batches).hasSize(refused.size());
    assertThat(follower.failure()).isNull();
    assertThat(follower.isFollowing()).isTrue();
    assertThat(output.getAll())
        .containsOnlyOnce("skipped " + Topics.LEDGER + "-0 offset 0 ")
        .containsOnlyOnce("will count, not report, further ones")
        .doesNotContain(HostileRecord.SECRET);
  }

  @Test
  void a_thread_that_ends_of_an_error_is_a_failure_of_health_and_is_started_again(
      CapturedOutput output) throws Exception {
    faults.set(1);
    follow(Duration.ofSeconds(1));
    append("before");
    append("fault");
    append("after");

    await().atMost(SOON).until(() -> follower.failure() != null);
    assertThat(health()).isEqualTo(Status.DOWN);
    assertThat(follower.failure()).contains("ERROR").contains("java.lang.AssertionError");

    await().atMost(SOON).until(() -> batches.containsAll(List.of("before", "fault", "after")));
    await().atMost(SOON).until(() -> follower.failure() == null && follower.isFollowing());
    assertThat(health()).isEqualTo(Status.UP);
    assertThat(malformed()).isZero();
    append("later");
    await().atMost(SOON).until(() -> batches.contains("later"));
    assertThat(output.getAll()).contains("AssertionError").doesNotContain("the words of a chat");
  }

  @Test
  void a_record_that_ends_the_thread_each_time_is_skipped_in_the_end() throws Exception {
    faults.set(Integer.MAX_VALUE);
    follow(Duration.ofMillis(50));
    append("fault");
    append("after");

    await().atMost(SOON).until(() -> batches.contains("after"));

    assertThat(batches).doesNotContain("fault");
    assertThat(malformed()).isEqualTo(1);
    await().atMost(SOON).until(() -> follower.failure() == null);
  }

  @Test
  void only_what_is_committed_is_read() throws Exception {
    follow(Duration.ofMillis(200));
    try (KafkaProducer<byte[], byte[]> writer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                KAFKA.bootstrapServers(),
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                "ledger-follower-it"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      writer.initTransactions();
      writer.beginTransaction();
      writer.send(record(1, "aborted")).get();
      writer.abortTransaction();
      writer.beginTransaction();
      writer.send(record(1, "committed")).get();
      writer.commitTransaction();
    }

    await().atMost(SOON).until(() -> batches.contains("committed"));
    assertThat(batches).containsExactly("committed");
  }

  private Status health() {
    return new LedgerHealthIndicator(Optional.of(follower)).health().getStatus();
  }

  private double malformed() {
    return meters.counter("tavern.retriever.ledger.malformed").count();
  }

  private void append(String batchId) throws Exception {
    producer.send(record(0, batchId)).get();
  }

  private void append(byte[] key, byte[] value) throws Exception {
    producer.append(Topics.LEDGER, 0, key, value);
  }

  private static ProducerRecord<byte[], byte[]> record(int partition, String batchId) {
    byte[] value =
        LedgerCodec.encode(
            new LedgerEntry(
                batchId,
                0,
                "chat",
                "chat.jsonl",
                new Scope("alice", "Seraphina"),
                List.of(),
                Fate.WRITTEN,
                null,
                List.of(),
                List.of(),
                0,
                0));
    return new ProducerRecord<>(
        Topics.LEDGER, partition, batchId.getBytes(StandardCharsets.UTF_8), value);
  }
}
