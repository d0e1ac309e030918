package dev.tavernmem0.retriever.characters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.character.CharacterCodec;
import dev.tavernmem0.common.character.CharacterScope;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.retriever.scope.CharacterScopes;
import dev.tavernmem0.retriever.scope.GroupDirectory;
import dev.tavernmem0.retriever.scope.VisibleScopes;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.testkit.kafka.RawProducer;
import dev.tavernmem0.testkit.kafka.SharedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CharacterFollowerIT {
  @RegisterExtension static final SharedBroker KAFKA = new SharedBroker();

  private static final Duration SOON = Duration.ofSeconds(30);

  private final CharacterScopes characters = new CharacterScopes();
  private final VisibleScopes scopes = new VisibleScopes(characters, new GroupDirectory(), 3);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private RawProducer producer;
  private CharacterFollower follower;

  @BeforeEach
  void start() {
    KAFKA.freshTopics(2);
    producer = new RawProducer(KAFKA.bootstrapServers());
    Map<String, Object> settings =
        Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KAFKA.bootstrapServers());
    follower =
        new CharacterFollower(
            new KafkaClients(settings, settings, settings, meters),
            Duration.ofMillis(200),
            characters,
            meters);
    follower.start();
  }

  @AfterEach
  void stop() {
    follower.stop();
    producer.close();
  }

  private void tell(String avatar, @Nullable String scope) throws Exception {
    CharacterScope character = new CharacterScope("u", avatar, String.valueOf(scope), 1);
    append(
        CharacterScope.key("u", avatar), scope == null ? null : CharacterCodec.encode(character));
  }

  private void append(String key, byte @Nullable [] value) throws Exception {
    producer.append(Topics.CHARACTERS, 0, key.getBytes(StandardCharsets.UTF_8), value);
  }

  private String scopeOf(String avatar) {
    List<Scope> visible = scopes.of("u", avatar, null, List.of());
    return visible.get(0).agentId();
  }

  @Test
  void a_rename_is_known_once_it_is_told_and_what_is_no_record_of_one_is_skipped()
      throws Exception {
    tell("Mary Jane", "Mary+Jane");
    append("u/Mary+Jane", "nonsense".getBytes(StandardCharsets.UTF_8));
    tell("Marina", "Mary+Jane");
    tell("Mary Jane", null);
    tell("Bob", "Bob~2");

    await().atMost(SOON).until(() -> scopeOf("Bob").equals("Bob~2"));
    assertThat(scopeOf("Marina")).isEqualTo("Mary+Jane");
    assertThat(scopeOf("Mary Jane")).isEqualTo("Mary+Jane");
    assertThat(scopeOf("Somebody else")).isEqualTo("Somebody+else");
    assertThat(meters.counter("tavern.retriever.characters.malformed").count()).isEqualTo(1);
    assertThat(follower.isFollowing()).isTrue();
  }
}
