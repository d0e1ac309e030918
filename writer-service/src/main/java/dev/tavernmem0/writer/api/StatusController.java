package dev.tavernmem0.writer.api;

import dev.tavernmem0.writer.consume.TurnConsumer;
import dev.tavernmem0.writer.consume.WriterStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** How the writer is doing, also while it cannot do anything. */
@RestController
class StatusController {
  private final TurnConsumer consumer;

  StatusController(TurnConsumer consumer) {
    this.consumer = consumer;
  }

  /**
   * How the writer is doing. Answered without Kafka and mem0 too.
   *
   * @return the status
   */
  @GetMapping("/v1/status")
  WriterStatus status() {
    return consumer.status();
  }
}
