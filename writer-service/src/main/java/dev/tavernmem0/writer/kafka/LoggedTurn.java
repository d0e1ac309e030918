package dev.tavernmem0.writer.kafka;

import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.event.Turn;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A turn read back from the log.
 *
 * @param turn the turn
 * @param source where it came from
 * @param record the record as it is in the log
 */
public record LoggedTurn(Turn turn, Source source, ConsumerRecord<byte[], byte[]> record) {}
