package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.kafka.TurnKeys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.springframework.kafka.support.KafkaHeaders;

/**
 * Copies records that cannot be written to the dead-letter topic, as they were, with the headers
 * that Spring Kafka's tools know ({@code kafka_dlt-original-topic}, …{@code -partition}, …{@code
 * -offset}, …{@code -timestamp}, {@code kafka_dlt-exception-message}) and {@link #REASON}.
 * Thread-safe.
 */
public final class DeadLetters {
  /** Header: one word; {@code permanent}, {@code phantom}, {@code undecodable}, {@code fault}. */
  public static final String REASON = "tavern_dlt-reason";

  /** Header: how many bytes the record's value has, if the letter could not hold it. */
  public static final String LEFT_OUT = "tavern_dlt-value-left-out";

  private final Producer<byte[], byte[]> producer;

  public DeadLetters(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /**
   * Copies a record. What does not fit into a record together with the headers is left out; it
   * stays where it is in the log.
   *
   * @param reason one word, see {@link #REASON}
   * @param message what is wrong, without chat text
   */
  public CompletableFuture<Void> add(
      ConsumerRecord<byte[], byte[]> record, String reason, String message) {
    ProducerRecord<byte[], byte[]> whole =
        new ProducerRecord<>(
            Topics.TURNS_DLT, record.partition(), key(record), value(record), record.headers());
    address(whole.headers(), record, reason, message);
    return send(whole)
        .exceptionallyCompose(
            failure ->
                failure instanceof RecordTooLargeException
                    ? send(notice(record, reason, message))
                    : CompletableFuture.failedFuture(failure));
  }

  /** Its own if no other letter has that. */
  private static byte[] key(ConsumerRecord<byte[], byte[]> record) {
    String chatId = TurnKeys.chatId(record.key());
    return chatId == null || !TurnKeys.isUnique(record.key())
        ? utf8(TurnKeys.unique(chatId == null ? "" : chatId))
        : record.key();
  }

  /** A letter without a value would erase the one before it. */
  private static byte[] value(ConsumerRecord<byte[], byte[]> record) {
    return record.value() == null ? new byte[0] : record.value();
  }

  /** A letter without the record's key, value and headers: any of them can be what is too large. */
  private static ProducerRecord<byte[], byte[]> notice(
      ConsumerRecord<byte[], byte[]> record, String reason, String message) {
    ProducerRecord<byte[], byte[]> notice =
        new ProducerRecord<>(
            Topics.TURNS_DLT, record.partition(), utf8(TurnKeys.unique("")), new byte[0]);
    notice.headers().add(LEFT_OUT, utf8(Integer.toString(record.serializedValueSize())));
    address(notice.headers(), record, reason, message);
    return notice;
  }

  private static void address(
      Headers headers, ConsumerRecord<byte[], byte[]> record, String reason, String message) {
    headers.add(KafkaHeaders.DLT_ORIGINAL_TOPIC, utf8(record.topic()));
    headers.add(
        KafkaHeaders.DLT_ORIGINAL_PARTITION,
        ByteBuffer.allocate(Integer.BYTES).putInt(record.partition()).array());
    headers.add(KafkaHeaders.DLT_ORIGINAL_OFFSET, bytes(record.offset()));
    headers.add(KafkaHeaders.DLT_ORIGINAL_TIMESTAMP, bytes(record.timestamp()));
    headers.add(KafkaHeaders.DLT_EXCEPTION_MESSAGE, utf8(message));
    headers.add(REASON, utf8(reason));
  }

  private CompletableFuture<Void> send(ProducerRecord<byte[], byte[]> letter) {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    var unused =
        producer.send(
            letter,
            (metadata, failure) -> {
              if (failure == null) {
                sent.complete(null);
              } else {
                sent.completeExceptionally(failure);
              }
            });
    return sent;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }
}
