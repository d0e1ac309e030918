package dev.tavernmem0.writer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerCodec;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.testkit.hostile.HostileLedgerRecords;
import dev.tavernmem0.testkit.hostile.HostileRecord;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A ledger that holds what is no entry is read to its end, and what is in it besides is known. */
@ExtendWith(OutputCaptureExtension.class)
class HostileLedgerRecordsIT {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  private static final TopicPartition LEDGER = new TopicPartition(Topics.LEDGER, 0);

  private static WriterClients clients;
  private static RawProducer producer;

  private final List<String> batches = new ArrayList<>();
  private final List<String> removed = new ArrayList<>();

  @BeforeAll
  static void topics() throws Exception {
    KAFKA.freshTopics(1);
    // So that records can be deleted between tests; a topic that is compacted only refuses that.
    KAFKA
        .admin()
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, Topics.LEDGER),
                List.of(
                    new AlterConfigOp(
                        new ConfigEntry(TopicConfig.CLEANUP_POLICY_CONFIG, "compact,delete"),
                        AlterConfigOp.OpType.SET))))
        .all()
        .get();
    Map<String, Object> settings =
        Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KAFKA.bootstrapServers());
    clients =
        new WriterClients(
            new KafkaClients(settings, settings, settings, new SimpleMeterRegistry()),
            "writers",
            null,
            Topics.LEDGER);
    producer = new RawProducer(KAFKA.bootstrapServers());
  }

  @AfterAll
  static void close() {
    producer.close();
  }

  static List<HostileRecord> refused() {
    return HostileLedgerRecords.refused();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void what_is_no_entry_is_counted_and_skipped_and_reported_without_what_it_holds(
      HostileRecord hostile, CapturedOutput output) throws Exception {
    long first = append(hostile.key(), hostile.value());
    append(hostile.key(), hostile.value());
    append(key("after"), LedgerCodec.encode(entry("after")));

    int unreadable = read();

    assertThat(unreadable).isEqualTo(2);
    assertThat(batches).containsExactly("after");
    assertThat(output.getAll())
        .containsOnlyOnce("is skipped")
        .containsPattern(
            "WARN.*" + Topics.LEDGER + "-0 offset " + first + " is skipped.*not a ledger entry")
        .contains(String.valueOf(hostile.refusal()))
        .doesNotContain(HostileRecord.SECRET);
    forget();
  }

  @Test
  void a_removal_of_nothing_is_counted_and_skipped() throws Exception {
    append(new byte[0], null);
    append(key("no-slash"), null);
    append(key("chat/batch"), null);
    append(new byte[] {(byte) 0xff, '/', (byte) 0xff, '/', (byte) 0xff}, null);
    append(key("user/agent/batch"), null);

    int unreadable = read();

    assertThat(unreadable).isEqualTo(3);
    assertThat(removed).hasSize(2).contains("user/agent/batch");
    forget();
  }

  private int read() {
    return new LedgerReader(clients)
        .read(
            Map.of(
                0,
                new LedgerReader.Receiver() {
                  @Override
                  public void entry(LedgerEntry entry) {
                    batches.add(entry.batchId());
                  }

                  @Override
                  public void removed(Scope scope, String batchId) {
                    removed.add(scope.userId() + "/" + scope.agentId() + "/" + batchId);
                  }
                }))
        .getOrDefault(0, 0);
  }

  private static long append(byte @Nullable [] key, byte @Nullable [] value) throws Exception {
    return producer.append(Topics.LEDGER, 0, key, value);
  }

  private static byte[] key(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  private static void forget() throws Exception {
    KAFKA.admin().deleteRecords(Map.of(LEDGER, RecordsToDelete.beforeOffset(-1))).all().get();
  }

  private static LedgerEntry entry(String batchId) {
    return new LedgerEntry(
        batchId,
        0,
        "chat",
        "chat.jsonl",
        new Scope("user", "agent"),
        List.of(),
        Fate.WRITTEN,
        null,
        List.of(),
        List.of(),
        0,
        0);
  }
}
