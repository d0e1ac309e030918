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
 * @param batchId the batch that it came from
 * @param chatId the chat, see {@link dev.tavernmem0.common.identity.ChatIds}
 * @param chatFile file name of the chat when it was written
 * @param turnIds the turns it was made of
 * @param utterances the utterances that those turns say, if it was noted
 * @param turnHashes hashes of those turns' role and text
 * @param sentAt when the last of those turns was said; null if the chat does not tell
 * @param byHand whether a user wrote it, and no turn says it
 */
public record Provenance(
    @Nullable String batchId,
    @Nullable String chatId,
    @Nullable String chatFile,
    List<String> turnIds,
    List<String> utterances,
    List<String> turnHashes,
    @Nullable Instant sentAt,
    boolean byHand) {
  /** Key of the metadata that tells who stored a memory. */
  public static final String SOURCE = "source";

  /** What it holds if a user wrote the memory; the writer's are {@code sillytavern}. */
  public static final String USER = "user";

  private static final int MAX_ID_LENGTH = 1024;

  public Provenance {
    turnIds = List.copyOf(turnIds);
    utterances = List.copyOf(utterances);
    turnHashes = List.copyOf(turnHashes);
  }

  public static Provenance of(Memory memory) {
    Map<String, Object> metadata = memory.metadata();
    return new Provenance(
        id(metadata.get("batch_id")),
        text(metadata.get("chat_id")),
        text(metadata.get("chatfile")),
        texts(metadata.get("turn_ids")),
        texts(metadata.get("utterances")),
        texts(metadata.get("turn_hashes")),
        instant(metadata.get("sent_at")),
        USER.equals(metadata.get(SOURCE)));
  }

  private static @Nullable String text(@Nullable Object value) {
    return value instanceof String text ? text : null;
  }

  private static @Nullable String id(@Nullable Object value) {
    return isId(value) ? (String) value : null;
  }

  /** Whether it can be an id: anybody can write metadata. */
  private static boolean isId(@Nullable Object value) {
    return value instanceof String text
        && !text.isEmpty()
        && text.length() <= MAX_ID_LENGTH
        && text.codePoints().noneMatch(Provenance::isNotOfIds);
  }

  private static boolean isNotOfIds(int codePoint) {
    return codePoint == 0 || Character.getType(codePoint) == Character.SURROGATE;
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
        ? list.stream().filter(Provenance::isId).map(String.class::cast).toList()
        : List.of();
  }
}
