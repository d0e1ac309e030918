package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.UserErrorException;
import dev.tavernmem0.cli.operate.Messages;
import dev.tavernmem0.cli.run.SillyTavernRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether SillyTavern's folder is one, can be read, and has chats in it, and whether it is the one
 * that the watcher watches.
 */
final class SillyTavernCheck implements Check {
  private static final String FOLDER = "sillytavern";
  private static final String WATCHED = "watched";
  private static final int DEEP = 2;

  private final @Nullable Path given;
  private final @Nullable Path watched;
  private final Path samples;
  private final Messages messages;

  /**
   * @param given by whoever asks; null if it is not said
   * @param watched by the watcher, in its own words: in a container that may be another place; null
   *     if it does not tell
   * @param samples where {@code run} puts the sample chats
   */
  SillyTavernCheck(@Nullable Path given, @Nullable Path watched, Path samples, Messages messages) {
    this.given = given;
    this.watched = watched;
    this.samples = samples;
    this.messages = messages;
  }

  @Override
  public List<Finding> findings() {
    return List.of(folder(), watched());
  }

  private Finding folder() {
    if (given != null) {
      return folder(given);
    }
    String say = messages.text("doctor.sillytavern.unknown.mend");
    if (watched == null) {
      return Finding.notChecked(FOLDER, messages.text("doctor.sillytavern.unknown"), say);
    }
    return Files.exists(watched)
        ? folder(watched)
        : Finding.notChecked(FOLDER, messages.text("doctor.sillytavern.elsewhere", watched), say);
  }

  private Finding folder(Path path) {
    try {
      SillyTavernRoot root = SillyTavernRoot.of(path);
      long chats = root.handles().stream().mapToLong(handle -> chats(root.path(), handle)).sum();
      String users = String.join(messages.text("list.comma"), root.handles());
      return chats == 0
          ? Finding.warning(
              FOLDER,
              messages.text("doctor.sillytavern.empty", root.path(), users),
              messages.text("doctor.sillytavern.empty.mend"))
          : Finding.ok(FOLDER, messages.text("doctor.sillytavern.ok", root.path(), chats, users));
    } catch (UserErrorException e) {
      return Finding.problem(
          FOLDER, String.valueOf(e.getMessage()), messages.text("doctor.sillytavern.mend"));
    }
  }

  private Finding watched() {
    if (watched == null) {
      return Finding.notChecked(WATCHED, messages.text("doctor.watched.untold"), null);
    }
    if (isSame(watched, samples)) {
      String text = messages.text("doctor.watched.samples");
      return given == null || isSame(given, samples)
          ? Finding.warning(WATCHED, text, messages.text("doctor.watched.samples.mend", "PATH"))
          : Finding.problem(WATCHED, text, messages.text("doctor.watched.samples.mend", given));
    }
    if (given == null || isSame(given, watched)) {
      return Finding.ok(WATCHED, messages.text("doctor.watched.same", watched));
    }
    if (!Files.exists(watched)) {
      return Finding.notChecked(
          WATCHED,
          messages.text("doctor.watched.elsewhere", watched),
          messages.text("doctor.watched.elsewhere.mend", given));
    }
    return Finding.problem(
        WATCHED,
        messages.text("doctor.watched.another", watched, given),
        messages.text("doctor.watched.another.mend", given));
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
    } catch (IOException e) {
      return false;
    }
  }

  /** SillyTavernRoot has seen that they can be read. */
  private static long chats(Path root, String handle) {
    return Stream.of("chats", "group chats")
        .map(directory -> root.resolve(handle).resolve(directory))
        .filter(Files::isDirectory)
        .mapToLong(SillyTavernCheck::chats)
        .sum();
  }

  private static long chats(Path directory) {
    try (Stream<Path> files =
        Files.find(directory, DEEP, (file, attributes) -> file.toString().endsWith(".jsonl"))) {
      return files.count();
    } catch (IOException | UncheckedIOException e) {
      // SillyTavern may be at work.
      return 0;
    }
  }
}
