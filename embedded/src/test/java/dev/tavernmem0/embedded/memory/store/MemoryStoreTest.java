package dev.tavernmem0.embedded.memory.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.DataDirectoryInUseException;
import dev.tavernmem0.embedded.memory.embedding.Language;
import dev.tavernmem0.embedded.memory.embedding.MemoryVectors;
import dev.tavernmem0.embedded.memory.embedding.QueryVector;
import dev.tavernmem0.embedded.memory.filter.MetadataFilter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class MemoryStoreTest {
  private static final Scope USER = new Scope("u", null, null);

  @TempDir Path directory;

  @Test
  void lists_keep_the_order_of_adding_across_updates_and_restarts() {
    List<Memory> memories = new ArrayList<>();
    try (MemoryStore store = MemoryStore.open(directory)) {
      for (int i = 0; i < 30; i++) {
        memories.add(add(store, "memory " + i));
      }
      store.update(memories.get(3).id(), before -> embedded(before.id(), "memory 3", 3));
    }
    try (MemoryStore store = MemoryStore.open(directory)) {
      memories.add(add(store, "memory 30"));

      assertThat(store.list(USER, 100, false))
          .extracting(Memory::id)
          .containsExactlyElementsOf(memories.stream().map(Memory::id).toList());
    }
  }

  @Test
  void what_each_of_many_writers_added_is_there_at_once() throws Exception {
    try (MemoryStore store = MemoryStore.open(directory)) {
      ExecutorService threads = Executors.newFixedThreadPool(8);
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        writers.add(
            threads.submit(
                () -> {
                  for (int j = 0; j < 20; j++) {
                    Memory memory = add(store, "memory " + j);
                    assertThat(store.get(memory.id())).contains(memory);
                  }
                }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      threads.shutdown();

      assertThat(store.count()).isEqualTo(160);
      assertThat(store.list(USER, 1000, false)).hasSize(160);
    }
  }

  @Test
  void updates_of_one_memory_are_not_lost_to_each_other() throws Exception {
    try (MemoryStore store = MemoryStore.open(directory)) {
      Memory memory = add(store, "0");
      ExecutorService threads = Executors.newFixedThreadPool(4);
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        writers.add(
            threads.submit(
                () ->
                    store.update(
                        memory.id(),
                        before ->
                            embedded(
                                before.id(),
                                Integer.toString(Integer.parseInt(before.text()) + 1),
                                0))));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      threads.shutdown();

      assertThat(store.get(memory.id()).orElseThrow().text()).isEqualTo("40");
      assertThat(store.history(memory.id())).hasSize(41);
    }
  }

  @Test
  void a_scope_with_many_others_around_it_is_searched_completely() {
    try (MemoryStore store = MemoryStore.open(directory)) {
      List<EmbeddedMemory> others = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        others.add(embedded(UUID.randomUUID().toString(), "near", 0));
      }
      store.add(Addition.of(others));
      EmbeddedMemory far = embedded(UUID.randomUUID().toString(), "far", 200);
      far.memory().payload().put("user_id", "other");
      store.add(Addition.of(List.of(far)));

      List<SearchHit> hits =
          store.search(
              new SearchRequest(
                  "near",
                  new QueryVector(Language.ENGLISH, unit(Language.ENGLISH, 0)),
                  new Scope("other", null, null),
                  MetadataFilter.any(),
                  5,
                  0,
                  false));

      assertThat(hits).extracting(hit -> hit.memory().text()).containsExactly("far");
    }
  }

  @Test
  void an_answer_is_there_with_its_memories_and_messages_after_a_restart() {
    EmbeddedMemory memory = embedded(UUID.randomUUID().toString(), "fact", 1);
    KeptAnswer answer = answer("add", new AddedMemory(memory.memory().id(), "fact", "user"));
    ArrayNode messages = Json.MAPPER.createArrayNode().add("Alex: a fact");
    try (MemoryStore store = MemoryStore.open(directory)) {
      store.add(new Addition(List.of(memory), USER, messages, answer));
    }

    try (MemoryStore store = MemoryStore.open(directory)) {
      assertThat(store.answer("add")).contains(answer);
      assertThat(store.lastMessages(USER)).isEqualTo(messages);
      assertThat(store.list(USER, 10, false)).containsExactly(memory.memory());
      assertThat(store.answer("another")).isEmpty();
    }
  }

  @Test
  void an_answer_without_memories_is_kept_too() {
    KeptAnswer answer = answer("add");
    try (MemoryStore store = MemoryStore.open(directory)) {
      store.add(new Addition(List.of(), USER, null, answer));

      assertThat(store.answer("add")).contains(answer);
      assertThat(store.count()).isZero();
      assertThat(store.list(Scope.ALL, 10, true)).isEmpty();
    }
  }

  @Test
  void an_answer_outlives_its_memories() {
    EmbeddedMemory memory = embedded(UUID.randomUUID().toString(), "fact", 1);
    KeptAnswer answer = answer("add", new AddedMemory(memory.memory().id(), "fact", "user"));
    try (MemoryStore store = MemoryStore.open(directory)) {
      store.add(new Addition(List.of(memory), USER, null, answer));
      store.deleteAll(USER);

      assertThat(store.answer("add")).contains(answer);
      assertThat(store.list(USER, 10, true)).isEmpty();
    }
  }

  @Test
  void the_last_messages_of_a_scope_are_those_of_its_last_add() {
    ArrayNode first = Json.MAPPER.createArrayNode().add("one");
    ArrayNode second = Json.MAPPER.createArrayNode().add("two");
    try (MemoryStore store = MemoryStore.open(directory)) {
      store.add(new Addition(List.of(), USER, first, null));
      store.add(new Addition(List.of(), USER, second, null));
      store.add(new Addition(List.of(), new Scope("other", null, null), first, null));

      assertThat(store.lastMessages(USER)).isEqualTo(second);
    }
  }

  @Test
  void an_answer_is_forgotten_after_seven_days() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    try (MemoryStore store = MemoryStore.open(directory, now::get)) {
      store.add(new Addition(List.of(), USER, null, answer("add")));

      now.set(Instant.parse("2026-01-07T23:59:59Z"));
      assertThat(store.answer("add")).isPresent();
      now.set(Instant.parse("2026-01-08T00:00:00Z"));
      assertThat(store.answer("add")).isEmpty();

      KeptAnswer anew = answer("add", new AddedMemory("id", "fact", null));
      store.add(new Addition(List.of(), USER, null, anew));
      assertThat(store.answer("add")).contains(anew);
      now.set(Instant.parse("2026-01-01T12:00:00Z"));
      assertThat(store.answer("add")).as("the old one is not there any more").contains(anew);
    }
  }

  private static KeptAnswer answer(String addId, AddedMemory... memories) {
    return new KeptAnswer(addId, "request", List.of(memories));
  }

  @Test
  void a_directory_in_use_is_refused() {
    try (MemoryStore store = MemoryStore.open(directory)) {
      assertThatThrownBy(() -> MemoryStore.open(directory))
          .isInstanceOf(DataDirectoryInUseException.class)
          .hasMessageContaining(directory.toString());
      assertThat(store.isOpen()).isTrue();
    }
  }

  @Test
  void a_directory_that_cannot_be_one_is_named() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> MemoryStore.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void a_closed_store_says_so() {
    MemoryStore store = MemoryStore.open(directory);
    store.close();

    assertThat(store.isOpen()).isFalse();
    assertThatThrownBy(() -> add(store, "late")).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> store.list(USER, 1, false)).isInstanceOf(StoreException.class);
  }

  private static Memory add(MemoryStore store, String text) {
    EmbeddedMemory embedded = embedded(UUID.randomUUID().toString(), text, text.length());
    store.add(Addition.of(List.of(embedded)));
    return embedded.memory();
  }

  private static EmbeddedMemory embedded(String id, String text, int direction) {
    ObjectNode payload = Json.MAPPER.createObjectNode();
    payload.put("user_id", "u").put(PayloadKeys.DATA, text);
    return new EmbeddedMemory(
        new Memory(id, payload),
        new MemoryVectors(unit(Language.ENGLISH, direction), unit(Language.CHINESE, direction)));
  }

  private static float[] unit(Language language, int direction) {
    float[] vector = new float[language.dimensions()];
    vector[direction] = 1;
    return vector;
  }
}
