package dev.tavernmem0.testkit.sillytavern;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Writes a SillyTavern data root exactly as SillyTavern 1.19 does when its users act: the same
 * files, saves in the same number and order, the same fields in the same order. Source of the
 * formats: the web client and the server of the npm package {@code sillytavern@1.19.0}.
 *
 * <pre>{@code
 * var tavern = SillyTavernSimulator.at(dataRoot);
 * var user = tavern.user("default-user");
 * var chat = user.newChat(user.character("Mara", "Hello {{user}}."));
 * chat.ask("My cat is called Mochi.", "What a lovely name.");
 * chat.swipe("Mochi? Like the rice cake?");
 * assertThat(…).isEqualTo(chat.messages());
 * }</pre>
 *
 * One instance is one server; chats, users and so on are not thread-safe.
 */
public final class SillyTavernSimulator {
  private final Path dataRoot;
  private final SimulatedTime time;
  private final Supplier<UUID> ids;
  private final ChatFiles files;

  private SillyTavernSimulator(
      Path dataRoot, SimulatedTime time, Supplier<UUID> ids, Consumer<Path> partialCopies) {
    this.dataRoot = dataRoot;
    this.time = time;
    this.ids = ids;
    this.files = new ChatFiles(partialCopies);
  }

  /** Deterministic: the same actions give the same bytes. */
  public static SillyTavernSimulator at(Path dataRoot) {
    return at(
        dataRoot,
        new SimulatedTime(Instant.parse("2026-01-05T10:00:00Z")),
        randomIds(1),
        file -> {});
  }

  /**
   * With chosen sources of time and ids.
   *
   * @param time gives every date
   * @param ids gives the integrity of every chat; see {@link #randomIds}
   * @param partialCopies is told of every file that is copied in place, while its last line is cut
   */
  public static SillyTavernSimulator at(
      Path dataRoot, SimulatedTime time, Supplier<UUID> ids, Consumer<Path> partialCopies) {
    return new SillyTavernSimulator(dataRoot, time, ids, partialCopies);
  }

  /** Version 4 UUIDs, the same for the same seed. */
  public static Supplier<UUID> randomIds(long seed) {
    Random random = new Random(seed);
    return () ->
        new UUID(
            (random.nextLong() & ~0xF000L) | 0x4000L,
            (random.nextLong() & ~(0b11L << 62)) | (0b10L << 62));
  }

  public Path dataRoot() {
    return dataRoot;
  }

  public SimulatedTime time() {
    return time;
  }

  /** The user with this handle; made with their directories if there is none. */
  public SimulatedUser user(String handle) {
    Path directory = dataRoot.resolve(handle);
    try {
      for (String name : new String[] {"backups", "characters", "chats", "group chats", "groups"}) {
        Files.createDirectories(directory.resolve(name));
      }
      return new SimulatedUser(directory, time, ids, files);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the directories of " + handle, e);
    }
  }
}
