package dev.tavernmem0.retriever.follow;

import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ListenerUtils;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Never stops the container: a record that fails is behind us, and a poll that fails is repeated
 * after a while. What failed is told by its kind, since its words could be anybody's. Called by the
 * container's thread.
 */
final class GoOnErrorHandler implements CommonErrorHandler {
  private static final Logger LOG = LoggerFactory.getLogger(GoOnErrorHandler.class);

  private final String name;
  private final Duration retryInterval;
  private boolean reported;

  GoOnErrorHandler(String name, Duration retryInterval) {
    this.name = name;
    this.retryInterval = retryInterval;
  }

  @Override
  public boolean handleOne(
      Exception failure,
      ConsumerRecord<?, ?> record,
      Consumer<?, ?> consumer,
      MessageListenerContainer container) {
    LOG.warn(
        "skipped {}-{} offset {}: {}",
        record.topic(),
        record.partition(),
        record.offset(),
        failure.getClass().getName());
    return true;
  }

  @Override
  public void handleOtherException(
      Exception failure,
      Consumer<?, ?> consumer,
      MessageListenerContainer container,
      boolean batchListener) {
    if (!reported) {
      reported = true;
      LOG.warn("cannot read the {}, trying again: {}", name, failure.toString());
    }
    try {
      ListenerUtils.stoppableSleep(container, retryInterval.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
