package dev.tavernmem0.writer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.curation.ChatIgnored;
import dev.tavernmem0.common.curation.CurationCodec;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What users decided is read as far as it goes. */
class CurationLogIT {
  private static final Scope SCOPE = new Scope("user", "agent");

  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  private CurationLog curation;

  @BeforeEach
  void open() {
    KAFKA.freshTopics(1);
    Map<String, Object> settings =
        Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KAFKA.bootstrapServers());
    curation =
        new CurationLog(
            new WriterClients(
                new KafkaClients(settings, settings, settings, new SimpleMeterRegistry()),
                "writers",
                null,
                Topics.LEDGER));
  }

  @AfterEach
  void close() {
    curation.close();
  }

  private static void ignore(String chatId, boolean ignored) {
    ChatIgnored decision = new ChatIgnored(SCOPE, chatId, 1);
    byte @Nullable [] value = ignored ? CurationCodec.encode(decision) : null;
    try (RawProducer producer = new RawProducer(KAFKA.bootstrapServers())) {
      producer.append(Topics.CURATION, 0, decision.key().bytes(), value);
    }
  }

  private Map<Scope, Set<String>> ignored() {
    Map<Scope, Set<String>> ignored = new HashMap<>();
    curation
        .ofTurns(0)
        .byScope()
        .forEach((scope, decided) -> ignored.put(scope, decided.ignoredChats()));
    return ignored;
  }

  @Test
  void a_decision_holds_until_it_is_withdrawn() {
    ignore("one", true);
    assertThat(ignored()).isEqualTo(Map.of(SCOPE, Set.of("one")));

    ignore("one", false);

    assertThat(ignored()).isEmpty();
  }

  @Test
  void what_was_withdrawn_without_a_trace_while_the_partition_was_anothers_holds_no_more() {
    ignore("one", true);
    assertThat(ignored()).isNotEmpty();
    KAFKA.freshTopics(1);
    ignore("two", true);

    curation.own(0);

    assertThat(ignored()).isEqualTo(Map.of(SCOPE, Set.of("two")));
  }
}
