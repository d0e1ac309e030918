package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The chats of a partition whose snapshot has begun and not ended. The event that it began with
 * stays open, and with it the partition's committed offset, until the chat's snapshot is complete,
 * begins anew, or something else happens in the chat. Not thread-safe.
 */
final class UnendedSnapshots {
  private final Map<String, UnendedSnapshot> byChat = new LinkedHashMap<>();

  void saw(TurnEvent event, long offset, Instant now) {
    String chatId = event.source().chatId();
    SnapshotMarker marker = event.source().snapshot();
    Turn turn = event.after();
    if (event.op() != Op.READ || marker.endsChat()) {
      byChat.remove(chatId);
    } else if (marker == SnapshotMarker.FIRST_IN_DATA_COLLECTION && turn != null) {
      byChat.put(chatId, new UnendedSnapshot(chatId, offset, now));
    } else {
      byChat.computeIfPresent(chatId, (id, begun) -> new UnendedSnapshot(id, begun.offset(), now));
    }
  }

  /** Those of which nothing has come since then. */
  List<UnendedSnapshot> silentSince(Instant then) {
    return byChat.values().stream().filter(one -> one.lastRead().isBefore(then)).toList();
  }
}
