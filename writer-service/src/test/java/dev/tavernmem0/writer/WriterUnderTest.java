package dev.tavernmem0.writer;

import dev.tavernmem0.testkit.kafka.SharedBroker;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.writer.consume.SweepOperation;
import dev.tavernmem0.writer.consume.SweepStatus;
import dev.tavernmem0.writer.consume.TurnConsumer;
import dev.tavernmem0.writer.consume.WriterStatus;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.springframework.context.ConfigurableApplicationContext;

/** The writer's application, configured to be quick. */
final class WriterUnderTest implements AutoCloseable {
  private final ConfigurableApplicationContext application;

  private WriterUnderTest(ConfigurableApplicationContext application) {
    this.application = application;
  }

  static Map<String, String> quick(SharedBroker kafka, URI mem0) {
    return quick(kafka.bootstrapServers(), mem0);
  }

  static Map<String, String> quick(String bootstrapServers, URI mem0) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("server.port", "0");
    settings.put("spring.kafka.bootstrap-servers", bootstrapServers);
    settings.put("mem0.base-url", mem0.toString());
    settings.put("mem0.write-timeout-ms", "1000");
    settings.put("tavern.writer.batch.settle", "100ms");
    settings.put("tavern.writer.batch.linger", "100ms");
    settings.put("tavern.writer.batch.max-age", "5s");
    settings.put("tavern.writer.batch.max-turns", "20");
    settings.put("tavern.writer.retract.grace", "200ms");
    settings.put("tavern.writer.retry.initial-backoff", "50ms");
    settings.put("tavern.writer.retry.max-backoff", "300ms");
    settings.put("tavern.writer.retry.breaker-wait", "300ms");
    settings.put("tavern.writer.retry.auth", "200ms");
    settings.put("tavern.writer.retry.reconcile-grace", "600ms");
    settings.put("tavern.writer.retry.reconnect", "200ms");
    settings.put("tavern.writer.shutdown-timeout", "3s");
    settings.put("spring.kafka.consumer.properties.session.timeout.ms", "6000");
    return settings;
  }

  static WriterUnderTest start(Map<String, String> settings) {
    String[] arguments =
        settings.entrySet().stream()
            .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
            .toArray(String[]::new);
    return new WriterUnderTest(WriterApplication.builder().run(arguments));
  }

  static WriterUnderTest start(SharedBroker kafka, FaultyMem0Server mem0) {
    return start(quick(kafka, mem0.url()));
  }

  WriterStatus status() {
    return application.getBean(TurnConsumer.class).status();
  }

  /** Has all scopes compared with mem0, and waits until that is done and in the status. */
  void sweep(Duration atMost) {
    SweepOperation operation = bean(SweepOperation.class);
    operation.begin();
    Awaitility.await("the comparison")
        .atMost(atMost)
        .until(
            () -> {
              // The status is a moment old, and may tell of an earlier one.
              SweepStatus now = operation.found();
              return now.compared() == now.scopes() && now.equals(status().sweep());
            });
  }

  <T> T bean(Class<T> type) {
    return application.getBean(type);
  }

  <T> T bean(String name, Class<T> type) {
    return application.getBean(name, type);
  }

  URI url() {
    return URI.create(
        "http://localhost:" + application.getEnvironment().getProperty("local.server.port"));
  }

  @Override
  public void close() {
    application.close();
  }
}
