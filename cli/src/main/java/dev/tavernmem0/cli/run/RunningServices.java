package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the services of a {@code run} listen: a file in its data directory, in the format of an
 * operator's profile, for the commands that operate them. It stays when the run ends, and is
 * written anew when the next one starts.
 */
public final class RunningServices {
  private static final String FILE = "services.properties";

  private RunningServices() {}

  /** The file of the run on the data directory that the environment names, or on the default. */
  public static Path file(Map<String, String> environment) {
    return DataDirectory.path(environment).resolve(FILE);
  }

  /**
   * Tells where they listen.
   *
   * @throws UserErrorException if the file cannot be written
   */
  static void tell(DataDirectory data, RunOptions.ListenPorts ports, @Nullable Target target) {
    Path file = data.path().resolve(FILE);
    String text =
        "watcher-url=http://127.0.0.1:%d%nwriter-url=http://127.0.0.1:%d%nretriever-url=http://127.0.0.1:%d%n"
            .formatted(ports.watcher(), ports.writer(), ports.retriever());
    if (target != null) {
      text += "target-writer-url=http://127.0.0.1:%d%n".formatted(target.writerPort());
    }
    try {
      OwnerOnly.write(file, text);
    } catch (IOException e) {
      throw new UserErrorException("--data-dir: " + file + " cannot be written: " + e, e);
    }
  }
}
