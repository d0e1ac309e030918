package dev.tavernmem0.embedded;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Another process, or another instance in this one, has the data directory open. */
public final class DataDirectoryInUseException extends RuntimeException {
  public DataDirectoryInUseException(Path directory, @Nullable Throwable cause) {
    super(
        "data directory in use: "
            + directory
            + " is open in another process; stop that one or choose another directory",
        cause);
  }
}
