package dev.tavernmem0.watcher.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.ChatKind;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnEventCodec;
import dev.tavernmem0.common.kafka.MaxRecordSize;
import dev.tavernmem0.watcher.connect.ChatSourceTask;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Method;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

/** {@code tavern.watcher.connector.topic} may be another one. */
class OtherTopicTest {
  private static SourceRecord turn(String raw) {
    TurnEvent event =
        new TurnEvent(
            Op.CREATE,
            null,
            new Turn("t", "h", 0, Role.USER, "User", null, "text", null, false, false, 0, 1),
            new Source(
                "sillytavern",
                "test",
                "tavern",
                0,
                SnapshotMarker.FALSE,
                "default-user",
                "Mara",
                ChatKind.SOLO,
                "Mara",
                null,
                "chat",
                "chat.jsonl",
                null,
                Cause.APPEND,
                "save",
                raw),
            "event",
            0);
    ConnectHeaders headers = new ConnectHeaders();
    headers.addString(ChatSourceTask.HEADER_OP, "c");
    headers.addString(ChatSourceTask.HEADER_CAUSE, "append");
    headers.addString(ChatSourceTask.HEADER_SAVED_MS, "0");
    return new SourceRecord(
        Map.of(),
        Map.of(),
        "my.turns",
        null,
        Schema.STRING_SCHEMA,
        "chat",
        Schema.OPTIONAL_BYTES_SCHEMA,
        TurnEventCodec.encode(event),
        null,
        headers);
  }

  @Test
  void a_turn_whose_raw_line_is_too_large_is_published_without_it() throws Exception {
    Method fitting = TurnPublisher.class.getDeclaredMethod("fitting", SourceRecord.class);
    fitting.setAccessible(true);

    Object outgoing = fitting.invoke(null, turn("x".repeat(MaxRecordSize.BYTES)));

    Method record = outgoing.getClass().getDeclaredMethod("record");
    record.setAccessible(true);
    assertThat(record.invoke(outgoing)).isNotNull();
  }

  @Test
  void its_events_are_counted() {
    WatcherMetrics metrics = new WatcherMetrics(new SimpleMeterRegistry());

    metrics.published(turn("raw"));

    assertThat(metrics.events()).isEqualTo(1);
  }
}
