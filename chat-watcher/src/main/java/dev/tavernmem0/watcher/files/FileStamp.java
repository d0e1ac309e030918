package dev.tavernmem0.watcher.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What tells one version of a file from another without reading it.
 *
 * @param inode the file system's key of the file, empty where it has none; a save by rename changes
 *     it, a write in place does not
 * @param size in bytes
 * @param modifiedNanos since the epoch
 */
public record FileStamp(String inode, long size, long modifiedNanos) {

  /** The stamp of a regular file; empty if there is none, or something else (a link). */
  public static Optional<FileStamp> of(Path file) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile() ? Optional.of(of(attributes)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static FileStamp of(BasicFileAttributes attributes) {
    Object key = attributes.fileKey();
    return new FileStamp(
        key == null ? "" : key.toString(),
        attributes.size(),
        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }

  public long modifiedMillis() {
    return TimeUnit.NANOSECONDS.toMillis(modifiedNanos);
  }
}
