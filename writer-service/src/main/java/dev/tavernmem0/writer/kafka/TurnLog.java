package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.event.InvalidTurnEventException;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.kafka.Topics;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads turns back from the log by their offsets, so that the writer keeps no chat text in memory
 * while turns wait. Thread-safe; reads one batch at a time.
 */
public final class TurnLog implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Offsets closer together than this are read in one go. */
  private static final long NEAR = 200;

  private final Consumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Bounds> bounds = new HashMap<>();
  private @Nullable TopicPartition assigned;

  /** From where to where a partition was there when the brokers were asked last. */
  private record Bounds(long begin, long end) {}

  public TurnLog(WriterClients clients) {
    this.consumer = clients.reader("log");
  }

  /**
   * The turns in the versions that the batch names, in its order.
   *
   * @return without those that the log has no more
   * @throws org.apache.kafka.common.KafkaException if the log cannot be read now
   */
  public synchronized List<LoggedTurn> read(int partition, List<LedgerTurn> turns) {
    TopicPartition log = new TopicPartition(Topics.TURNS, partition);
    if (!log.equals(assigned)) {
      consumer.assign(List.of(log));
      assigned = log;
    }
    TreeMap<Long, LedgerTurn> wanted = new TreeMap<>();
    turns.stream().filter(turn -> !turn.gone()).forEach(turn -> wanted.put(turn.offset(), turn));
    dropWhatIsNotThere(log, wanted);
    Map<String, LoggedTurn> found = new HashMap<>();
    long giveUpAt = System.nanoTime() + TIMEOUT.toNanos();
    long position = Long.MIN_VALUE;
    while (!wanted.isEmpty()) {
      long target = wanted.firstKey();
      if (target < position || target > position + NEAR) {
        consumer.seek(log, target);
      }
      for (ConsumerRecord<byte[], byte[]> record : poll(log)) {
        LedgerTurn turn = wanted.get(record.offset());
        LoggedTurn logged = turn == null ? null : decode(record, turn);
        if (logged != null) {
          found.put(logged.turn().turnId(), logged);
        }
      }
      position = consumer.position(log);
      wanted.headMap(position).clear();
      if (System.nanoTime() > giveUpAt) {
        throw new TimeoutException("cannot read " + log + " at offset " + target);
      }
    }
    List<LoggedTurn> inOrder = new ArrayList<>(found.size());
    for (LedgerTurn turn : turns) {
      LoggedTurn logged = found.get(turn.turnId());
      if (logged != null) {
        inOrder.add(logged);
      }
    }
    return inOrder;
  }

  private void dropWhatIsNotThere(TopicPartition log, TreeMap<Long, LedgerTurn> wanted) {
    if (wanted.isEmpty()) {
      return;
    }
    Bounds known = bounds.get(log);
    if (known == null || wanted.lastKey() >= known.end()) {
      known =
          new Bounds(
              consumer.beginningOffsets(List.of(log)).getOrDefault(log, 0L),
              consumer.endOffsets(List.of(log)).getOrDefault(log, 0L));
      bounds.put(log, known);
    }
    wanted.headMap(known.begin()).clear();
    wanted.tailMap(known.end()).clear();
  }

  private List<ConsumerRecord<byte[], byte[]>> poll(TopicPartition log) {
    try {
      return consumer.poll(POLL).records(log);
    } catch (OffsetOutOfRangeException e) {
      bounds.remove(log);
      throw new TimeoutException("the log changed while it was read", e);
    }
  }

  private static @Nullable LoggedTurn decode(
      ConsumerRecord<byte[], byte[]> record, LedgerTurn turn) {
    try {
      TurnEvent event = TurnEventCodec.decode(record.value());
      return event.after() != null && turn.turnId().equals(event.after().turnId())
          ? new LoggedTurn(event.after(), event.source(), record)
          : null;
    } catch (InvalidTurnEventException e) {
      return null;
    }
  }

  @Override
  public synchronized void close() {
    consumer.close();
  }
}
