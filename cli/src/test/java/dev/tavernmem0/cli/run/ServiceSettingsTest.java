package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceSettingsTest {
  private static final SillyTavernRoot CHATS =
      new SillyTavernRoot(Path.of("chats").toAbsolutePath(), List.of("default-user"));

  private static final Target TARGET =
      new Target(URI.create("http://mem0.example:8001"), null, "another.ledger", 6);

  @TempDir Path directory;
  private DataDirectory data;

  @BeforeEach
  void open() {
    data = DataDirectory.open(directory);
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  @Test
  void every_service_listens_on_its_port_of_this_machine_only() {
    ServiceSettings settings = settings(null, null);

    assertThat(settings.watcher()).containsEntry("server.port", "1");
    assertThat(settings.writer()).containsEntry("server.port", "2");
    assertThat(settings.retriever()).containsEntry("server.port", "3");
    assertThat(settings.memoryServer()).containsEntry("server.port", "4");
    assertThat(
            List.of(
                settings.watcher(),
                settings.writer(),
                settings.retriever(),
                settings.memoryServer()))
        .allSatisfy(service -> assertThat(service).containsEntry("server.address", "127.0.0.1"));
  }

  @Test
  void the_embedded_parts_are_used_where_no_others_are_given() {
    ServiceSettings settings = settings(null, null);

    assertThat(List.of(settings.watcher(), settings.writer(), settings.retriever()))
        .allSatisfy(
            service ->
                assertThat(service).containsEntry("spring.kafka.bootstrap-servers", "127.0.0.1:5"));
    assertThat(List.of(settings.writer(), settings.retriever()))
        .allSatisfy(
            service -> assertThat(service).containsEntry("mem0.base-url", "http://127.0.0.1:4"));
    assertThat(settings.watcher())
        .containsEntry("tavern.watcher.connector.data.root", CHATS.path().toString());
  }

  @Test
  void the_embedded_memory_server_has_a_key_of_this_start_and_is_written_to_at_once() {
    ServiceSettings settings = settings(null, null);
    String key = data.memoryServerKey();

    assertThat(key).hasSizeGreaterThanOrEqualTo(64);
    assertThat(settings.memoryServer()).containsEntry("tavern.access.api-key", key);
    assertThat(settings.writer()).containsEntry("mem0.api-key", key);
    assertThat(settings.retriever()).containsEntry("mem0.api-key", key);
    assertThat(settings.writer()).containsEntry("tavern.writer.batch.linger", "1s");
  }

  @Test
  void pages_may_call_the_retriever_at_most() {
    ServiceSettings settings = settings(null, null);

    assertThat(List.of(settings.watcher(), settings.writer(), settings.memoryServer()))
        .allSatisfy(service -> assertThat(service).containsEntry("tavern.access.origins", ""));
    assertThat(settings.retriever()).doesNotContainKey("tavern.access.origins");
  }

  @Test
  void a_given_mem0_is_written_to_with_the_writers_own_batching_and_the_users_key() {
    Map<String, String> writer = settings(URI.create("https://mem0.example/api"), null).writer();

    assertThat(writer)
        .containsEntry("mem0.base-url", "https://mem0.example/api")
        .doesNotContainKeys("mem0.api-key", "tavern.writer.batch.linger");
  }

  @Test
  void a_given_kafka_is_used_by_all_and_may_have_other_writers() {
    ServiceSettings settings = settings(null, "kafka-1:9092,kafka-2:9092");

    assertThat(List.of(settings.watcher(), settings.writer(), settings.retriever()))
        .allSatisfy(
            service ->
                assertThat(service)
                    .containsEntry("spring.kafka.bootstrap-servers", "kafka-1:9092,kafka-2:9092"));
    assertThat(settings.writer()).doesNotContainKey("tavern.writer.instance-id");
  }

  @Test
  void topics_in_a_given_kafka_get_as_many_replicas_as_its_default_says() {
    ServiceSettings settings = settings(null, "kafka-1:9092,kafka-2:9092");

    assertThat(List.of(settings.watcher(), settings.writer(), settings.retriever()))
        .allSatisfy(
            service -> assertThat(service).containsEntry("tavern.topics.replication-factor", "-1"));
  }

  @Test
  void writer_and_retriever_have_the_same_ledger_and_a_target_has_its_own() {
    ServiceSettings settings = settings(null, null);

    assertThat(List.of(settings.writer(), settings.retriever()))
        .allSatisfy(
            service -> assertThat(service).containsEntry("tavern.topics.ledger", "a.ledger"));
    assertThat(settings.targetWriter(TARGET))
        .containsEntry("tavern.topics.ledger", "another.ledger")
        .containsEntry("server.address", "127.0.0.1")
        .containsEntry("server.port", "6")
        .containsEntry("spring.kafka.bootstrap-servers", "127.0.0.1:5");
  }

  @Test
  void a_target_is_shown_its_own_key_and_never_that_of_the_mem0_that_serves() {
    ServiceSettings settings = settings(null, null);

    assertThat(settings.targetWriter(TARGET))
        .containsEntry("mem0.base-url", "http://mem0.example:8001")
        .containsEntry("mem0.api-key", "")
        .containsEntry("mem0.api-version", "auto")
        .doesNotContainKey("tavern.writer.batch.linger");
    assertThat(
            settings.targetWriter(
                new Target(TARGET.url(), "its-key", TARGET.ledger(), TARGET.writerPort())))
        .containsEntry("mem0.api-key", "its-key");
    assertThat(settings.targetWriter(TARGET)).doesNotContainValue(data.memoryServerKey());
  }

  private ServiceSettings settings(@Nullable URI mem0Url, @Nullable String kafka) {
    RunOptions.ListenPorts ports = new RunOptions.ListenPorts(1, 2, 3, 4, 5);
    return new ServiceSettings(
        new RunOptions(CHATS, false, mem0Url, null, "a.ledger", TARGET, kafka, ports), data);
  }
}
