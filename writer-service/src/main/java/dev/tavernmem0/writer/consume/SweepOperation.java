package dev.tavernmem0.writer.consume;

/**
 * What the comparison with mem0 found, and its beginning on an operator's word. Throws {@link
 * ChatAccess.UnavailableException} while that cannot be said. Thread-safe.
 */
public final class SweepOperation {
  private final ChatAccess access;

  public SweepOperation(ChatAccess access) {
    this.access = access;
  }

  /** What was found so far. */
  public SweepStatus found() {
    return access.ask(held -> held.sweeps().status(held.partitions()));
  }

  /** Has all scopes of this instance compared, beside whatever else there is to do. */
  public SweepStatus begin() {
    return access.ask(
        held -> {
          held.sweeps().ask(held.now());
          return held.sweeps().status(held.partitions());
        });
  }
}
