package dev.tavernmem0.embedded.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.embedded.ChildJvm;
import dev.tavernmem0.embedded.DataDirectoryInUseException;
import dev.tavernmem0.embedded.memory.Mem0Http.Answer;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

  @Test
  void an_add_whose_answer_was_cut_off_by_kill_minus9_is_answered_when_it_is_posted_again()
      throws Exception {
    String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"fact\"}],\"user_id\":\"u\"}";
    String id;
    try (ChildJvm child = ChildJvm.start(MemoryChild.class, data().toString())) {
      URI url = URI.create(child.awaitLine("READY "));
      Mem0Http http = new Mem0Http(url, null);
      try (Socket deaf = new Socket("127.0.0.1", url.getPort())) {
        deaf.getOutputStream().write(post("the-key", body).getBytes(StandardCharsets.UTF_8));
        Awaitility.await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> http.get("/memories?user_id=u").results().size() == 1);
        id = http.get("/memories?user_id=u").results().get(0).path("id").asString();
        child.kill();
      }
    }

    try (EmbeddedServer server = EmbeddedServer.start(data())) {
      Answer again = server.http().add("the-key", body);

      assertThat(again.replayed()).isTrue();
      assertThat(again.results().get(0).path("id").asString()).isEqualTo(id);
      assertThat(server.http().get("/memories?user_id=u").results().size()).isEqualTo(1);
    }
  }

  @Test
  void an_add_that_kill_minus9_cut_off_while_its_model_thought_is_done_when_it_is_posted_again()
      throws Exception {
    String body =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"I am Alex\"}],\"user_id\":\"u\"}";
    try (OpenAiStub llm = new OpenAiStub()) {
      llm.willSay("{\"memory\":[{\"text\":\"The user is Alex\"},{\"text\":\"Alex is here\"}]}");
      llm.hold();
      String[] model = {
        "--tavern.memory-server.llm.base-url=" + llm.baseUrl(),
        "--tavern.memory-server.llm.model=test-model"
      };
      try (ChildJvm child =
          ChildJvm.start(MemoryChild.class, data().toString(), model[0], model[1])) {
        URI url = URI.create(child.awaitLine("READY "));
        try (Socket deaf = new Socket("127.0.0.1", url.getPort())) {
          deaf.getOutputStream().write(post("the-key", body).getBytes(StandardCharsets.UTF_8));
          Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> llm.calls.size() == 1);
          child.kill();
        }
      }
      llm.release();

      try (EmbeddedServer server = EmbeddedServer.start(data(), model)) {
        assertThat(server.http().get("/memories?user_id=u").results().size()).isZero();
        Answer again = server.http().add("the-key", body);

        assertThat(again.replayed()).isFalse();
        assertThat(again.results().size()).isEqualTo(2);
        assertThat(server.http().add("the-key", body).body()).isEqualTo(again.body());
        assertThat(server.http().get("/memories?user_id=u").results().size()).isEqualTo(2);
      }
    }
  }

  @Test
  void whenever_kill_minus9_comes_adds_are_stored_whole_or_not_and_once_after_a_repeat()
      throws Exception {
    Map<String, String> answered = new ConcurrentHashMap<>();
    Set<String> posted = ConcurrentHashMap.newKeySet();
    try (ChildJvm child = ChildJvm.start(MemoryChild.class, data().toString())) {
      Mem0Http http = new Mem0Http(URI.create(child.awaitLine("READY ")), null);
      List<Thread> writers =
          IntStream.range(0, 4).mapToObj(i -> addsOfThree(http, i, posted, answered)).toList();
      writers.forEach(Thread::start);
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> answered.size() >= 20);
      child.kill();
      for (Thread writer : writers) {
        writer.join();
      }
    }

    try (EmbeddedServer server = EmbeddedServer.start(data())) {
      Mem0Http http = server.http();
      for (String key : posted) {
        assertThat(http.get("/memories?user_id=" + key).results().size()).isIn(0, 3);
        Answer again = http.add(key, threeOf(key));
        assertThat(again.body()).isEqualTo(answered.getOrDefault(key, again.body()));
        assertThat(http.get("/memories?user_id=" + key).results().size()).isEqualTo(3);
      }
    }
  }

  private static Thread addsOfThree(
      Mem0Http http, int writer, Set<String> posted, Map<String, String> answered) {
    return new Thread(
        () -> {
          try {
            for (int i = 0; i < 10_000; i++) {
              String key = "add-" + writer + "-" + i;
              posted.add(key);
              answered.put(key, http.add(key, threeOf(key)).body());
            }
          } catch (UncheckedIOException killed) {
            // as meant
          }
        });
  }

  private static String threeOf(String user) {
    String message = "{\"role\":\"user\",\"content\":\"a message of %s\"}".formatted(user);
    return "{\"messages\":[%s,%s,%s],\"user_id\":\"%s\"}"
        .formatted(message, message, message, user);
  }

  private static String post(String key, String body) {
    return String.join(
        "\r\n",
        "POST /memories HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        "Idempotency-Key: " + key,
        "Content-Length: " + body.length(),
        "",
        body);
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
