package dev.tavernmem0.bench;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What all benchmarks take. */
final class RunOptions {
  @Option(
      names = "--directory",
      description = "Where chats and the broker's log go, below a new directory that is deleted.",
      defaultValue = "${sys:java.io.tmpdir}")
  Path directory = Path.of("");

  @Option(
      names = "--watcher-heap",
      description = "The watcher's -Xmx (default: ${DEFAULT-VALUE}).",
      defaultValue = "1g")
  String watcherHeap = "";

  @Option(
      names = "--watcher-jvm",
      description = "One more option for the watcher's JVM; repeatable.")
  List<String> watcherJvm = List.of();
}
