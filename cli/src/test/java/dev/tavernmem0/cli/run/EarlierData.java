package dev.tavernmem0.cli.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Data directories that earlier releases made, each with its SillyTavern, packed as tests' data.
 */
final class EarlierData {
  private static final Path DIRECTORY = Path.of("src", "test", "resources", "data-directories");
  private static final String PACKED = "home.zip";

  /** What a start makes anew: keys, addresses, logs. */
  private static final Set<String> OF_A_RUN =
      Set.of("memory-server.key", "services.properties", "run.lock", "logs");

  private EarlierData() {}

  /** The names of all that there are. */
  static List<String> names() throws IOException {
    try (Stream<Path> directories = Files.list(DIRECTORY)) {
      return directories
          .filter(it -> Files.exists(it.resolve(PACKED)))
          .map(it -> it.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  /** Packs the directory {@code data} of a program that has ended, and what is beside it. */
  static Path pack(Path home, String name) throws IOException {
    Path packed = Files.createDirectories(DIRECTORY.resolve(name)).resolve(PACKED);
    try (OutputStream file = Files.newOutputStream(packed);
        ZipOutputStream zip = new ZipOutputStream(file);
        Stream<Path> all = Files.walk(home)) {
      zip.setLevel(Deflater.BEST_COMPRESSION);
      for (Path each : all.sorted().toList()) {
        Path path = home.relativize(each);
        if (Files.isRegularFile(each) && isKept(path)) {
          zip.putNextEntry(new ZipEntry(path.toString().replace('\\', '/')));
          Files.copy(each, zip);
          zip.closeEntry();
        }
      }
    }
    return packed;
  }

  private static boolean isKept(Path path) {
    return path.getName(0).toString().equals("data")
        ? !OF_A_RUN.contains(path.getName(1).toString())
        : path.startsWith("sillytavern") || path.endsWith("inventory.json");
  }

  /** Makes what was packed. */
  static void unpack(String name, Path home) throws IOException {
    try (InputStream file = Files.newInputStream(DIRECTORY.resolve(name).resolve(PACKED));
        ZipInputStream zip = new ZipInputStream(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path path = home.resolve(entry.getName()).normalize();
        if (!path.startsWith(home)) {
          throw new IOException("not below the directory: " + entry.getName());
        }
        Files.createDirectories(path.getParent());
        Files.copy(zip, path);
      }
    }
  }
}
