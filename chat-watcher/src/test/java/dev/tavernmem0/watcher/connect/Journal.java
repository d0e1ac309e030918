package dev.tavernmem0.watcher.connect;

import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.kafka.Topics;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What brokers keep for the watcher, in a file: events and source offsets in the order in which
 * they were written. What is appended by one call becomes visible as one, as a transaction does.
 * Not thread-safe; another process may append.
 */
public final class Journal {
  private static final String OFFSETS = "offsets";

  private final Path file;
  private final List<Entry> entries = new ArrayList<>();
  private final List<TurnEvent> events = new ArrayList<>();
  private int position;
  private int decoded;

  /** In this file, which need not exist. */
  public Journal(Path file) {
    this.file = file;
  }

  /**
   * One record.
   *
   * @param topic where it went; {@code offsets} for a source offset
   * @param key its bytes
   * @param value its bytes; null for a tombstone
   */
  public record Entry(String topic, byte[] key, byte @Nullable [] value) {
    static Entry offset(byte[] key, byte @Nullable [] value) {
      return new Entry(OFFSETS, key, value);
    }

    boolean isOffset() {
      return topic.equals(OFFSETS);
    }
  }

  /** Appends entries; a reader sees all of them or none. */
  public void append(List<Entry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (Entry entry : entries) {
      write(out, entry);
    }
    Files.write(file, bytes.toByteArray(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Everything so far. */
  public List<Entry> entries() throws IOException {
    if (Files.exists(file)) {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      bytes.position(position);
      while (bytes.hasRemaining()) {
        byte[] topic = bytes(bytes, bytes.getInt());
        byte[] key = bytes(bytes, bytes.getInt());
        int length = bytes.getInt();
        byte[] value = length < 0 ? null : bytes(bytes, length);
        entries.add(new Entry(new String(topic, StandardCharsets.UTF_8), key, value));
      }
      position = bytes.position();
    }
    return List.copyOf(entries);
  }

  /** The turn events, in order. */
  public List<TurnEvent> events() throws IOException {
    List<Entry> all = entries();
    for (Entry entry : all.subList(decoded, all.size())) {
      byte[] value = entry.value();
      if (entry.topic().equals(Topics.TURNS) && value != null) {
        events.add(TurnEventCodec.decode(value));
      }
    }
    decoded = all.size();
    return List.copyOf(events);
  }

  /** The last value of each offset that has one. */
  public Map<ByteBuffer, ByteBuffer> offsets() throws IOException {
    Map<ByteBuffer, ByteBuffer> offsets = new LinkedHashMap<>();
    for (Entry entry : entries()) {
      if (entry.isOffset() && entry.value() != null) {
        offsets.put(ByteBuffer.wrap(entry.key()), ByteBuffer.wrap(entry.value()));
      } else if (entry.isOffset()) {
        offsets.remove(ByteBuffer.wrap(entry.key()));
      }
    }
    return offsets;
  }

  /** Somebody deleted the topic that holds the state. */
  public void loseState() throws IOException {
    keep(entry -> !entry.isOffset());
  }

  /** Somebody deleted the topic that holds the events. */
  public void loseEvents() throws IOException {
    keep(Entry::isOffset);
  }

  /** Takes the events away of which this is not true, as an operator may. */
  public void keepEvents(Predicate<TurnEvent> kept) throws IOException {
    keep(
        entry ->
            !entry.topic().equals(Topics.TURNS)
                || entry.value() == null
                || kept.test(TurnEventCodec.decode(entry.value())));
  }

  private void keep(Predicate<Entry> kept) throws IOException {
    List<Entry> left = entries().stream().filter(kept).toList();
    Files.deleteIfExists(file);
    entries.clear();
    events.clear();
    position = 0;
    decoded = 0;
    append(left);
  }

  private static byte[] bytes(ByteBuffer from, int length) {
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }

  private static void write(DataOutputStream out, Entry entry) throws IOException {
    byte[] topic = entry.topic().getBytes(StandardCharsets.UTF_8);
    out.writeInt(topic.length);
    out.write(topic);
    out.writeInt(entry.key().length);
    out.write(entry.key());
    byte[] value = entry.value();
    out.writeInt(value == null ? -1 : value.length);
    if (value != null) {
      out.write(value);
    }
  }
}
