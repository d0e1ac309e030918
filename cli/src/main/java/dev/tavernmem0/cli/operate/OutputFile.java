package dev.tavernmem0.cli.operate;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;

/**
 * A file that is there whole or not at all, for its owner only unless it replaces another one. It
 * is written beside its place, under a name that SillyTavern does not take for a chat.
 */
final class OutputFile {
  private final Path file;
  private final boolean replace;
  private final Messages messages;

  /**
   * A file to be written.
   *
   * @param replace whether one that is there is replaced
   */
  OutputFile(Path file, boolean replace, Messages messages) {
    this.file = file.toAbsolutePath();
    this.replace = replace;
    this.messages = messages;
  }

  /** What is written into it. */
  interface Content<T> {
    /**
     * Writes it.
     *
     * @throws IOException if the file takes no more
     */
    T writeTo(OutputStream out) throws IOException;
  }

  /**
   * Refuses what cannot be, before anything long is begun.
   *
   * @throws NotWrittenException if it is there and must not be replaced, or is a directory
   */
  void check() {
    boolean directory = Files.isDirectory(file);
    if (directory || (!replace && Files.exists(file, LinkOption.NOFOLLOW_LINKS))) {
      throw directory ? failed("out.is-directory") : isThere();
    }
  }

  /**
   * Writes it.
   *
   * @return what the content returns
   * @throws NotWrittenException if it cannot be written, or is there by now
   */
  <T> T write(Content<T> content) {
    check();
    Path temporary;
    try {
      temporary = Files.createTempFile(file.getParent(), ".rescue-", ".part");
    } catch (IOException e) {
      throw failed("out.failed");
    }
    try {
      T result = write(content, temporary);
      if (replace) {
        takeRightsOver(temporary);
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.move(temporary, file);
      }
      return result;
    } catch (FileAlreadyExistsException e) {
      throw isThere();
    } catch (IOException e) {
      throw failed("out.failed");
    } finally {
      discard(temporary);
    }
  }

  private static <T> T write(Content<T> content, Path temporary) throws IOException {
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      T result = content.writeTo(Channels.newOutputStream(channel));
      channel.force(true);
      return result;
    }
  }

  /** Who could read the file that is replaced can read this one. */
  private void takeRightsOver(Path temporary) throws IOException {
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.getFileStore(file).supportsFileAttributeView(PosixFileAttributeView.class)) {
      Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(file));
    }
  }

  private static void discard(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // It is in nobody's way.
    }
  }

  private NotWrittenException isThere() {
    return new NotWrittenException(
        file, messages.text("out.is-there", file), messages.text("mend.out.is-there"));
  }

  private NotWrittenException failed(String reason) {
    return new NotWrittenException(
        file, messages.text(reason, file), messages.text("mend.out.failed"));
  }
}
