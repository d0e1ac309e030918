package dev.tavernmem0.testkit.mem0;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.mem0.AddRequest;
import dev.tavernmem0.common.mem0.AddedMemory;
import dev.tavernmem0.common.mem0.ApiVersion;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Mem0ClientOptions;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.common.mem0.Mem0Message;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.common.mem0.MemoryUpdate;
import dev.tavernmem0.common.mem0.SearchRequest;
import dev.tavernmem0.testkit.fixtures.DockerEngine;
import dev.tavernmem0.testkit.fixtures.Fixtures;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the pipeline does with mem0, by its client and in both generations: on the fake that most
 * tests use, and on the mem0 image where the {@link Fixtures} are containers. So the fake cannot
 * drift away from mem0 unseen.
 */
@ParameterizedClass
@EnumSource(Generation.class)
@ExtendWith(DockerEngine.class)
class Mem0ContractIT {
  private static AutoCloseable server;
  private static URI url;
  private static String apiKey;

  @Parameter Generation generation;

  private final Scope scope = new Scope("u-" + UUID.randomUUID(), "小红+Li");
  private Mem0Client mem0;

  @BeforeParameterizedClassInvocation
  static void start(Generation generation) {
    if (Fixtures.chosen() == Fixtures.CONTAINERS) {
      Mem0Containers containers = Mem0Containers.start(generation);
      server = containers;
      url = containers.url();
      apiKey = containers.apiKey();
    } else {
      apiKey = "the right key";
      FaultyMem0Server fake =
          FaultyMem0Server.builder().generation(generation).keepsAnswers().apiKey(apiKey).start();
      server = fake;
      url = fake.url();
    }
  }

  @AfterParameterizedClassInvocation
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void connect() {
    mem0 = client(apiKey);
  }

  @AfterEach
  void disconnect() {
    mem0.close();
  }

  private static Mem0Client client(String key) {
    return new Mem0Client(
        new Mem0ClientOptions(
            url, key, ApiVersion.AUTO, Duration.ofSeconds(5), Duration.ofSeconds(60), 4));
  }

  @Test
  void a_wrong_key_is_refused() {
    try (Mem0Client stranger = client("the wrong key")) {
      assertThatThrownBy(() -> stranger.add(remember("I live in Prague.")))
          .isInstanceOf(Mem0Exception.Auth.class);
    }
    assertThat(mem0.list(scope, 10)).isEmpty();
  }

  @Test
  void the_server_says_of_which_generation_it_is() {
    assertThat(mem0.version().name()).isEqualTo(generation.name());
  }

  @Test
  void what_the_model_extracts_is_found_listed_read_changed_and_deleted() {
    List<AddedMemory> added = mem0.add(remember("Alex: my cat is called 麻糬 🐈"));

    assertThat(added).hasSize(1);
    assertThat(added.get(0).event()).isEqualTo("ADD");
    String id = added.get(0).id();
    assertThat(mem0.search(search("cat called 麻糬", Map.of())))
        .singleElement()
        .satisfies(
            memory -> {
              assertThat(memory.id()).isEqualTo(id);
              assertThat(memory.text()).contains("麻糬 🐈");
              assertThat(memory.userId()).isEqualTo(scope.userId());
              assertThat(memory.agentId()).isEqualTo(scope.agentId());
              assertThat(memory.metadata())
                  .containsEntry("batch_id", "b1")
                  .containsEntry("turn_ids", List.of("t1", "t2"));
              assertThat(memory.semanticScore()).isBetween(0.0, 1.000001);
              assertThat(memory.createdAt()).isNotNull();
            });
    assertThat(mem0.list(scope, 10)).extracting(Memory::id).containsExactly(id);
    assertThat(mem0.listOfUser(scope.userId(), 10)).extracting(Memory::id).containsExactly(id);
    mem0.update(id, new MemoryUpdate("the cat moved out", null));
    assertThat(mem0.get(id)).get().extracting(Memory::text).isEqualTo("the cat moved out");
    assertThat(mem0.delete(id)).isTrue();
    assertThat(mem0.delete(id)).as("a second time").isFalse();
    assertThat(mem0.get(id)).isEmpty();
    assertThat(mem0.list(scope, 10)).isEmpty();
  }

  @Test
  void without_the_model_each_message_is_kept_word_for_word() {
    mem0.add(
        new AddRequest(
            List.of(new Mem0Message("user", "Alex: hi 🌸"), new Mem0Message("assistant", "你好")),
            scope,
            Map.of("batch_id", "b1"),
            false,
            null));

    assertThat(mem0.list(scope, 10))
        .extracting(Memory::text)
        .containsExactlyInAnyOrder("Alex: hi 🌸", "你好");
  }

  @Test
  void the_memory_that_fits_better_comes_first_with_the_higher_score() {
    store("the cat Mochi sleeps", "b1");
    store("rain over Prague", "b2");

    List<Memory> found = mem0.search(search("the cat Mochi sleeps", Map.of()));

    assertThat(found).extracting(Memory::text).first().isEqualTo("the cat Mochi sleeps");
    assertThat(found).extracting(Memory::score).isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @Test
  void a_memory_is_found_by_its_batch() {
    store("the cat Mochi sleeps", "b1");

    assertThat(mem0.search(search("Mochi", Map.of("batch_id", "b1")))).hasSize(1);
    assertThat(mem0.search(search("Mochi", Map.of("batch_id", "b2")))).isEmpty();
  }

  @Test
  void a_character_sees_only_its_own() {
    Scope other = new Scope(scope.userId(), "Seraphina");
    store("the cat Mochi sleeps", "b1");

    assertThat(mem0.list(other, 10)).isEmpty();
    assertThat(
            mem0.search(
                new SearchRequest(
                    "the cat Mochi sleeps", other.userId(), other.agentId(), 5, 0.0, Map.of())))
        .isEmpty();
    assertThat(mem0.listOfUser(scope.userId(), 10)).hasSize(1);
  }

  @Test
  void metadata_is_merged() {
    String id = store("the cat Mochi sleeps", "b1");

    mem0.update(id, new MemoryUpdate("the cat Mochi is awake", Map.of("pinned", true)));

    assertThat(mem0.get(id))
        .hasValueSatisfying(
            memory -> {
              assertThat(memory.text()).isEqualTo("the cat Mochi is awake");
              assertThat(memory.metadata())
                  .containsEntry("batch_id", "b1")
                  .containsEntry("pinned", true);
            });
  }

  @Test
  void metadata_alone_is_changed_in_2_x_and_refused_in_1_x() {
    String id = store("the cat Mochi sleeps", "b1");
    MemoryUpdate pin = new MemoryUpdate(null, Map.of("pinned", true));

    if (generation == Generation.V1) {
      assertThatThrownBy(() -> mem0.update(id, pin))
          .isInstanceOf(Mem0Exception.Permanent.class)
          .hasMessageContaining("422");
    } else {
      mem0.update(id, pin);
    }

    assertThat(mem0.get(id)).get().extracting(Memory::text).isEqualTo("the cat Mochi sleeps");
    assertThat(mem0.get(id).orElseThrow().metadata().containsKey("pinned"))
        .isEqualTo(generation == Generation.V2);
  }

  @Test
  void an_unknown_id_reads_as_nothing() {
    String unknown = UUID.randomUUID().toString();

    assertThat(mem0.get(unknown)).isEmpty();
    assertThat(mem0.delete(unknown)).isFalse();
  }

  @Test
  void a_repeated_add_is_answered_as_the_first_and_stores_nothing_again() {
    assumeThat(mem0.ready().takesIdempotencyKeys()).isTrue();
    AddRequest add = remember("Alex: my cat is called 麻糬 🐈").with("batch-" + UUID.randomUUID());

    List<AddedMemory> first = mem0.add(add);

    assertThat(first).hasSize(1);
    assertThat(mem0.add(add)).isEqualTo(first);
    assertThat(mem0.list(scope, 10)).hasSize(1);
    mem0.delete(first.get(0).id());
    assertThat(mem0.add(add)).as("of what was deleted since").isEqualTo(first);
    assertThat(mem0.list(scope, 10)).isEmpty();
  }

  @Test
  void a_key_that_comes_with_other_words_is_refused_and_nothing_stored() {
    assumeThat(mem0.ready().takesIdempotencyKeys()).isTrue();
    String key = "batch-" + UUID.randomUUID();
    mem0.add(remember("Alex: my cat is called 麻糬 🐈").with(key));

    assertThatThrownBy(() -> mem0.add(remember("Alex: I live in Prague.").with(key)))
        .isInstanceOf(Mem0Exception.Permanent.class)
        .hasMessageContaining("422");
    assertThat(mem0.list(scope, 10)).hasSize(1);
  }

  @Test
  void a_key_belongs_to_its_scope() {
    assumeThat(mem0.ready().takesIdempotencyKeys()).isTrue();
    String key = "batch-" + UUID.randomUUID();
    AddRequest add = remember("Alex: my cat is called 麻糬 🐈").with(key);
    Scope other = new Scope(scope.userId(), "Seraphina");

    mem0.add(add);
    mem0.add(new AddRequest(add.messages(), other, add.metadata(), true, add.prompt(), key));

    assertThat(mem0.list(other, 10)).hasSize(1);
  }

  private AddRequest remember(String text) {
    return new AddRequest(
        List.of(new Mem0Message("user", text)),
        scope,
        Map.of("batch_id", "b1", "turn_ids", List.of("t1", "t2")),
        true,
        "Answer in the language of the chat.");
  }

  private String store(String text, String batch) {
    AddRequest request =
        new AddRequest(
            List.of(new Mem0Message("user", text)), scope, Map.of("batch_id", batch), false, null);
    return mem0.add(request).get(0).id();
  }

  private SearchRequest search(String query, Map<String, String> metadata) {
    return new SearchRequest(query, scope.userId(), scope.agentId(), 5, 0.0, metadata);
  }
}
