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

  /**
   * Has all scopes of this instance compared, beside whatever else there is to do.
   *
   * @param unwanted whether the memories are to be deleted, too, that the last comparison found and
   *     that are of batches that the ledger does not know
   */
  public SweepStatus begin(boolean unwanted) {
    return access.ask(
        held -> {
          if (unwanted) {
            held.sweeps().strangersAreUnwanted();
          }
          held.sweeps().ask(held.now());
          return held.sweeps().status(held.partitions());
        });
  }

  /** As {@link #begin}, but changes nothing; joins one that is under way. */
  public SweepStatus dryRun() {
    return access.ask(
        held -> {
          held.sweeps().askToLook(held.partitions());
          return held.sweeps().status(held.partitions());
        });
  }
}
