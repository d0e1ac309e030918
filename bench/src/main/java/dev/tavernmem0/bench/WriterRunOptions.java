package dev.tavernmem0.bench;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What the benchmarks of the writer take. */
final class WriterRunOptions {
  @Option(
      names = "--directory",
      description = "Where the broker's log goes, below a new directory that is deleted.",
      defaultValue = "${sys:java.io.tmpdir}")
  Path directory = Path.of("");

  @Option(
      names = "--writer-heap",
      description = "The writer's -Xmx (default: ${DEFAULT-VALUE}).",
      defaultValue = "512m")
  String writerHeap = "";

  @Option(names = "--writer-jvm", description = "One more option for its JVM; repeatable.")
  List<String> writerJvm = List.of();

  @Option(
      names = "--concurrency",
      description = "Calls that mem0 gets at a time (default: ${DEFAULT-VALUE}).",
      defaultValue = "4")
  int concurrency;

  @Option(
      names = "--look-up-millis",
      description = "What mem0 takes to look up a memory (default: ${DEFAULT-VALUE}).",
      defaultValue = "5")
  int lookUpMillis;
}
