package dev.tavernmem0.writer.batch;

import dev.tavernmem0.common.ledger.LedgerEntry;
import java.util.List;

/** What folding an event or finishing some work asks for, besides calls to mem0. */
public sealed interface Effect {

  /** Log offsets that are done with once the effect is durable. */
  List<Long> closes();

  /** Append an entry to the ledger. */
  record Append(LedgerEntry entry, List<Long> closes) implements Effect {}

  /** Remove an entry from the ledger: what it was about is no more. The key is the entry's. */
  record Forget(String key, List<Long> closes) implements Effect {}

  /** Nothing but the offsets. */
  record Close(List<Long> closes) implements Effect {}
}
