package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the user says is remembered, whichever mem0 it is. */
class MessageRolesIT extends WriterFixture {

  private void mem0(FaultyMem0Server.Builder builder) {
    mem0.close();
    mem0 = builder.start();
  }

  private List<String> rolesSent() {
    return mem0.calls(Calls.add()).stream()
        .flatMap(call -> call.body().path("messages").valueStream())
        .map(message -> message.path("role").asString())
        .toList();
  }

  private void bothSpeak(Map<String, String> settings, String rolesInStatus) {
    try (WriterUnderTest writer = WriterUnderTest.start(settings)) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("I live in Prague.");
      chat.reply("A golden city.");
      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);
      await().atMost(SOON).until(() -> rolesInStatus.equals(writer.status().roles()));
    }
  }

  @Test
  void upstreams_mem0_v1_is_given_everything_as_the_users_or_it_would_forget_what_the_user_says() {
    mem0(FaultyMem0Server.builder().generation(Generation.V1));

    bothSpeak(settings(), "user");

    assertThat(rolesSent()).containsExactly("user", "user");
    assertThat(memoryTexts())
        .containsExactly("Alex: I live in Prague.", "Seraphina: A golden city.");
  }

  @Test
  void a_mem0_v1_whose_prompt_keeps_the_users_facts_is_given_the_roles() {
    mem0(FaultyMem0Server.builder().generation(Generation.V1).keepsUserFacts());

    bothSpeak(settings(), "as_said");

    assertThat(rolesSent()).containsExactly("user", "assistant");
    assertThat(memoryTexts()).hasSize(2);
  }

  @Test
  void mem0_v2_is_given_the_roles_whatever_it_says_of_itself() {
    bothSpeak(settings(), "as_said");

    assertThat(rolesSent()).containsExactly("user", "assistant");
    assertThat(mem0.calls())
        .as("asked once, for the idempotency keys")
        .filteredOn(call -> call.path().equals("/ready"))
        .hasSize(1);
  }

  @Test
  void an_operator_may_say_how() {
    Map<String, String> settings = settings();
    settings.put("tavern.writer.roles", "user");

    bothSpeak(settings, "user");

    assertThat(rolesSent()).containsExactly("user", "user");
  }

  @Test
  void nothing_is_sent_while_mem0_does_not_say() {
    mem0(FaultyMem0Server.builder().generation(Generation.V1).keepsUserFacts());
    mem0.on(call -> call.path().equals("/ready")).times(2, Fault.status(503));

    bothSpeak(settings(), "as_said");

    JsonNode first = mem0.calls(Calls.add()).get(0).body();
    assertThat(first.path("messages").get(1).path("role").asString()).isEqualTo("assistant");
  }
}
