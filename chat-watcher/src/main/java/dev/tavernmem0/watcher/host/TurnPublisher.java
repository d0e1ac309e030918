package dev.tavernmem0.watcher.host;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.common.kafka.Topics;
import io.debezium.engine.DebeziumEngine.ChangeConsumer;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the engine's records and lets it commit their offsets once the brokers have all of
 * them. The producer repeats what fails; what it gives up on ends the engine, never with Connect's
 * {@code RetriableException}, after which the engine would go on with the next batch and lose this
 * one.
 */
final class TurnPublisher implements ChangeConsumer<RecordChangeEvent<SourceRecord>> {
  private static final Logger LOG = LoggerFactory.getLogger(TurnPublisher.class);

  /** Of a record: its key, headers and framing. */
  private static final int ROOM_FOR_THE_REST = 64 * 1024;

  private final Producer<String, byte @Nullable []> producer;
  private final WatcherMetrics metrics;

  TurnPublisher(Producer<String, byte @Nullable []> producer, WatcherMetrics metrics) {
    this.producer = producer;
    this.metrics = metrics;
  }

  /** A record on its way. */
  private record Sent(SourceRecord record, Future<RecordMetadata> acknowledged) {}

  @Override
  public void handleBatch(
      List<RecordChangeEvent<SourceRecord>> batch,
      RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    List<Sent> sent = new ArrayList<>(batch.size());
    for (RecordChangeEvent<SourceRecord> event : batch) {
      SourceRecord source = event.record();
      sent.add(new Sent(source, producer.send(record(source, fitting(source)))));
    }
    for (int i = 0; i < sent.size(); i++) {
      await(sent.get(i));
      committer.markProcessed(batch.get(i));
    }
    committer.markBatchFinished();
  }

  @Override
  public boolean supportsTombstoneEvents() {
    return true;
  }

  /**
   * The line that SillyTavern wrote may hold hundreds of swipes; the turn itself goes through. Left
   * out before it is sent, so that the chat's events stay in order.
   */
  private static byte @Nullable [] fitting(SourceRecord source) {
    byte[] value = (byte[]) source.value();
    if (value == null
        || value.length < MaxRecordSize.BYTES - ROOM_FOR_THE_REST
        || !source.topic().equals(Topics.TURNS)) {
      return value;
    }
    return withoutRaw(value);
  }

  private static byte[] withoutRaw(byte[] value) {
    TurnEvent event = TurnEventCodec.decode(value);
    LOG.warn("turn {} is published without its raw line, which is too large", event.turnId());
    return TurnEventCodec.encode(event.withoutRaw());
  }

  private void await(Sent sent) throws InterruptedException {
    try {
      sent.acknowledged().get();
      metrics.published(sent.record());
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof RecordTooLargeException)) {
        throw new PublishException("cannot publish to " + sent.record().topic(), e.getCause());
      }
      publishWithoutRaw(sent.record());
    }
  }

  /** The brokers take less than they were asked to. */
  private void publishWithoutRaw(SourceRecord source) throws InterruptedException {
    if (!source.topic().equals(Topics.TURNS)) {
      metrics.skipped();
      LOG.error("a record of {} is larger than the brokers take and was left out", source.topic());
      return;
    }
    try {
      producer.send(record(source, withoutRaw((byte[]) source.value()))).get();
      metrics.published(source);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof RecordTooLargeException)) {
        throw new PublishException("cannot publish to " + source.topic(), e.getCause());
      }
      metrics.skipped();
      LOG.error(
          "turn {} is larger than the brokers take and was left out",
          TurnEventCodec.decode((byte[]) source.value()).turnId());
    }
  }

  private static ProducerRecord<String, byte @Nullable []> record(
      SourceRecord source, byte @Nullable [] value) {
    ProducerRecord<String, byte @Nullable []> record =
        new ProducerRecord<>(source.topic(), (String) source.key(), value);
    for (Header header : source.headers()) {
      record
          .headers()
          .add(
              header.key(),
              header.value().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return record;
  }

  /** The brokers did not take a record, for good as far as the producer can tell. */
  static final class PublishException extends RuntimeException {
    PublishException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
