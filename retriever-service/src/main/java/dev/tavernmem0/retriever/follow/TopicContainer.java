package dev.tavernmem0.retriever.follow;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.TopicPartition;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.support.TopicPartitionOffset;
import org.springframework.kafka.support.TopicPartitionOffset.SeekPosition;

/**
 * One life of a topic's consumer: a listener container that has been given all partitions, from
 * their beginning, without a group, so that it commits nothing. Thread-safe.
 */
final class TopicContainer {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final Set<TopicPartition> partitions;
  private final KafkaMessageListenerContainer<byte[], byte[]> container;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile String reason = "its thread ended";

  /**
   * Makes a container that does nothing before {@link #start}.
   *
   * @param name for its thread and what it logs
   * @param retryInterval how long to wait after Kafka refused it, or failed
   */
  TopicContainer(
      ConsumerFactory<byte[], byte[]> consumers,
      Set<TopicPartition> partitions,
      String name,
      TopicRecords records,
      Duration retryInterval) {
    this.partitions = Set.copyOf(partitions);
    ContainerProperties properties =
        new ContainerProperties(
            partitions.stream()
                .map(each -> new TopicPartitionOffset(each, null, SeekPosition.BEGINNING))
                .toArray(TopicPartitionOffset[]::new));
    properties.setMessageListener(records);
    properties.setListenerTaskExecutor(executor(name, ended));
    properties.setAuthExceptionRetryInterval(retryInterval);
    properties.setShutdownTimeout(STOP_TIMEOUT.toMillis());
    this.container = new KafkaMessageListenerContainer<>(consumers, properties);
    container.setBeanName(name);
    container.setCommonErrorHandler(new GoOnErrorHandler(name, retryInterval));
    container.setApplicationEventPublisher(
        event -> {
          if (event instanceof ConsumerStoppedEvent stopped) {
            reason = "its consumer stopped: " + stopped.getReason();
          }
        });
  }

  /** The container does not tell of every end of its thread; this does. */
  private static SimpleAsyncTaskExecutor executor(String name, CountDownLatch ended) {
    SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(name + "-follower-");
    executor.setDaemon(true);
    executor.setTaskDecorator(
        task ->
            () -> {
              try {
                task.run();
              } finally {
                ended.countDown();
              }
            });
    return executor;
  }

  Set<TopicPartition> partitions() {
    return partitions;
  }

  /**
   * Starts reading.
   *
   * @throws org.apache.kafka.common.KafkaException if no consumer can be made
   */
  void start() {
    container.start();
  }

  /** Stops reading and returns when the thread has ended, or after some seconds. */
  void stop() {
    container.stop();
  }

  /** Whether its thread has ended, for whatever reason. */
  boolean ended() {
    return ended.getCount() == 0;
  }

  /** Why its thread has ended, if it has. */
  String reason() {
    return reason;
  }
}
