package dev.tavernmem0.watcher.verify;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a chat file and the log disagree about. Holds no text.
 *
 * @param kind how
 * @param handle the user
 * @param file below the user's directory
 * @param chatId the chat; null if neither the log nor the watcher's state knows it
 * @param turnId the log's turn; null if it has none there
 * @param position of the turn in the file, from 0; null if it has none there
 */
public record Difference(
    Kind kind,
    String handle,
    String file,
    @Nullable String chatId,
    @Nullable String turnId,
    @Nullable Integer position) {

  /** How a chat file and the log disagree. */
  public enum Kind {
    /** The file has turns, and the log has none of them. */
    CHAT_NOT_IN_LOG,
    /** The file says something at a place where the log says nothing. */
    TURN_NOT_IN_LOG,
    /** Between the same neighbours the file has as many turns of the same roles in other words. */
    STALE,
    /** The log says something at a place where the file says nothing. */
    TURN_NOT_IN_FILE,
    /** The log has a chat of which there is no file. */
    FILE_GONE,
    /** The file is there, and the log has its chat, but the watcher's state does not know it. */
    NOT_TRACKED;

    @JsonValue
    public String json() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
