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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
      store.add(others);
      EmbeddedMemory far = embedded(UUID.randomUUID().toString(), "far", 200);
      far.memory().payload().put("user_id", "other");
      store.add(List.of(far));

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
    store.add(List.of(embedded));
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
