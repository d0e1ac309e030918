package dev.tavernmem0.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Chats of one user on disk.
 *
 * @param files all of them
 * @param bytes of all of them
 */
record ChatLibrary(List<Path> files, long bytes) {
  /**
   * Writes chats below a data root.
   *
   * @param chats how many
   * @param perCharacter how many of them each character has
   * @param bytesPerChat size of each, roughly
   */
  static ChatLibrary write(Path dataRoot, int chats, int perCharacter, int bytesPerChat)
      throws IOException {
    ChatGenerator generator = new ChatGenerator(chats);
    List<Path> files = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < chats; i++) {
      Path file = path(dataRoot, "Character " + i / perCharacter, i);
      Files.createDirectories(file.getParent());
      byte[] chat = generator.chat(bytesPerChat);
      Files.write(file, chat);
      files.add(file);
      bytes += chat.length;
    }
    return new ChatLibrary(List.copyOf(files), bytes);
  }

  private static Path path(Path dataRoot, String character, int number) {
    return dataRoot
        .resolve("default-user")
        .resolve("chats")
        .resolve(character)
        .resolve(character + " - " + number + ".jsonl");
  }

  double megabytes() {
    return bytes / 1e6;
  }

  /** Reads all of it once, as {@code cat} does. */
  Spent read() throws IOException {
    Stopwatch stopwatch = Stopwatch.ofThisThread();
    PlainRead reader = new PlainRead();
    for (Path file : files) {
      reader.read(file);
    }
    return stopwatch.spent();
  }
}
