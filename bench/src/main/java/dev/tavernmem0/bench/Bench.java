package dev.tavernmem0.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The benchmarks, one command each. */
@Command(
    name = "bench",
    description = "Benchmarks of tavern-mem0 against baselines measured in the same run.",
    mixinStandardHelpOptions = true,
    subcommands = {
      FirstStart.class,
      SnapshotThroughput.class,
      SaveLatency.class,
      ResaveCost.class,
      LiveHeap.class,
      Compression.class,
      WriterThroughput.class,
      LiveWait.class,
      CallCost.class,
      WriterRestart.class,
      ReplayScan.class
    })
public final class Bench {
  private Bench() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Bench());
  }
}
