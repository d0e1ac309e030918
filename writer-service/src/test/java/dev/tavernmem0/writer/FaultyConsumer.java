package dev.tavernmem0.writer;

import dev.tavernmem0.common.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Makes the writer's consumer fail with an {@link Error}: when it polls turns, or when it folds one
 * that has {@link #FAULT} in it. Kafka makes it by its name; what it does is static.
 */
public final class FaultyConsumer implements ConsumerInterceptor<byte[], byte[]> {
  static final String FAULT = "fault-in-here";

  private static final AtomicInteger POLLS = new AtomicInteger();
  private static final AtomicInteger FOLDS = new AtomicInteger();

  /** An error that no code of ours expects. */
  static final class InjectedError extends Error {
    InjectedError() {
      super("the words of a chat");
    }
  }

  /** Fails so often from now on. */
  static void failing(int polls, int folds) {
    POLLS.set(polls);
    FOLDS.set(folds);
  }

  @Override
  public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> faulty = new HashMap<>();
    for (TopicPartition partition : records.partitions()) {
      if (!partition.topic().equals(Topics.TURNS)) {
        return records;
      }
      if (POLLS.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new InjectedError();
      }
      List<ConsumerRecord<byte[], byte[]>> each = new ArrayList<>();
      records.records(partition).forEach(record -> each.add(faulty(record)));
      faulty.put(partition, each);
    }
    return new ConsumerRecords<>(faulty, records.nextOffsets());
  }

  private static ConsumerRecord<byte[], byte[]> faulty(ConsumerRecord<byte[], byte[]> record) {
    if (!new String(record.value(), StandardCharsets.UTF_8).contains(FAULT)) {
      return record;
    }
    return new ConsumerRecord<>(
        record.topic(), record.partition(), record.offset(), record.key(), record.value()) {
      @Override
      public byte[] value() {
        if (folding() && FOLDS.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          throw new InjectedError();
        }
        return super.value();
      }
    };
  }

  private static boolean folding() {
    return StackWalker.getInstance()
        .walk(
            frames -> frames.anyMatch(frame -> frame.getClassName().endsWith("AssignedPartition")));
  }

  @Override
  public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

  @Override
  public void configure(Map<String, ?> configs) {}

  @Override
  public void close() {}
}
