package dev.tavernmem0.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** Directories that are packaged in this program. */
public final class Resources {
  private Resources() {}

  /**
   * Copies a packaged directory, with what is below it.
   *
   * @param root its path on the class path, with a slash at its end
   * @param target an existing directory
   * @throws IOException if nothing is packaged there, or a file cannot be written or exists already
   */
  public static void copy(String root, Path target) throws IOException {
    int copied = 0;
    for (Resource resource :
        new PathMatchingResourcePatternResolver().getResources("classpath*:" + root + "**")) {
      // URLs encode spaces and non-ASCII names, but leave '+' as it is.
      String url =
          URLDecoder.decode(
              resource.getURL().toString().replace("+", "%2B"), StandardCharsets.UTF_8);
      if (resource.isReadable() && !url.endsWith("/")) {
        Path file = target.resolve(url.substring(url.indexOf(root) + root.length()));
        Files.createDirectories(file.getParent());
        try (InputStream content = resource.getInputStream()) {
          Files.copy(content, file);
        }
        copied++;
      }
    }
    if (copied == 0) {
      throw new IOException("nothing is packaged in " + root);
    }
  }
}
