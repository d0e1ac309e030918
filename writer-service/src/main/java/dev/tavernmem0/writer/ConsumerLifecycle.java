package dev.tavernmem0.writer;

import dev.tavernmem0.writer.consume.TurnConsumer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Starts and stops the consumer with the application. */
@Component
class ConsumerLifecycle implements SmartLifecycle {
  private final TurnConsumer consumer;
  private final AtomicBoolean running = new AtomicBoolean();

  ConsumerLifecycle(TurnConsumer consumer) {
    this.consumer = consumer;
  }

  @Override
  public void start() {
    if (running.compareAndSet(false, true)) {
      consumer.start();
    }
  }

  @Override
  public void stop() {
    if (running.compareAndSet(true, false)) {
      try {
        consumer.stop();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean isRunning() {
    return running.get();
  }
}
