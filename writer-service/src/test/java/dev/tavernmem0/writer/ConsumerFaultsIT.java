package dev.tavernmem0.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.writer.consume.WriterStatus;
import dev.tavernmem0.writer.kafka.DeadLetters;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A consumer that ends, of whatever, is missed and started again. */
@ExtendWith(OutputCaptureExtension.class)
class ConsumerFaultsIT extends WriterFixture {

  @AfterEach
  void heal() {
    FaultyConsumer.failing(0, 0);
  }

  @Test
  void an_error_in_the_consumers_thread_is_a_failure_of_health_and_it_goes_on_afterwards(
      CapturedOutput output) throws Exception {
    FaultyConsumer.failing(1, 0);
    try (WriterUnderTest writer = startFaultyWriter("5s")) {
      awaitRunning(writer);
      assertThat(readiness(writer).statusCode()).isEqualTo(200);
      watcher.chat("default-user:one", "Seraphina").user("I live in Prague.");

      HttpResponse<String> down =
          await()
              .atMost(SOON)
              .until(() -> readiness(writer), answer -> answer.body().contains("InjectedError"));

      assertThat(down.statusCode()).isEqualTo(503);
      assertThat(down.body()).contains("DOWN");
      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
      assertThat(readiness(writer).statusCode()).isEqualTo(200);
      assertThat(memoriesOf("Prague")).isEqualTo(1);
      assertThat(output.getAll()).contains("InjectedError").doesNotContain("the words of a chat");
    }
  }

  @Test
  void a_record_on_which_the_writer_fails_once_or_twice_is_written_all_the_same() {
    FaultyConsumer.failing(0, 2);
    try (WriterUnderTest writer = startFaultyWriter("50ms")) {
      watcher.chat("default-user:one", "Seraphina").user("There is a " + FaultyConsumer.FAULT);

      awaitTurns(Fate.WRITTEN, 1);
      awaitRest(writer);
      assertThat(writer.status().deadRecords()).isZero();
      assertThat(memoriesOf(FaultyConsumer.FAULT)).isEqualTo(1);
    }
  }

  @Test
  void a_record_on_which_the_writer_fails_each_time_becomes_a_dead_letter_and_the_others_go_on() {
    FaultyConsumer.failing(0, Integer.MAX_VALUE);
    try (WriterUnderTest writer = startFaultyWriter("50ms")) {
      ChatLog chat = watcher.chat("default-user:one", "Seraphina");
      chat.user("There is a " + FaultyConsumer.FAULT);
      chat.user("I live in Prague.");
      watcher.chat("default-user:two", "Bob").user("I have a cat.");

      awaitTurns(Fate.WRITTEN, 2);
      awaitRest(writer);

      var letters = KAFKA.reader().records(Topics.TURNS_DLT);
      assertThat(letters).hasSize(1);
      assertThat(
              new String(
                  letters.get(0).headers().lastHeader(DeadLetters.REASON).value(),
                  StandardCharsets.UTF_8))
          .isEqualTo("fault");
      assertThat(writer.status().deadRecords()).isEqualTo(1);
      assertThat(memoriesOf(FaultyConsumer.FAULT)).isZero();
    }
  }

  private WriterUnderTest startFaultyWriter(String reconnect) {
    Map<String, String> settings = settings();
    settings.put(
        "spring.kafka.consumer.properties.interceptor.classes", FaultyConsumer.class.getName());
    settings.put("tavern.writer.retry.reconnect", reconnect);
    return WriterUnderTest.start(settings);
  }

  private static void awaitRunning(WriterUnderTest writer) {
    await().atMost(SOON).until(() -> writer.status().state() == WriterStatus.State.RUNNING);
  }

  private static HttpResponse<String> readiness(WriterUnderTest writer) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(writer.url().resolve("/actuator/health/readiness")).build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
