package dev.tavernmem0.testkit.kafka;

import kafka.Kafka;

/** {@code kafka.Kafka} that does not outlive the test that started it. */
public final class KafkaProcessMain {
  private KafkaProcessMain() {}

  /** Takes what {@code kafka.Kafka} takes: the path of a properties file. */
  public static void main(String[] args) {
    var unused =
        ProcessHandle.current()
            .parent()
            .orElseThrow(
                () -> new IllegalStateException("the test that started this broker is gone"))
            .onExit()
            .thenRun(() -> Runtime.getRuntime().halt(1));
    Kafka.main(args);
  }
}
