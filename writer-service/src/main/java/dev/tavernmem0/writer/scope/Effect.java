package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.LedgerEntry;
import java.util.List;

/**
 * What folding an event or finishing some work asks for, besides calls to mem0. An offset of the
 * log is done with when it was closed as often as it is owed: once, and once more for each {@link
 * Owe}.
 */
public sealed interface Effect {

  /** Log offsets to be closed once the effect, and all before it, are durable. */
  List<Long> closes();

  /** Append an entry to the ledger. */
  record Append(LedgerEntry entry, List<Long> closes) implements Effect {}

  /** Remove an entry from the ledger: what it was about is no more. The key is the entry's. */
  record Forget(String key, List<Long> closes) implements Effect {}

  /** Nothing but the offsets. */
  record Close(List<Long> closes) implements Effect {}

  /** Something more depends on the event at this offset. */
  record Owe(long offset) implements Effect {
    @Override
    public List<Long> closes() {
      return List.of();
    }
  }
}
