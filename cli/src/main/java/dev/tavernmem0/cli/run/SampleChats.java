package dev.tavernmem0.cli.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

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
      for (Resource resource :
          new PathMatchingResourcePatternResolver().getResources("classpath*:" + ROOT + "**")) {
        if (resource.isReadable()) {
          copy(resource, partial);
        }
      }
      Files.move(partial, target);
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy the sample chats to " + target, e);
    }
  }

  private static void copy(Resource resource, Path target) throws IOException {
    String url =
        URLDecoder.decode(resource.getURL().toString().replace("+", "%2B"), StandardCharsets.UTF_8);
    Path file = target.resolve(url.substring(url.indexOf(ROOT) + ROOT.length()));
    Files.createDirectories(file.getParent());
    try (InputStream content = resource.getInputStream()) {
      Files.copy(content, file);
    }
  }
}
