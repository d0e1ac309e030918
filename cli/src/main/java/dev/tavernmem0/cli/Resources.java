package dev.tavernmem0.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
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
    for (Map.Entry<String, Resource> resource : files(root).entrySet()) {
      Path file = target.resolve(resource.getKey());
      Files.createDirectories(file.getParent());
      try (InputStream content = resource.getValue().getInputStream()) {
        Files.copy(content, file);
      }
    }
  }

  /**
   * Whether every file of a packaged directory is in another one, with the same bytes.
   *
   * @param root its path on the class path, with a slash at its end
   * @throws IOException if nothing is packaged there, or a file cannot be read
   */
  public static boolean areIn(String root, Path target) throws IOException {
    for (Map.Entry<String, Resource> resource : files(root).entrySet()) {
      Path file = target.resolve(resource.getKey());
      if (!Files.isRegularFile(file)
          || !Arrays.equals(
              Files.readAllBytes(file), resource.getValue().getContentAsByteArray())) {
        return false;
      }
    }
    return true;
  }

  /** By their paths below the root. */
  private static Map<String, Resource> files(String root) throws IOException {
    Map<String, Resource> files = new TreeMap<>();
    for (Resource resource :
        new PathMatchingResourcePatternResolver().getResources("classpath*:" + root + "**")) {
      // URLs encode spaces and non-ASCII names, but leave '+' as it is.
      String url =
          URLDecoder.decode(
              resource.getURL().toString().replace("+", "%2B"), StandardCharsets.UTF_8);
      if (resource.isReadable() && !url.endsWith("/")) {
        files.put(url.substring(url.indexOf(root) + root.length()), resource);
      }
    }
    if (files.isEmpty()) {
      throw new IOException("nothing is packaged in " + root);
    }
    return files;
  }
}
