package dev.tavernmem0.watcher.verify;

import dev.tavernmem0.watcher.chatfile.ChatFile;
import dev.tavernmem0.watcher.chatfile.ChatLimits;
import dev.tavernmem0.watcher.chatfile.KnownLines;
import dev.tavernmem0.watcher.chatfile.TooManyMessagesException;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.FileContent;
import dev.tavernmem0.watcher.files.TavernTree;
import java.io.IOException;
import java.time.ZoneId;
import java.util.Optional;

/**
 * Chat files as the watcher reads them.
 *
 * @param tree where they are
 * @param limits of what is read of each
 * @param zone of the browser, for old dates in local time
 */
public record ChatReading(TavernTree tree, ChatLimits limits, ZoneId zone) {

  /** What a file holds; empty if it cannot be read, or is too large. */
  Optional<ChatFile> read(ChatPath path) {
    try {
      FileContent content = tree.read(path, FileContent.EMPTY);
      return Optional.of(
          ChatFile.read(content.bytes(), content.length(), limits, KnownLines.NONE, zone));
    } catch (IOException | TooManyMessagesException e) {
      return Optional.empty();
    }
  }
}
