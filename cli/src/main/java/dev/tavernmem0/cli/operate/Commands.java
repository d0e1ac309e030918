package dev.tavernmem0.cli.operate;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes what picocli asks for, in these surroundings. */
public final class Commands implements IFactory {
  private final Surroundings surroundings;

  public Commands(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == WriterOperation.class) {
      return type.cast(new WriterOperation(surroundings));
    }
    return type == Operation.class
        ? type.cast(new Operation(surroundings))
        : CommandLine.defaultFactory().create(type);
  }
}
