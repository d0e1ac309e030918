package dev.tavernmem0.embedded.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.embedded.ChildJvm;
import dev.tavernmem0.embedded.DataDirectoryInUseException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MemoryDurabilityIT {
  @TempDir Path temp;

  private Path data() {
    return temp.resolve("memory");
  }

  @Test
  void everything_is_there_after_arestart() {
    String id;
    try (EmbeddedServer server = EmbeddedServer.start(data())) {
      id = add(server.http(), "Seraphina keeps a silver key");
      server.http().put("/memories/" + id, "{\"text\":\"Seraphina lost the silver key\"}");
    }

    try (EmbeddedServer server = EmbeddedServer.start(data())) {
      Mem0Http http = server.http();
      assertThat(http.get("/memories/" + id).json().path("memory").asString())
          .isEqualTo("Seraphina lost the silver key");
      assertThat(http.get("/memories/" + id + "/history").json().size()).isEqualTo(2);
      assertThat(
              http.post("/search", "{\"query\":\"silver key\",\"filters\":{\"user_id\":\"u\"}}")
                  .results()
                  .size())
          .isEqualTo(1);

      add(http, "later");
      JsonNode list = http.get("/memories?user_id=u").results();
      assertThat(list.get(1).path("memory").asString()).isEqualTo("later");
    }
  }

  @Test
  void a_directory_in_use_is_refused_and_the_running_server_unharmed() {
    try (EmbeddedServer server = EmbeddedServer.start(data())) {
      assertThatThrownBy(() -> EmbeddedServer.start(data()))
          .hasRootCauseInstanceOf(org.apache.lucene.store.LockObtainFailedException.class)
          .hasStackTraceContaining(DataDirectoryInUseException.class.getName())
          .hasStackTraceContaining("data directory in use: " + data());

      add(server.http(), "still working");
      assertThat(server.http().get("/memories?user_id=u").results().size()).isEqualTo(1);
    }
  }

  @Test
  void no_acknowledged_memory_is_lost_to_kill_minus9() throws Exception {
    Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    try (ChildJvm child = ChildJvm.start(MemoryChild.class, data().toString())) {
      Mem0Http http = new Mem0Http(URI.create(child.awaitLine("READY ")), null);
      Thread writer =
          new Thread(
              () -> {
                try {
                  IntStream.range(0, 100_000)
                      .forEach(i -> acknowledged.add(add(http, "turn number " + i)));
                } catch (UncheckedIOException killed) {
                  // as meant
                }
              });
      writer.start();
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> acknowledged.size() >= 50);
      child.kill();
      writer.join();
    }

    try (EmbeddedServer server = EmbeddedServer.start(data())) {
      Set<String> stored = new HashSet<>();
      server
          .http()
          .get("/memories?user_id=u&top_k=1000")
          .results()
          .forEach(memory -> stored.add(memory.path("id").asString()));
      assertThat(stored).containsAll(acknowledged);
      assertThat(stored.size()).isBetween(acknowledged.size(), acknowledged.size() + 1);
    }
  }

  private static String add(Mem0Http http, String text) {
    return http.post(
            "/memories",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}],\"user_id\":\"u\"}")
        .results()
        .get(0)
        .path("id")
        .asString();
  }
}
