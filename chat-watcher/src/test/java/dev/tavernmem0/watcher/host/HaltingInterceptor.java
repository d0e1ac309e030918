package dev.tavernmem0.watcher.host;

import dev.tavernmem0.common.kafka.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Ends the process as {@code kill -9} does at a step between the first event of a save and its last
 * stored state. The step is in a file, which may come later than the process: as many sends, or,
 * below zero, acknowledgements, counted from the first turn event on.
 */
public final class HaltingInterceptor implements ProducerInterceptor<byte[], byte[]> {
  static final String FILE = "test.halt.file";
  static final int EXIT_VALUE = 9;

  private final AtomicInteger sends = new AtomicInteger();
  private final AtomicInteger acknowledgements = new AtomicInteger();
  private Path file = Path.of("");

  @Override
  public void configure(Map<String, ?> configs) {
    file = Path.of(String.valueOf(configs.get(FILE)));
  }

  @Override
  public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
    if (Files.exists(file) && (sends.get() > 0 || record.topic().equals(Topics.TURNS))) {
      haltIf(sends.incrementAndGet() == step());
    }
    return record;
  }

  @Override
  public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
    if (sends.get() > 0 && exception == null) {
      haltIf(acknowledgements.incrementAndGet() == -step());
    }
  }

  @Override
  public void close() {}

  private int step() {
    try {
      return Integer.parseInt(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void haltIf(boolean now) {
    if (now) {
      Runtime.getRuntime().halt(EXIT_VALUE);
    }
  }
}
