package dev.tavernmem0.watcher.history;

import dev.tavernmem0.watcher.connect.TaskProcess;
import dev.tavernmem0.watcher.connect.TaskRun;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * The watcher's task as a program that starts fast: a short class path, and its classes in an
 * archive of the JVM's, which takes them from jars only.
 */
final class WatcherProgram implements Watcher.Start {
  /** What the task needs. Without logback nothing is logged. */
  private static final List<String> LIBRARIES =
      List.of(
          "common",
          "connect-api",
          "connect-json",
          "connect-runtime",
          "connect-transforms",
          "jackson",
          "jspecify",
          "kafka-clients",
          "slf4j-api");

  private final List<String> command;

  private WatcherProgram(List<String> command) {
    this.command = List.copyOf(command);
  }

  /** Makes the program, with its files in this directory. */
  static WatcherProgram in(Path directory) throws IOException, InterruptedException {
    String classPath = classPath(directory);
    String archive = directory.resolve("classes.jsa").toString();
    WatcherProgram archiving =
        new WatcherProgram(java(classPath, "-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable"));
    Path root = Files.createDirectories(directory.resolve("nothing"));
    try (Watcher watcher =
        archiving.start(
            directory.resolve("journal"),
            TaskRun.Delivery.ATOMIC,
            Map.of("data.root", root.toString()))) {
      watcher.settle(-1);
    }
    return new WatcherProgram(java(classPath, "-XX:SharedArchiveFile=" + archive));
  }

  @Override
  public Watcher start(Path journal, TaskRun.Delivery delivery, Map<String, String> properties)
      throws IOException {
    List<String> whole = new ArrayList<>(command);
    whole.add(journal.toString());
    whole.add(delivery.name());
    properties.forEach((name, value) -> whole.add(name + "=" + value));
    return new WatcherProcess(whole);
  }

  private static List<String> java(String classPath, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Xmx64m",
            "-Dfile.encoding=UTF-8",
            "-Dslf4j.internal.verbosity=ERROR",
            "-cp",
            classPath,
            TaskProcess.class.getName()));
    return command;
  }

  private static String classPath(Path directory) throws IOException {
    List<String> jars = new ArrayList<>();
    List<Path> classes = new ArrayList<>();
    for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(element);
      if (Files.isDirectory(path)) {
        classes.add(path);
      } else if (LIBRARIES.stream().anyMatch(path.getFileName().toString()::startsWith)) {
        jars.add(element);
      }
    }
    Path jar = directory.resolve("task.jar");
    pack(classes, jar);
    jars.add(0, jar.toString());
    return String.join(File.pathSeparator, jars);
  }

  private static void pack(List<Path> directories, Path jar) throws IOException {
    Set<String> packed = new HashSet<>();
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (Path directory : directories) {
        try (Stream<Path> files = Files.walk(directory)) {
          for (Path one : files.filter(path -> path.toString().endsWith(".class")).toList()) {
            String name = directory.relativize(one).toString().replace(File.separatorChar, '/');
            if (packed.add(name)) {
              out.putNextEntry(new JarEntry(name));
              Files.copy(one, out);
            }
          }
        }
      }
    }
  }
}
