package dev.tavernmem0.common.kafka;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keys of topic {@link Topics#TURNS}: {@code chat id/unique}. No two records have the same, so that
 * compaction keeps all of them, but for those that a record of the same key without a value erases.
 * Logs of before have the chat id alone.
 */
public final class TurnKeys {
  /** Neither chat ids nor what follows has one. */
  private static final char SLASH = '/';

  private TurnKeys() {}

  /** A key that no other record has. */
  public static String unique(String chatId) {
    return chatId + SLASH + UUID.randomUUID();
  }

  /** The chat; null if the record has no key. */
  public static @Nullable String chatId(byte @Nullable [] key) {
    if (key == null) {
      return null;
    }
    int length = 0;
    while (length < key.length && key[length] != SLASH) {
      length++;
    }
    return new String(key, 0, length, StandardCharsets.UTF_8);
  }

  /** Whether no other record has the key, so that its record can be erased by it. */
  public static boolean isUnique(byte @Nullable [] key) {
    if (key != null) {
      for (byte each : key) {
        if (each == SLASH) {
          return true;
        }
      }
    }
    return false;
  }
}
