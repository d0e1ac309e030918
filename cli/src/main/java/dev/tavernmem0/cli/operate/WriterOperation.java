package dev.tavernmem0.cli.operate;

import picocli.CommandLine.Option;

/** What commands have in common that ask a writer: whose, if there are two. */
public final class WriterOperation extends Operation {
  @Option(names = "--target")
  private boolean target;

  WriterOperation(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  boolean isOfTarget() {
    return target;
  }
}
