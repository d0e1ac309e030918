package dev.tavernmem0.bench;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
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
      names = "--jfr",
      description = "Records the watcher with Flight Recorder into this file; costs a few percent.")
  @Nullable Path jfr;
}
