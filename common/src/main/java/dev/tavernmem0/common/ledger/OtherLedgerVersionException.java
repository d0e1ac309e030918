package dev.tavernmem0.common.ledger;

/**
 * A ledger entry, but of another version of the format. To go on without it would be to write again
 * what mem0 holds already.
 */
public final class OtherLedgerVersionException extends InvalidLedgerEntryException {
  public OtherLedgerVersionException(int version) {
    super(
        "a ledger entry of format %d, and this version reads format %d"
            .formatted(version, LedgerEntry.VERSION));
  }
}
