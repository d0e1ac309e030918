package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.Resources;
import dev.tavernmem0.cli.UserErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The SillyTavern data root with sample chats that ships inside the program. */
final class SampleChats {
  private static final String ROOT = "samples/sillytavern-data/";

  private SampleChats() {}

  /**
   * Copies the sample chats, unless they are there already (perhaps changed by the user).
   *
   * @return {@code target}
   */
  static Path copyTo(Path target) {
    if (Files.isDirectory(target)) {
      return target;
    }
    try {
      Path partial =
          Files.createTempDirectory(Files.createDirectories(target.getParent()), ".samples");
      Resources.copy(ROOT, partial);
      Files.move(partial, target);
      return target;
    } catch (IOException e) {
      throw new UserErrorException(
          "--data-dir: the sample chats cannot be copied to " + target + ": " + e.getMessage(), e);
    }
  }
}
