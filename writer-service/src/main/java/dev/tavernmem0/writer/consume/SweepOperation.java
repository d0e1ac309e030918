package dev.tavernmem0.writer.consume;

import java.util.Optional;

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

  /**
   * As {@link #begin}, and has the memories deleted that the last comparison found and that are of
   * batches that the ledger does not know.
   *
   * @param count how many of them somebody has seen who wants that
   * @return empty if there are not so many by now, and nothing is begun
   */
  public Optional<SweepStatus> deleteStrangers(int count) {
    return access.ask(
        held -> {
          if (!held.sweeps().strangersAreUnwanted(count)) {
            return Optional.empty();
          }
          held.sweeps().ask(held.now());
          return Optional.of(held.sweeps().status(held.partitions()));
        });
  }

  /** As {@link #begin}, but changes nothing; joins one that is under way. */
  public SweepStatus dryRun() {
    return access.ask(
        held -> {
          held.sweeps().askToLook(held.partitions(), held.now());
          return held.sweeps().status(held.partitions());
        });
  }
}
