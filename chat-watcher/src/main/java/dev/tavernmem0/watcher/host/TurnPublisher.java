package dev.tavernmem0.watcher.host;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.common.kafka.Topics;
import io.debezium.engine.DebeziumEngine.ChangeConsumer;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a batch of the engine's records and the offsets that hold after it in one transaction:
 * whoever reads committed records never sees events without the state behind them. Only then the
 * engine learns that the batch is done.
 *
 * <p>What fails ends the engine, never with Connect's {@code RetriableException}, after which the
 * engine would go on with the next batch and lose this one.
 */
final class TurnPublisher implements ChangeConsumer<RecordChangeEvent<SourceRecord>> {
  private static final Logger LOG = LoggerFactory.getLogger(TurnPublisher.class);

  /** Of a record: its key, headers and framing. */
  private static final int ROOM_FOR_THE_REST = 64 * 1024;

  private final TavernProducer producer;
  private final OffsetFormat format;
  private final WatcherMetrics metrics;

  TurnPublisher(TavernProducer producer, OffsetFormat format, WatcherMetrics metrics) {
    this.producer = producer;
    this.format = format;
    this.metrics = metrics;
  }

  /**
   * What becomes of a record.
   *
   * @param record null if it is left out
   */
  private record Outgoing(
      SourceRecord source, @Nullable ProducerRecord<byte[], byte @Nullable []> record) {}

  @Override
  public void handleBatch(
      List<RecordChangeEvent<SourceRecord>> batch,
      RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    List<Outgoing> published = publish(batch.stream().map(RecordChangeEvent::record).toList());
    for (Outgoing outgoing : published) {
      if (outgoing.record() == null) {
        metrics.skipped();
      } else {
        metrics.published(outgoing.source());
      }
    }
    for (RecordChangeEvent<SourceRecord> event : batch) {
      committer.markProcessed(event);
    }
    committer.markBatchFinished();
  }

  @Override
  public boolean supportsTombstoneEvents() {
    return true;
  }

  private List<Outgoing> publish(List<SourceRecord> batch) {
    List<Outgoing> outgoing = new ArrayList<>(batch.stream().map(TurnPublisher::fitting).toList());
    List<ProducerRecord<byte[], byte @Nullable []>> offsets = offsets(batch);
    while (true) {
      List<Integer> sent = new ArrayList<>();
      List<ProducerRecord<byte[], byte @Nullable []>> records = new ArrayList<>();
      for (int i = 0; i < outgoing.size(); i++) {
        ProducerRecord<byte[], byte @Nullable []> record = outgoing.get(i).record();
        if (record != null) {
          sent.add(i);
          records.add(record);
        }
      }
      records.addAll(offsets);
      List<Integer> tooLarge = producer.publish(records);
      if (tooLarge.isEmpty()) {
        return outgoing;
      }
      for (int place : tooLarge) {
        if (place >= sent.size()) {
          throw new KafkaException("the brokers do not take the watcher's state: it is too large");
        }
        outgoing.set(sent.get(place), smaller(outgoing.get(sent.get(place))));
      }
    }
  }

  /** The last offset of each source partition. */
  private List<ProducerRecord<byte[], byte @Nullable []>> offsets(List<SourceRecord> batch) {
    Map<Map<String, ?>, @Nullable Map<String, ?>> last = new LinkedHashMap<>();
    batch.forEach(record -> last.put(record.sourcePartition(), record.sourceOffset()));
    List<ProducerRecord<byte[], byte @Nullable []>> offsets = new ArrayList<>();
    last.forEach(
        (partition, offset) ->
            offsets.add(
                new ProducerRecord<>(
                    Topics.WATCHER_OFFSETS, format.key(partition), format.value(offset))));
    return offsets;
  }

  /** What is too large for any broker is not even tried. */
  private static Outgoing fitting(SourceRecord source) {
    byte[] value = (byte[]) source.value();
    Outgoing whole = new Outgoing(source, record(source, value));
    if (fits(value)) {
      return whole;
    }
    Outgoing smaller = smaller(whole);
    return smaller.record() == null || fits(smaller.record().value()) ? smaller : smaller(smaller);
  }

  private static boolean fits(byte @Nullable [] value) {
    return value == null || value.length < MaxRecordSize.BYTES - ROOM_FOR_THE_REST;
  }

  /**
   * First without the line that SillyTavern wrote, which may hold hundreds of swipes; the turn
   * itself goes through. Then not at all.
   */
  private static Outgoing smaller(Outgoing refused) {
    SourceRecord source = refused.source();
    ProducerRecord<byte[], byte @Nullable []> record = refused.record();
    if (record == null || record.value() == null || !WatcherMetrics.isTurn(source)) {
      LOG.error("a record of {} is larger than the brokers take and was left out", source.topic());
      return new Outgoing(source, null);
    }
    TurnEvent event = TurnEventCodec.decode(record.value());
    if (event.source().raw() == null) {
      LOG.error("turn {} is larger than the brokers take and was left out", event.turnId());
      return new Outgoing(source, null);
    }
    LOG.warn("turn {} is published without its raw line, which is too large", event.turnId());
    return new Outgoing(source, record(source, TurnEventCodec.encode(event.withoutRaw())));
  }

  private static ProducerRecord<byte[], byte @Nullable []> record(
      SourceRecord source, byte @Nullable [] value) {
    byte[] key = ((String) source.key()).getBytes(StandardCharsets.UTF_8);
    ProducerRecord<byte[], byte @Nullable []> record =
        new ProducerRecord<>(source.topic(), source.kafkaPartition(), key, value);
    for (Header header : source.headers()) {
      record
          .headers()
          .add(header.key(), header.value().toString().getBytes(StandardCharsets.UTF_8));
    }
    return record;
  }
}
