package dev.tavernmem0.common.ledger;

/** A record's value is no ledger entry. The message names the field; it never holds chat text. */
public class InvalidLedgerEntryException extends RuntimeException {
  public InvalidLedgerEntryException(String message) {
    super(message);
  }
}
