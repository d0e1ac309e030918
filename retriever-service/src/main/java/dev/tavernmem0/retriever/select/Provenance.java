package dev.tavernmem0.retriever.select;

import dev.tavernmem0.common.mem0.Memory;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a memory comes from, as the writer noted it in the memory's metadata. Memories that others
 * stored have none of it.
 *
 * @param chatId the chat, see {@link dev.tavernmem0.common.identity.ChatIds}
 * @param chatFile file name of the chat when it was written
 * @param turnIds the turns it was made of
 * @param turnHashes hashes of those turns' role and text
 * @param sentAt when the last of those turns was said; null if the chat does not tell
 */
public record Provenance(
    @Nullable String chatId,
    @Nullable String chatFile,
    List<String> turnIds,
    List<String> turnHashes,
    @Nullable Instant sentAt) {

  public Provenance {
    turnIds = List.copyOf(turnIds);
    turnHashes = List.copyOf(turnHashes);
  }

  public static Provenance of(Memory memory) {
    Map<String, Object> metadata = memory.metadata();
    return new Provenance(
        text(metadata.get("chat_id")),
        text(metadata.get("chatfile")),
        texts(metadata.get("turn_ids")),
        texts(metadata.get("turn_hashes")),
        instant(metadata.get("sent_at")));
  }

  private static @Nullable String text(@Nullable Object value) {
    return value instanceof String text ? text : null;
  }

  private static @Nullable Instant instant(@Nullable Object value) {
    try {
      return value instanceof String text ? Instant.parse(text) : null;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static List<String> texts(@Nullable Object value) {
    return value instanceof List<?> list
        ? list.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }
}
